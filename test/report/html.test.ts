import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { renderHtml } from '../../src/report/html.ts';
import {
  commit,
  failing,
  fileSubject,
  finding,
  HEAD,
  HOSTILE,
  PAST,
  report,
  strangersReport,
} from '../support/report-fixture.ts';
import { anyReport } from './arbitrary.ts';

/** The tags of a page in their order, with their attributes. */
function tagsOf(page: string): string[] {
  return page.match(/<[a-z/!][^>]*>/gi) ?? [];
}

/** What stands between the tags, as a browser shows it. */
function textOf(page: string): string {
  return page
    .slice(page.indexOf('<body>'))
    .replaceAll(/<[^>]*>/g, '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim();
}

describe('the page', () => {
  test('one of everything', () => {
    const judged = failing(
      [
        finding(),
        finding({
          severity: 'warning',
          subject: fileSubject('apps/web/policy.yaml', null),
          url: null,
          related: [{ message: 'The `base`.', location: { path: 'base.yaml', range: null } }],
        }),
        finding({
          subject: { type: 'commit', commit: PAST },
          message: 'Not signed.',
          ruleId: 'signed-commits',
        }),
        finding({ introduced: false, subject: fileSubject('old.yaml') }),
      ],
      {
        configProblems: [{ path: 'p.yml', line: 4, message: 'there is no rule `x`' }],
        failures: [{ ruleId: 'own', path: 'a.yaml', reason: 'it stopped' }],
        notChecked: [{ path: 'big.yaml', reason: 'is too large', blocks: true }],
        waived: [
          {
            finding: finding(),
            reason: 'Known.',
            approver: 'mona',
            until: '2027-01-01',
            origin: 'comment',
            scope: 'finding',
          },
        ],
        commits: [commit(PAST, { state: 'unsigned', kind: null, signer: null, reason: 'no key' }, 'Mend')],
        reach: { applications: ['argocd/a', 'argocd/b'], clusters: ['prod'], environments: [] },
      },
    );
    expect(textOf(renderHtml(judged))).toBe(`gitops-warden
bbbbbbbbbbbb
to
aaaaaaaaaaaa
Blocked: 2 errors, 1 mistake in the configuration and 2 parts that could not be checked.
Findings
2 errors
·
1 warning
Commits
error
signed-commits
1 commit is not signed as it has to be. The name on a commit is whatever its author typed; only a signature shows who made it.
cccccccccccc
Mend: unsigned, no key
Sign them anew:
# with an SSH key
git config gpg.format ssh
git config user.signingkey ~/.ssh/id_ed25519.pub
# or with an OpenPGP key
# git config gpg.format openpgp
# git config user.signingkey KEY_ID
git rebase --exec 'git commit --amend --no-edit --allow-empty -S' bbbbbbbbbbbb
git push --force-with-lease
How to set up signing
apps/web/policy.yaml
error
no-open-ingress
apps/web/policy.yaml:3:5
NetworkPolicy
web
lets in everybody. Name who may connect.
warning
no-open-ingress
apps/web/policy.yaml
NetworkPolicy
web
lets in everybody. Name who may connect.
base.yaml
: The
base
.
Mistakes in the configuration of the base
p.yml:4
there is no rule
x
Not checked
Rule
own
on
a.yaml
: it stopped
big.yaml
is too large
Waived
apps/web/policy.yaml:3:5
no-open-ingress
: Known. (approved by mona in a comment on the pull request, until 2027-01-01)
What it reaches
Applications:
argocd/a
,
argocd/b
Clusters:
prod
Commits
Commit
Subject
Signature
Signer
Reason
cccccccccccc
Mend
unsigned
no key
There before, and not held against this change: 1
Existing findings
1 error
old.yaml
error
no-open-ingress
old.yaml:3:5
NetworkPolicy
web
lets in everybody. Name who may connect.
2 files, 3 manifests and 1 commit reviewed in 41 ms. Policy:
.github/gitops-warden.yml
(
dddddddddddd
).`);
  });

  test.each([
    [report(), 'passed'],
    [failing([finding()]), 'blocked'],
    [report({ notChecked: [{ path: 'a', reason: 'b', blocks: false }] }), 'incomplete'],
    [report({ reportOnly: true, findings: [finding()] }), 'report-only'],
  ])('names its verdict in a class, for the color', (judged, state) => {
    expect(renderHtml(judged)).toContain(`<p class="verdict ${state}">`);
  });

  test('a scan has no base', () => {
    const scan = report({ base: null, mergeBase: null, head: HEAD });
    expect(renderHtml(scan)).toContain('Scan of <code>aaaaaaaaaaaa</code>');
    expect(renderHtml({ ...scan, head: null })).toContain('Scan of files on disk');
  });

  test('needs nothing from elsewhere, and runs nothing', () => {
    const page = renderHtml(failing([finding()]));
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<(?:script|img|link|iframe|object|form|base)\b|url\(|@import|\son\w+=/i);
  });

  test('opens and closes every element in order', () => {
    const open: string[] = [];
    for (const tag of tagsOf(renderHtml(strangersReport('x')))) {
      const name = /^<\/?([a-z\d]+)/.exec(tag)?.[1];
      if (name === undefined || ['meta', 'br'].includes(name)) continue;
      if (!tag.startsWith('</')) open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });
});

describe('text of strangers', () => {
  const frame = tagsOf(renderHtml(strangersReport('plain'))).map((tag) => tag.replaceAll('plain', '…'));

  test.each(HOSTILE)('adds no tag and no attribute: %j', (text) => {
    const page = renderHtml(strangersReport(text));
    const names = (tags: readonly string[]): string[] =>
      tags.map((tag) => /^<\/?!?[a-z\d]+/i.exec(tag)?.[0] ?? '');
    // Spans in backquotes of the text itself become code, which is meant.
    const withoutCode = (tags: readonly string[]): string[] =>
      names(tags).filter((name) => !name.endsWith('code'));
    expect(withoutCode(tagsOf(page))).toEqual(withoutCode(frame));
    expect(page).not.toMatch(/[^\n\P{Cc}]|[\p{Cs}\u2028\u202a-\u202e\u2066-\u2069]/u);
  });

  test('any report', () => {
    const allowed =
      /^<(?:!doctype html|html lang="en"|meta [^<>]*|\/?(?:html|head|body|title|style|header|h[123]|p|main|section|small|span|ul|li|strong|code|a|table|thead|tbody|tr|th|td|details|summary|footer)|br|(?:p|span|strong|footer) class="[a-z -]+"|th scope="col"|a href="https?:\/\/[^"<>]*")>$/;
    fc.assert(
      fc.property(anyReport, (judged) => {
        for (const tag of tagsOf(renderHtml(judged))) expect(tag).toMatch(allowed);
      }),
      { numRuns: 100 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import type { Report } from '../../src/engine/report.ts';
import { batchAnnotations, type Annotation } from '../../src/report/annotations.ts';
import { renderCheckRun } from '../../src/report/check-run.ts';
import { renderMarkdown } from '../../src/report/markdown-report.ts';
import {
  at,
  commit,
  failing,
  fileSubject,
  finding,
  HEAD,
  HOSTILE,
  manyFindings,
  PAST,
  report,
  strangersReport,
} from '../support/report-fixture.ts';
import { anyReport } from './arbitrary.ts';
import { foundByGithub, rendered } from './rendered.ts';

function annotated(judged: Report | readonly Report[], inline: ReadonlySet<string> = new Set()) {
  return renderCheckRun(judged, { inline }).annotations;
}

describe('the summary', () => {
  test('a change that is blocked', () => {
    const judged = failing(
      [
        finding(),
        finding({
          subject: fileSubject('db.yaml', at(8), { commit: PAST }),
          message: 'In commit `cccccccccccc`, Secret `db` is in plain text.',
          ruleId: 'no-plaintext-secret',
          url: null,
        }),
        finding({ severity: 'warning', subject: { type: 'commit', commit: PAST }, ruleId: 'signed-commits' }),
        finding({ introduced: false, severity: 'info', subject: fileSubject('old.yaml', null) }),
      ],
      {
        failures: [{ ruleId: 'own-rule', path: 'a.yaml', reason: 'the rule stopped with TypeError' }],
        notChecked: [{ path: 'big.yaml', reason: 'is larger than 16 MiB', blocks: true }],
        waived: [
          {
            finding: finding(),
            reason: 'Behind a firewall.',
            approver: 'mona',
            until: '2027-01-01',
            origin: 'comment',
            scope: 'finding',
          },
          {
            finding: finding({ ruleId: 'other' }),
            reason: 'Known',
            approver: 'hubot',
            until: null,
            origin: 'comment',
            scope: 'finding',
          },
        ],
        commits: [
          commit(HEAD),
          commit(PAST, { state: 'unsigned', signer: null, reason: 'no key: here' }, 'Fix @all'),
        ],
        reach: { applications: ['argocd/web'], clusters: [], environments: ['production', 'staging'] },
      },
    );
    const { title, summary } = renderCheckRun(judged, {
      blobUrl: (path, line) => `https://git.example/${path}#L${String(line)}`,
    });
    expect(title).toBe('Blocked: 2 errors and 2 parts that could not be checked');
    expect(summary).toBe(`**Blocked: 2 errors and 2 parts that could not be checked.**

Mend the errors below, and push. Something could not be checked, and what is not checked does not pass.

### Errors

- [\`apps/web/policy.yaml:3\`](https://git.example/apps/web/policy.yaml#L3): NetworkPolicy \`web\` lets in everybody. Name who may connect. ([\`no-open-ingress\`](https://rules.example/no-open-ingress))
- \`db.yaml:8:1 in commit cccccccccccc\`: In commit \`cccccccccccc\`, Secret \`db\` is in plain text. (\`no-plaintext-secret\`)

### Warnings

- 1 commit of 2 is not signed as it has to be. The name on a commit is whatever its author typed; only a signature shows who made it. ([\`signed-commits\`](https://rules.example/no-open-ingress))
  - \`cccccccccccc\` Fix @​all: unsigned, no key: here

  Sign them anew:

  \`\`\`sh
  # with an SSH key
  git config gpg.format ssh
  git config user.signingkey ~/.ssh/id_ed25519.pub
  # or with an OpenPGP key
  # git config gpg.format openpgp
  # git config user.signingkey KEY_ID
  git rebase --exec 'git commit --amend --no-edit --allow-empty -S' bbbbbbbbbbbb
  git push --force-with-lease
  \`\`\`

  [How to set up signing](https://docs.github.com/en/authentication/managing-commit-signature-verification/signing-commits)

### Not checked

A rule that stops is a fault of gitops-warden, not of this change.

- Rule \`own-rule\` on \`a.yaml\`: the rule stopped with TypeError
- \`big.yaml\` is larger than 16 MiB

### Waivers in force

| Finding | Reason | Who | Until | Covers |
| --- | --- | --- | --- | --- |
| \`apps/web/policy.yaml:3:5\` \`no-open-ingress\` | Behind a firewall. | \`mona\`, in a comment on the pull request | until 2027-01-01 | this finding |
| \`apps/web/policy.yaml:3:5\` \`other\` | Known | \`hubot\`, in a comment on the pull request | without end | this finding |

### What it reaches

- Applications: \`argocd/web\`
- Environments: \`production\`, \`staging\`

<details><summary>Commits and signatures</summary>

| Commit | Subject | Signature | Signer | Remark |
| --- | --- | --- | --- | --- |
| \`aaaaaaaaaaaa\` | Change it | valid | \`mona@example.org\` |  |
| \`cccccccccccc\` | Fix @​all | unsigned |  | no key: here |

</details>

<details><summary>There before, and not held against this change: 1 note</summary>

- [\`old.yaml\`](https://git.example/old.yaml#Lnull): NetworkPolicy \`web\` lets in everybody. Name who may connect. ([\`no-open-ingress\`](https://rules.example/no-open-ingress))

</details>

2 files, 3 manifests and 1 commit reviewed in 41 ms. Judged under the policy \`.github/gitops-warden.yml\` (\`dddddddddddd\`).`);
  });

  test('a change in which nothing is wrong', () => {
    expect(renderCheckRun(report({ policy: { source: 'default', hash: 'd'.repeat(64) } }))).toEqual({
      title: 'Passed',
      summary: `**Passed.**

2 files, 3 manifests and 1 commit reviewed in 41 ms. Judged under the default policy (\`dddddddddddd\`).`,
      annotations: [],
    });
  });

  test('report mode says that nothing blocks', () => {
    const { title, summary } = renderCheckRun(report({ reportOnly: true, findings: [finding()] }));
    expect(title).toBe('Passed in report mode; in force, this would block: 1 error');
    expect(summary).toContain('it shows what would block, and lets it pass.');
    expect(summary).toContain('### Errors');
    expect(summary).not.toContain('Mend');
  });

  test('mistakes on the base say who can mend them', () => {
    const configProblems = [
      { path: '.github/gitops-warden.yml', line: 3, message: 'there is no rule `x`' },
      { path: 'keys/a.asc', line: null, message: 'it is empty' },
    ];
    const { title, summary } = renderCheckRun(report({ conclusion: 'failure', configProblems }));
    expect(title).toBe('Failed: 2 mistakes in the configuration');
    expect(summary).toContain(`### The configuration on the base branch cannot be used

The defaults apply until it is mended. A pull request that only mends these files can pass.

- \`.github/gitops-warden.yml:3\`: there is no rule \`x\`
- \`keys/a.asc\`: it is empty
`);
  });

  test('what was not checked is said of a change that passes', () => {
    const judged = report({ notChecked: [{ path: 'chart.yaml', reason: 'is a template', blocks: false }] });
    const { title, summary } = renderCheckRun(judged);
    expect(title).toBe('Passed, but 1 part was not checked');
    expect(summary).toContain('### Not checked\n\n- `chart.yaml` is a template\n');
    expect(summary).not.toContain('fault of gitops-warden');
  });

  test('the worst of several reports stands first', () => {
    const passed = report({ base: '1'.repeat(40) });
    const blocked = failing([finding()], { base: '2'.repeat(40) });
    const incomplete = report({ base: null, notChecked: [{ path: 'a', reason: 'b', blocks: false }] });
    const { title, summary } = renderCheckRun([passed, incomplete, blocked]);
    expect(title).toBe('Blocked: 1 error');
    expect(summary.match(/^## .*$|^\*\*.*$/gm)).toEqual([
      '## Against the base `222222222222`',
      '**Blocked: 1 error.**',
      '## Without a base',
      '**Passed, but 1 part was not checked.**',
      '## Against the base `111111111111`',
      '**Passed.**',
    ]);
  });

  test('no report', () => {
    expect(renderCheckRun([])).toEqual({
      title: 'Nothing to review',
      summary: 'Nothing to review.',
      annotations: [],
    });
  });
});

describe('the limits of GitHub', () => {
  const long = 'Wide 漢字 and `name` '.repeat(2_000);

  /** Whole list items only, every <details> closed, and both limits kept. */
  function expectFits(judged: Report | readonly Report[]): string {
    const { title, summary } = renderCheckRun(judged);
    expect(title.length).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(60_000);
    expect(summary.split('<details>').length).toBe(summary.split('</details>').length);
    return summary;
  }

  test('5,000 findings: errors come first, and the rest is counted', () => {
    const errors = manyFindings(2_000);
    const warnings = manyFindings(2_500, { severity: 'warning' });
    const existing = manyFindings(500, { introduced: false });
    const summary = expectFits(
      failing([...errors, ...warnings, ...existing], {
        notChecked: [{ path: 'big.yaml', reason: 'is too large', blocks: true }],
        reach: { applications: ['argocd/web'], clusters: [], environments: [] },
      }),
    );
    const shown = summary.match(/^- \[?`apps\/web/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(300);
    expect(summary).toContain(`- and ${2_000 - shown} more, left out here for want of room`);
    expect(summary).toContain('- 2500, left out here for want of room');
    expect(summary).toContain('- 500, left out here for want of room');
    expect(summary).toContain('**Blocked: 2000 errors and 1 part that could not be checked.**');
    expect(summary).toMatch(/reviewed in 41 ms\. Judged under/);
  });

  test('what was not checked outlives warnings', () => {
    const summary = expectFits(
      report({
        findings: manyFindings(5_000, { severity: 'warning' }),
        notChecked: [{ path: 'big.yaml', reason: 'is too large', blocks: false }],
      }),
    );
    expect(summary).toContain('- `big.yaml` is too large');
  });

  test('several reports of 5,000 findings', () => {
    const summary = expectFits(Array.from({ length: 12 }, () => failing(manyFindings(5_000))));
    expect(summary.match(/^## /gm)).toHaveLength(8);
    expect(summary).toContain('*4 more reports left out here.*');
  });

  test('everything is long', () => {
    const judged = strangersReport(long);
    expectFits(judged);
    expectFits(Array.from({ length: 20 }, () => judged));
    for (const annotation of annotated(judged)) {
      expect(Buffer.byteLength(annotation.message)).toBeLessThanOrEqual(64_000);
      expect(annotation.title.length).toBeLessThanOrEqual(255);
    }
  });

  test('any reports', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 10 }), (reports) => {
        expectFits(reports);
      }),
      { numRuns: 60 },
    );
  });

  test('--format markdown leaves nothing out', () => {
    const text = renderMarkdown(failing(manyFindings(2_000)));
    expect(text).toMatch(/^# gitops-warden\n\n\*\*Blocked: 2000 errors\.\*\*\n/);
    expect(text.match(/^- `apps/gm)).toHaveLength(2_000);
    expect(text).not.toContain('left out');
  });
});

describe('annotations', () => {
  test('of an error on one line', () => {
    expect(annotated(failing([finding()]))).toEqual([
      {
        path: 'apps/web/policy.yaml',
        start_line: 3,
        end_line: 3,
        start_column: 5,
        end_column: 8,
        annotation_level: 'failure',
        title: 'no-open-ingress',
        message: 'NetworkPolicy `web` lets in everybody. Name who may connect.',
      },
    ]);
  });

  test.each<[string, Parameters<typeof fileSubject>[1], Partial<Annotation>]>([
    [
      'several lines',
      { start: { line: 3, column: 5 }, end: { line: 6, column: 9 } },
      { start_line: 3, end_line: 6 },
    ],
    [
      'up to the start of a line',
      { start: { line: 3, column: 5 }, end: { line: 6, column: 1 } },
      { start_line: 3, end_line: 5 },
    ],
    [
      'the break of one line',
      { start: { line: 3, column: 5 }, end: { line: 4, column: 1 } },
      { start_line: 3, end_line: 3 },
    ],
    [
      'nothing',
      { start: { line: 3, column: 5 }, end: { line: 3, column: 5 } },
      { start_line: 3, end_line: 3 },
    ],
    ['the whole file', null, { start_line: 1, end_line: 1 }],
  ])('no columns for %s', (_, range, expected) => {
    const [annotation] = annotated(failing([finding({ subject: fileSubject('a.yaml', range) })]));
    expect(annotation).toMatchObject(expected);
    expect(Object.keys(annotation ?? {})).not.toContain('start_column');
    expect(Object.keys(annotation ?? {})).not.toContain('end_column');
  });

  test.each([
    ['warning', 'warning'],
    ['info', 'notice'],
  ] as const)('%s is a %s', (severity, level) => {
    expect(annotated(failing([finding({ severity })]))[0]?.annotation_level).toBe(level);
  });

  test('none for what has a comment, was there before, or has no line in the head', () => {
    const findings = [
      finding({ fingerprint: '1'.repeat(32) }),
      finding({ fingerprint: '2'.repeat(32), introduced: false }),
      finding({ fingerprint: '3'.repeat(32), subject: fileSubject('a.yaml', at(1), { commit: PAST }) }),
      finding({ fingerprint: '4'.repeat(32), subject: { type: 'commit', commit: PAST } }),
      finding({ fingerprint: '5'.repeat(32), subject: { type: 'push', ref: 'refs/heads/x', commit: null } }),
    ];
    expect(annotated(failing(findings), new Set(['1'.repeat(32)]))).toEqual([]);
    expect(annotated(failing(findings))).toHaveLength(1);
  });

  test('one for a finding of several reports', () => {
    expect(annotated([failing([finding()]), failing([finding()])])).toHaveLength(1);
  });

  test.each(HOSTILE)('hold nothing invisible: %j', (text) => {
    for (const { message, title } of annotated(strangersReport(text))) {
      expect(`${message}${title}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028]/u);
    }
  });

  test('keep to the form that GitHub takes, whatever the report', () => {
    fc.assert(
      fc.property(anyReport, (judged) => {
        for (const one of annotated(judged)) {
          expect(one.end_line).toBeGreaterThanOrEqual(one.start_line);
          expect(one.start_column === undefined).toBe(one.end_column === undefined);
          if (one.start_column === undefined || one.end_column === undefined) continue;
          expect(one.end_line).toBe(one.start_line);
          expect(one.end_column).toBeGreaterThanOrEqual(one.start_column);
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    [0, [0]],
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
  ])('%i go in batches of %j', (count, sizes) => {
    const all = annotated(failing(manyFindings(count)));
    const batches = batchAnnotations(all);
    expect(batches.map((batch) => batch.length)).toEqual(sizes);
    expect(batches.flat()).toEqual(all);
  });
});

describe('text of strangers in the summary', () => {
  const frame = rendered(renderMarkdown(strangersReport('plain'))).constructs;

  test.each(HOSTILE)('adds no construct: %j', (text) => {
    const { constructs, text: read } = rendered(renderMarkdown(strangersReport(text)));
    expect(constructs).toEqual(frame);
    expect(foundByGithub(read)).toEqual([]);
  });

  test('adds no construct, whatever the report', () => {
    const links = new Set(['link_open', 'link_close']);
    fc.assert(
      fc.property(anyReport, (judged) => {
        const { targets, constructs, text } = rendered(renderMarkdown(judged));
        for (const kind of constructs) {
          expect([...FRAME, ...links]).toContain(kind);
        }
        for (const target of targets) expect(target).toMatch(/^https?:\/\//);
        expect(foundByGithub(text.replaceAll(/<\/?(?:details|summary)>/g, ''))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

const FRAME = [
  'heading_open',
  'heading_close',
  'strong_open',
  'strong_close',
  'bullet_list_open',
  'bullet_list_close',
  'list_item_open',
  'list_item_close',
  // What a change of .sops.yaml means is a table.
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td'].flatMap((name) => [`${name}_open`, `${name}_close`]),
  'fence',
];

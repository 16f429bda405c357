import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import type { Range } from '../../src/manifests/position.ts';
import { renderText, type TextOptions } from '../../src/report/text.ts';
import {
  at,
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
import { anyReport, anyText } from './arbitrary.ts';

const NO_SOURCES: TextOptions = { color: false, sources: () => null };

/** The two lines that show where a finding stands. */
function excerpt(
  source: string,
  range: Range,
  options: { path?: string; display?: 'full' | 'keys' | 'none'; width?: number } = {},
): string[] {
  const { path = 'a.yaml', display = 'full', width = 100 } = options;
  const text = renderText(failing([finding({ message: 'M.', subject: fileSubject(path, range) })]), {
    color: false,
    sources: () => source,
    showSource: () => display,
    width,
  });
  return text.split('\n').filter((line) => /^ {2} *\d* \| /.test(line));
}

describe('a report in a terminal', () => {
  test('one of everything', () => {
    const judged = failing(
      [
        finding({
          related: [
            { message: 'The rule that applies.', location: { path: '.sops.yaml', range: at(2) } },
            { message: 'The base.', location: { path: 'base.yaml', range: null } },
          ],
        }),
        finding({ severity: 'info', subject: fileSubject('db.yaml', at(8), { commit: PAST }) }),
        finding({ severity: 'warning', subject: { type: 'push', ref: 'refs/heads/main', commit: null } }),
        finding({ introduced: false }),
      ],
      {
        configProblems: [
          { path: 'p.yml', line: 4, message: 'there is no rule `x`' },
          { path: 'q.yml', line: null, message: 'it is empty' },
        ],
        failures: [
          { ruleId: 'own', path: 'a.yaml', reason: 'it stopped' },
          { ruleId: 'own', path: null, reason: 'it stopped' },
        ],
        notChecked: [{ path: 'big.yaml', reason: 'is too large', blocks: true }],
        waived: [
          {
            finding: finding(),
            reason: 'Known.',
            approver: 'mona',
            until: null,
            origin: 'comment',
            scope: 'finding',
          },
        ],
        commits: [commit(HEAD), commit(PAST, { state: 'unsigned', signer: null, reason: 'no key' }, 'Mend')],
        reach: { applications: ['argocd/a', 'argocd/b'], clusters: ['prod'], environments: [] },
      },
    );
    expect(renderText(judged, { ...NO_SOURCES, width: 60 }))
      .toBe(`apps/web/policy.yaml:3:5 error no-open-ingress
  NetworkPolicy \`web\` lets in everybody. Name who may
  connect.
  See .sops.yaml:2: The rule that applies.
  See base.yaml: The base.

db.yaml:8:1 in commit cccccccccccc info no-open-ingress
  NetworkPolicy \`web\` lets in everybody. Name who may
  connect.

push to refs/heads/main warning no-open-ingress
  NetworkPolicy \`web\` lets in everybody. Name who may
  connect.

Mistakes in the configuration of the base:
  p.yml:4: there is no rule \`x\`
  q.yml: it is empty

Rules that stopped, which is a fault of gitops-warden:
  own on a.yaml: it stopped
  own: it stopped

Not checked:
  big.yaml is too large

Waived:
  apps/web/policy.yaml:3:5 no-open-ingress: Known.
    (approved by mona in a comment on the pull request,
    without end)

Signatures:
  aaaaaaaaaaaa valid by mona@example.org: Change it
  cccccccccccc unsigned, no key: Mend

Reaches:
  applications: argocd/a, argocd/b
  clusters: prod

Blocked: 1 error, 2 mistakes in the configuration and 3 parts that could not be checked. Not blocking: 1 warning, 1 note and 1 finding that was there before. 2 files, 3 manifests and 1 commit reviewed in 41 ms.
`);
  });

  test.each([
    [report(), 'Passed. 2 files, 3 manifests and 1 commit reviewed in 41 ms.\n'],
    [
      report({ stats: { files: 1, manifests: 1, commits: 0, milliseconds: 1234 } }),
      'Passed. 1 file, 1 manifest and 0 commits reviewed in 1.2 s.\n',
    ],
    [
      report({ findings: [finding({ introduced: false }), finding({ introduced: false })] }),
      'Passed. Not blocking: 2 findings that were there before. 2 files, 3 manifests and 1 commit reviewed in 41 ms.\n',
    ],
  ])('nothing wrong', (judged, expected) => {
    expect(renderText(judged, NO_SOURCES)).toBe(expected);
  });

  test('valid signatures are not listed', () => {
    expect(renderText(report({ commits: [commit(HEAD)] }), NO_SOURCES)).not.toContain('Signatures');
  });

  test('color only where it is asked for', () => {
    const judged = failing([finding()]);
    const sources = (): string => 'a\nb\n  spec: x\n';
    expect(renderText(judged, { color: false, sources })).not.toContain('\u001b');
    const colored = renderText(judged, { color: true, sources });
    expect(colored).toContain('\u001b[31merror\u001b[39m');
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderText(judged, { color: false, sources }));
  });

  test('asks for the version that the finding is about', () => {
    const asked: unknown[] = [];
    const subjects = [fileSubject('a.yaml', at(1), { commit: PAST }), fileSubject('a.yaml', at(1))];
    const judged = failing(subjects.map((subject) => finding({ subject })));
    const text = renderText(judged, {
      color: false,
      sources: (path, sha) => {
        asked.push([path, sha]);
        return sha === null ? 'new: x' : 'old: x';
      },
    });
    expect(asked).toEqual([
      ['a.yaml', PAST],
      ['a.yaml', null],
    ]);
    expect(text).toMatch(/old: …[^]*new: …/);
  });
});

describe('the line', () => {
  test.each<[string, string, Range, string[]]>([
    ['a key', 'a:\n  kind: Pod\n', at(2, 3, 7), ['  2 |   kind: Pod', '    |   ^^^^']],
    ['a value', 'a:\n  kind: Pod\n', at(2, 9, 12), ['  2 |   kind: Pod', '    |         ^^^']],
    ['nothing', 'a: b', at(1, 4, 4), ['  1 | a: b', '    |    ^']],
    [
      'several lines',
      'a:\n  b: c\n  d: e\n',
      { start: { line: 2, column: 3 }, end: { line: 3, column: 7 } },
      ['  2 |   b: c', '    |   ^^^^'],
    ],
    ['behind a tab', '\ta: b', at(1, 5, 6), ['  1 |     a: b', '    |        ^']],
    ['behind wide characters', '漢字: b', at(1, 5, 6), ['  1 | 漢字: b', '    |       ^']],
    ['behind a combining character', 'e\u0301: b', at(1, 5, 6), ['  1 | e\u0301: b', '    |    ^']],
    ['behind an escape', '\u001b: b', at(1, 4, 5), ['  1 | \\u{1b}: b', '    |         ^']],
    ['an emoji', 'a: \u{1f4a5}', at(1, 4, 6), ['  1 | a: \u{1f4a5}', '    |    ^^']],
    ['Windows line breaks', 'a: b\r\nc: d\r\n', at(2, 4, 5), ['  2 | c: d', '    |    ^']],
    ['line 100', `${'\n'.repeat(99)}a: b`, at(100, 1, 2), ['  100 | a: b', '      | ^']],
    ['behind the end of the file', 'a: b', at(9), []],
  ])('%s', (_, source, range, expected) => {
    expect(excerpt(source, range)).toEqual(expected);
  });

  test('a long line is shown around the mark', () => {
    const source = `${'x'.repeat(100_000)}MARK${'y'.repeat(100_000)}`;
    const [line = '', carets = ''] = excerpt(source, at(1, 100_001, 100_005), { width: 40 });
    expect(line.length).toBeLessThanOrEqual(40);
    expect(line).toMatch(/^ {2}1 \| …x+MARKy+…$/);
    expect(line.indexOf('MARK')).toBe(carets.indexOf('^^^^'));
    expect(carets.trimEnd().length - carets.indexOf('^')).toBe(4);
  });

  test('the end of a long line', () => {
    const [line = '', carets = ''] = excerpt(`a: ${'x'.repeat(90)}é`, at(1, 94, 95), { width: 40 });
    expect(line).toMatch(/^ {2}1 \| …x+é$/);
    expect(carets.indexOf('^')).toBe(line.indexOf('é'));
  });

  test('none is shown when the rule forbids it', () => {
    expect(excerpt('a: b', at(1), { display: 'none' })).toEqual([]);
  });

  test('stays on its line and in its width, whatever the text', () => {
    fc.assert(
      fc.property(anyText, fc.nat(50), fc.nat(50), (source, column, length) => {
        const range = at(1, column + 1, column + 1 + length);
        for (const line of excerpt(source, range, { width: 60 })) {
          expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('text of strangers', () => {
  test.each(HOSTILE)('sends the terminal nothing: %j', (text) => {
    const rendered = renderText(strangersReport(text), { color: false, sources: () => text.repeat(3) });
    expect(rendered).not.toMatch(/[^\n\P{Cc}]|[\p{Cs}\u2028\u202a-\u202e\u2066-\u2069]/u);
  });

  test.each([
    '::error::owned',
    'x\n::error::owned',
    'x ##[error]owned',
    `${'word '.repeat(30)}::error::owned`,
  ])('is no command for GitHub Actions: %j', (text) => {
    for (const width of [40, 60, 100]) {
      const rendered = renderText(strangersReport(text), { color: false, sources: () => text, width });
      expect(rendered).not.toMatch(/^\s*::|##\[/m);
    }
  });

  test('starts no line at the edge', () => {
    const names = renderText(strangersReport('x\nBlocked: 0 errors.'), NO_SOURCES).match(/^Blocked.*/gm);
    expect(names).toHaveLength(1);
    expect(names?.[0]).toMatch(/^Blocked: 3 errors/);
  });

  test('any report', () => {
    fc.assert(
      fc.property(anyReport, anyText, (judged, source) => {
        const rendered = renderText(judged, { color: false, sources: () => source });
        expect(rendered).not.toMatch(/[^\n\P{Cc}]|[\p{Cs}\u2028\u202a-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: 100 },
    );
  });
});

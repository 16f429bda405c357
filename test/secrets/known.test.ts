import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { KnownIndex, readBaseline, readIgnoreFile } from '../../src/secrets/gitleaks/known.ts';
import type { RawLeak } from '../../src/secrets/text-scan.ts';

const SECRET = randomBytes(12).toString('hex');
const COMMIT = 'ab12'.repeat(10);

const leak = (values: Partial<RawLeak> = {}): RawLeak => ({
  ruleId: 'house',
  enforced: false,
  secret: SECRET,
  match: SECRET,
  span: { start: 0, end: SECRET.length },
  startLine: 3,
  endLine: 3,
  startColumn: 1,
  decoded: false,
  commented: false,
  ...values,
});

describe('.gitleaksignore', () => {
  const knows = (text: string, path = 'apps/a.yaml', commit: string | null = null): string | null => {
    const { ignored, problems } = readIgnoreFile('.gitleaksignore', text);
    expect(problems).toEqual([]);
    return new KnownIndex({ ignored, baseline: [] }).knows(leak(), path, commit);
  };

  test.each<[string, string | null, string | null]>([
    ['apps/a.yaml:house:3', null, 'ignore-file'],
    ['apps/a.yaml:house:3', COMMIT, 'ignore-file'],
    ['  apps\\a.yaml:house:3 \r', null, 'ignore-file'],
    ['# a comment\n\napps/a.yaml:house:3\n', null, 'ignore-file'],
    ['apps/a.yaml:house:4', null, null],
    ['apps/a.yaml:room:3', null, null],
    ['a.yaml:house:3', null, null],
    ['# apps/a.yaml:house:3', null, null],
    [`${COMMIT}:apps/a.yaml:house:3`, COMMIT, 'ignore-file'],
    [`${COMMIT}:apps\\a.yaml:house:3`, COMMIT, 'ignore-file'],
    [`${COMMIT}:apps/a.yaml:house:3`, null, null],
    [`${COMMIT}:apps/a.yaml:house:3`, 'cd34'.repeat(10), null],
  ])('%j for a finding of commit %s: %s', (text, commit, known) => {
    expect(knows(text, 'apps/a.yaml', commit)).toBe(known);
  });

  test.each(['a.yaml', 'a.yaml:house', 'a.yaml:house:x', 'a:b:c:d:5'])('%s is no fingerprint', (line) => {
    const { ignored, problems } = readIgnoreFile('.gitleaksignore', `# first\n${line}\n`);
    expect(ignored).toEqual([]);
    expect(problems).toEqual([{ path: '.gitleaksignore', line: 2, message: expect.any(String) as unknown }]);
  });
});

describe('a baseline', () => {
  const entry = { RuleID: 'house', File: 'a.yaml', StartLine: 3, EndLine: 3, Secret: SECRET };
  const knows = (entries: unknown, found = leak(), path = 'a.yaml'): string | null => {
    const { baseline, problems } = readBaseline('baseline.json', JSON.stringify(entries));
    expect(problems).toEqual([]);
    return new KnownIndex({ ignored: [], baseline }).knows(found, path, null);
  };

  test('knows the same secret of the same rule in the same file, wherever in it', () => {
    expect(knows([entry])).toBe('baseline');
    expect(knows([entry], leak({ startLine: 99, endLine: 99 }))).toBe('baseline');
    expect(knows([{ ...entry, Secret: 'another' }])).toBeNull();
    expect(knows([{ ...entry, RuleID: 'room' }])).toBeNull();
    expect(knows([entry], leak(), 'b.yaml')).toBeNull();
    expect(knows([])).toBeNull();
    expect(knows(null)).toBeNull();
  });

  test.each(['REDACTED', 'abc...'])('that was redacted (%s) knows by the line', (Secret) => {
    expect(knows([{ ...entry, Secret }])).toBe('baseline');
    expect(knows([{ ...entry, Secret }], leak({ startLine: 4, endLine: 4 }))).toBeNull();
  });

  test.each([
    [`[{"Secret": "${SECRET}"`, /no JSON$/],
    [`{"Secret": "${SECRET}"}`, /list of findings/],
    [`[{"Secret": "${SECRET}"}]`, /RuleID/],
    [`["${SECRET}"]`, /RuleID/],
  ])('that cannot be used is named without its secrets', (text, message) => {
    const { problems } = readBaseline('baseline.json', text);
    expect(problems).toEqual([
      { path: 'baseline.json', line: null, message: expect.stringMatching(message) as unknown },
    ]);
    expect(JSON.stringify(problems)).not.toContain(SECRET);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.ts';
import { openRepository } from '../../src/git/repository.ts';
import { loadRuleSet, type RuleSet } from '../../src/pipeline/rule-set.ts';
import { reviewRepository, type ReviewRequest } from '../../src/pipeline/review-repository.ts';
import { scanPaths } from '../../src/pipeline/scan-files.ts';
import { createSecretSearch, type SecretSearch } from '../../src/pipeline/secret-scan/search.ts';
import { FORMATS, render } from '../../src/report/index.ts';
import {
  createGitFixture,
  removeFolders,
  temporaryFolder,
  type FixtureFile,
  type GitFixture,
} from '../support/git-fixture.ts';
import { healthyFile } from '../support/healthy-repository.ts';
import { randomFrom } from '../support/secret-samples.ts';

const KEY = Buffer.from('a key for the tests of fingerprints');
const random = randomFrom(20_260_101);
const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** Every secret that a test of this file has made. */
const SECRETS: string[] = [];
const REPORTS: Report[] = [];

function letters(length: number): string {
  return Array.from({ length }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
}

function token(): string {
  const made = `${['gh', 'p_'].join('')}${letters(36)}`;
  SECRETS.push(made);
  return made;
}

let rules: RuleSet;
let keyed: SecretSearch;
let plain: SecretSearch;
let fixture: GitFixture;

beforeAll(async () => {
  rules = await loadRuleSet();
  keyed = createSecretSearch(null, KEY);
  plain = createSecretSearch(null, null);
});
afterAll(async () => {
  await keyed.scanner.close();
  await plain.scanner.close();
  removeFolders();
});
afterEach(() => {
  fixture.remove();
});

type Files = Readonly<Record<string, FixtureFile>>;

/** Commits `base` on main, then each of the others on a branch, and reviews that. */
async function reviewed(
  base: Files,
  commits: readonly Files[],
  more: Partial<ReviewRequest> = {},
): Promise<Report> {
  fixture = createGitFixture();
  const from = fixture.commit({ 'README.md': 'A repository.\n', ...base });
  fixture.branch('change');
  fixture.checkout('change');
  for (const files of commits) fixture.commit(files);
  const repository = await openRepository(fixture.directory);
  try {
    const { report } = await reviewRepository({
      repository,
      base: from,
      head: fixture.head(),
      rules,
      secrets: keyed,
      ...more,
    });
    REPORTS.push(report);
    return report;
  } finally {
    repository.close();
  }
}

function leaksOf(report: Report): string[] {
  return report.findings
    .filter((finding) => finding.ruleId === 'no-leaked-credential')
    .map(({ subject, severity, introduced, secret }) => {
      const file =
        subject.type === 'file' ? `${subject.path}:${subject.range?.start.line ?? '-'}` : subject.type;
      const past = subject.type === 'file' && subject.commit !== null ? ' past' : '';
      return `${file} ${secret?.kind ?? ''} ${severity}${introduced ? '' : ' existing'}${past}`;
    });
}

describe('what a change brings', () => {
  test('a token blocks, with its kind, its length and a fingerprint, and never itself', async () => {
    const secret = token();
    const report = await reviewed({}, [{ 'a.yaml': `a: 1\ntoken: ${secret}\n` }]);
    expect(leaksOf(report)).toEqual(['a.yaml:2 github-pat error']);
    expect(report.conclusion).toBe('failure');
    const finding = report.findings.find((one) => one.secret);
    expect(finding?.secret).toMatchObject({ kind: 'github-pat', length: 40 });
    expect(finding?.secret?.fingerprint).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(finding?.message).toContain('GitHub personal access token');
    expect(finding?.message).toContain('https://docs.github.com/');
  });

  test('a token that a later commit removes is reported with the commit that added it', async () => {
    const secret = token();
    const report = await reviewed({}, [{ 'a.yaml': `a: ${secret}\n` }, { 'a.yaml': 'a: 1\n' }]);
    expect(leaksOf(report)).toEqual(['a.yaml:1 github-pat error past']);
    expect(report.conclusion).toBe('failure');
    const message = report.findings.find((one) => one.secret)?.message ?? '';
    expect(message).toMatch(
      /rotate it\. Then rewrite the branch without it, with `git rebase -i [0-9a-f]{12}\^`/,
    );
    const [fingerprint = ''] = /hmac:[0-9a-f]{32}/.exec(message) ?? [];
    expect(message).toContain(
      `or have it accepted: \`${fingerprint}\` with a reason under \`secrets: {allow: …}\``,
    );
  });

  test('the ways to accept a secret of the past are ways', async () => {
    const secret = token();
    const commits = [{ 'a.yaml': `b: 1\na: ${secret}\n` }, { 'a.yaml': 'a: 1\n' }];
    const first = await reviewed({}, commits, { secrets: plain });
    const line = /`(a\.yaml:[^`]*)` in `\.gitleaksignore`/.exec(
      first.findings.find((one) => one.secret)?.message ?? '',
    )?.[1];
    expect(line).toBe('a.yaml:github-pat:2');
    fixture.remove();
    const accepted = await reviewed({ '.gitleaksignore': `${line ?? ''}\n` }, commits, { secrets: plain });
    expect(leaksOf(accepted)).toEqual([]);
    expect(accepted.waived.map((one) => one.approver)).toEqual(['.gitleaksignore']);
    expect(accepted.conclusion).toBe('success');
  });

  test('what the base has is not blamed on the change, in its place and moved', async () => {
    const secret = token();
    const report = await reviewed({ 'a.yaml': `token: ${secret}\n` }, [
      { 'a.yaml': `# moved\nb: 1\ntoken: ${secret}\n` },
    ]);
    expect(leaksOf(report)).toEqual(['a.yaml:3 github-pat error existing']);
    expect(report.conclusion).toBe('success');
  });

  test('another token in the place of an old one is new', async () => {
    const report = await reviewed({ 'a.yaml': `token: ${token()}\n` }, [{ 'a.yaml': `token: ${token()}\n` }]);
    expect(leaksOf(report)).toEqual(['a.yaml:1 github-pat error']);
  });

  test('the same value elsewhere in the head is listed, as it is and in base64', async () => {
    const secret = token();
    const encoded = Buffer.from(secret).toString('base64');
    const elsewhere = {
      'old/b.yaml': `x: 1\nkey: ${secret}\n`,
      'old/c.yaml': `key: ${encoded}\n`,
      'old/d.yaml': 'key: 1\n',
    };
    const report = await reviewed(elsewhere, [{ 'a.yaml': `token: ${secret}\n` }]);
    const related = report.findings.find((one) => one.secret)?.related ?? [];
    expect(related.map(({ location }) => `${location.path}:${location.range?.start.line}`).sort()).toEqual([
      'old/b.yaml:2',
      'old/c.yaml:1',
    ]);
  });

  test('what the search for copies leaves out is said', async () => {
    const secret = token();
    const others = Array.from({ length: 52 }, () => token());
    const places = Array.from({ length: 30 }, (_, index) => [`old/${index}.yaml`, `a: ${secret}\n`] as const);
    const report = await reviewed(
      { ...Object.fromEntries(places), 'large.txt': `${'x'.repeat(1024 * 1024)}\n` },
      [{ 'a.yaml': [secret, ...others].map((one, index) => `a${index}: ${one}\n`).join('') }],
    );
    expect(report.notChecked).toEqual([
      {
        path: '.',
        reason: expect.stringMatching(/^only the first 50 .* 3 not$/) as unknown,
        blocks: false,
      },
      {
        path: '.',
        reason: expect.stringMatching(/: 1 left out/) as unknown,
        blocks: false,
      },
      {
        path: '.',
        reason: expect.stringMatching(/^no more than 20 places .*1 of those/) as unknown,
        blocks: false,
      },
    ]);
    expect(report.findings.find((one) => one.secret)?.related.length).toBe(20);
  });

  test('a private key is reported once, by its own rule', async () => {
    const body = Array.from({ length: 5 }, () => letters(64)).join('\n');
    SECRETS.push(body.slice(0, 40));
    const report = await reviewed({}, [
      { 'key.pem': `${['-----BEGIN', 'PRIVATE KEY-----'].join(' ')}\n${body}\n-----END PRIVATE KEY-----\n` },
    ]);
    expect(report.findings.map((one) => one.ruleId).filter((id) => id !== 'signed-commits')).toEqual([
      'no-private-key',
    ]);
  });

  test('an archive is said not to be looked into, and does not block', async () => {
    const report = await reviewed({}, [{ 'chart.bin': Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) }]);
    expect(report.notChecked).toEqual([expect.objectContaining({ path: 'chart.bin', blocks: false })]);
    expect(report.conclusion).toBe('success');
  });
});

describe('configuration', () => {
  const ALLOW = "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['''^samples/''']\n";

  test('.gitleaks.toml counts as the base has it', async () => {
    const secret = token();
    const allowed = await reviewed({ '.gitleaks.toml': ALLOW }, [{ 'samples/a.yaml': `t: ${secret}\n` }]);
    expect(leaksOf(allowed)).toEqual([]);
    fixture.remove();
    const own = await reviewed({}, [{ '.gitleaks.toml': ALLOW, 'samples/a.yaml': `t: ${token()}\n` }]);
    expect(leaksOf(own)).toEqual(['samples/a.yaml:1 github-pat error']);
  });

  test('a broken .gitleaks.toml is named with its line, fails the check, and the default rules run', async () => {
    const broken = "[[rules]]\nid = \"x\"\nregex = '''(?=no)'''\n[allowlist]\npaths = [\".*\"]\n";
    const report = await reviewed({ '.gitleaks.toml': broken }, [{ 'a.yaml': `t: ${token()}\n` }]);
    expect(report.configProblems).toEqual([expect.objectContaining({ path: '.gitleaks.toml', line: 3 })]);
    expect(leaksOf(report)).toEqual(['a.yaml:1 github-pat error']);
    expect(report.conclusion).toBe('failure');
    fixture.remove();
    const other = await reviewed({ '.gitleaks.toml': 'a = [\n' }, [{ 'a.yaml': `t: ${token()}\n` }]);
    expect(other.configProblems[0]).toMatchObject({ path: '.gitleaks.toml', line: 2 });
    expect(leaksOf(other)).toHaveLength(1);
  });

  test('a change that only mends it passes', async () => {
    const report = await reviewed({ '.gitleaks.toml': 'a = [\n' }, [{ '.gitleaks.toml': ALLOW }]);
    expect(report.configProblems).toEqual([]);
    expect(report.conclusion).toBe('success');
    fixture.remove();
    const still = await reviewed({ '.gitleaks.toml': 'a = [\n' }, [{ '.gitleaks.toml': 'b = [\n' }]);
    expect(still.conclusion).toBe('failure');
  });

  const policy = (text: string): Files => ({ '.github/gitops-warden.yml': `secrets:\n  ${text}\n` });
  const more = { '.gitleaks.toml': "[extend]\npath = 'base.toml'\n", 'base.toml': ALLOW };
  test.each<[string, Files, Files, string[]]>([
    ['broken TOML', {}, { '.gitleaks.toml': 'a = 1\nb = [\n' }, ['.gitleaks.toml:3']],
    [
      'a broken pattern in an extended file',
      more,
      { 'base.toml': "[allowlist]\nregexes = ['(?=a)']\n" },
      ['base.toml:2'],
    ],
    ['an extended file that goes', more, { 'base.toml': null }, ['.gitleaks.toml:-']],
    ['a broken line of .gitleaksignore', {}, { '.gitleaksignore': 'a:b:1\na\n' }, ['.gitleaksignore:2']],
    [
      'a broken file that the policy names',
      { ...policy('rules: [r.toml]'), 'r.toml': '' },
      { 'r.toml': 'a' },
      ['r.toml:1'],
    ],
    [
      'a file that the policy of the change names',
      {},
      policy('rules: [r.toml]'),
      ['.github/gitops-warden.yml:-'],
    ],
    ['a kind that no rule finds', {}, policy('kinds: {none-of-ours: off}'), ['.github/gitops-warden.yml:-']],
    [
      'a baseline that is none',
      { ...policy('baseline: b.json'), 'b.json': '[]' },
      { 'b.json': '{}' },
      ['b.json:-'],
    ],
    ['all in order', more, { ...policy('rules: [r.toml]'), 'r.toml': '', 'base.toml': '' }, []],
  ])(
    'a change that would break the search after the merge is refused: %s',
    async (_name, base, head, places) => {
      const report = await reviewed(base, [head]);
      const found = report.findings.filter((finding) => finding.ruleId === 'valid-secret-rules');
      expect(
        found.map(({ subject }) =>
          subject.type === 'file' ? `${subject.path}:${subject.range?.start.line ?? '-'}` : '',
        ),
      ).toEqual(places);
      expect(report.conclusion).toBe(places.length === 0 ? 'success' : 'failure');
      expect(report.configProblems).toEqual([]);
    },
  );

  test('.gitleaksignore, the baseline and the comment set findings aside, visibly', async () => {
    const [ignored, known, commented, news] = [token(), token(), token(), token()];
    const baseline = JSON.stringify([{ RuleID: 'github-pat', File: 'a.yaml', StartLine: 99, Secret: known }]);
    const policy = 'secrets:\n  baseline: .baseline.json\n  inlineAllow: true\n';
    const report = await reviewed(
      {
        '.gitleaksignore': 'a.yaml:github-pat:1\n',
        '.baseline.json': baseline,
        '.github/gitops-warden.yml': policy,
      },
      [{ 'a.yaml': `a: ${ignored}\nb: ${known}\nc: ${commented} # gitleaks:allow\nd: ${news}\n` }],
    );
    expect(leaksOf(report)).toEqual(['a.yaml:4 github-pat error']);
    expect(report.waived.map((one) => one.approver).sort()).toEqual([
      '.gitleaksignore',
      'the author of the line',
      'the baseline',
    ]);
  });

  const inline = (value: string): string => `secrets:\n  inlineAllow: ${value}\n`;
  const POLICY = '.github/gitops-warden.yml';
  test.each<[string, Files, string | null, string | null]>([
    ['without a word in the policy it does not', {}, null, 'approve of his own secret'],
    ['nor when the policy denies it', { [POLICY]: inline('false') }, null, 'inlineAllow: false'],
    ['nor when the floor denies it', { [POLICY]: inline('true') }, inline('false'), 'inlineAllow: false'],
    ['nor when only the floor allows it', {}, inline('true'), 'approve of his own secret'],
    [
      'nor for a kind that the floor enforces',
      { [POLICY]: inline('true') },
      'secrets:\n  kinds: {github-pat: error}\n',
      'the organisation wants',
    ],
    ['when the policy allows it, it does', { [POLICY]: inline('true') }, null, null],
  ])('the comment gitleaks:allow in a change: %s', async (_name, base, floor, says) => {
    const report = await reviewed(base, [{ 'a.yaml': `c: ${token()} # gitleaks:allow\n` }], {
      floor: floor === null ? null : { path: 'floor.yml', text: floor },
    });
    expect(leaksOf(report)).toEqual(says === null ? [] : ['a.yaml:1 github-pat error']);
    expect(report.findings.find((one) => one.secret)?.message ?? null).toEqual(
      says === null ? null : expect.stringContaining(says),
    );
    expect(report.waived.map((one) => one.approver)).toEqual(says === null ? ['the author of the line'] : []);
    expect(report.conclusion).toBe(says === null ? 'success' : 'failure');
  });

  test('a policy that the change itself brings does not let its comment count', async () => {
    const report = await reviewed({}, [
      { [POLICY]: inline('true'), 'a.yaml': `c: ${token()} # gitleaks:allow\n` },
    ]);
    expect(leaksOf(report)).toEqual(['a.yaml:1 github-pat error']);
  });

  test('a comment that does not count takes nothing from .gitleaksignore', async () => {
    const report = await reviewed({ '.gitleaksignore': 'a.yaml:github-pat:1\n' }, [
      { 'a.yaml': `c: ${token()} # gitleaks:allow\n` },
    ]);
    expect(report.waived.map((one) => one.approver)).toEqual(['.gitleaksignore']);
  });

  test.each([
    ['', ['the author of the line'], []],
    [inline('false'), [], ['a.yaml:1 github-pat error']],
  ])('in a scan it counts unless the policy denies it: %j', async (policy, approvers, findings) => {
    fixture = createGitFixture();
    fixture.write({ 'a.yaml': `c: ${token()} # gitleaks:allow\n` });
    const { report } = await scanPaths([fixture.directory], fixture.directory, {
      rules,
      policy: { path: 'policy.yml', text: policy },
      floor: null,
      secrets: plain,
    });
    REPORTS.push(report);
    expect(report.waived.map((one) => one.approver)).toEqual(approvers);
    expect(leaksOf(report)).toEqual(findings);
  });

  test('kinds, paths, thresholds and further rule files follow the policy', async () => {
    const policy = `secrets:
  exclude: ['samples/**']
  kinds: {gitlab-pat: off, github-pat: warning}
  rules: [.ci/rules.toml]
`;
    const gitlab = `${['gl', 'pat-'].join('')}${letters(20)}`;
    SECRETS.push(gitlab);
    const rule =
      '[[rules]]\nid = "house-key"\ndescription = "House key"\nregex = \'\'\'HOUSE-([0-9]{12})\'\'\'\nkeywords = ["house-"]\n';
    const report = await reviewed({ '.github/gitops-warden.yml': policy, '.ci/rules.toml': rule }, [
      {
        'a.yaml': `a: ${token()}\nb: ${gitlab}\nc: HOUSE-314159265358\n`,
        'samples/a.yaml': `a: ${token()}\n`,
      },
    ]);
    expect(leaksOf(report).sort()).toEqual(['a.yaml:1 github-pat warning', 'a.yaml:3 house-key error']);
  });

  test('an exception by fingerprint holds to its last day, and only where there is a key', async () => {
    const secret = token();
    const first = await reviewed({}, [{ 'a.yaml': `a: ${secret}\n` }]);
    const fingerprint = first.findings.find((one) => one.secret)?.secret?.fingerprint ?? '';
    const policy = (until: string): Files => ({
      '.github/gitops-warden.yml': `secrets:\n  allow:\n    - {fingerprint: '${fingerprint}', reason: a test account, until: '${until}'}\n`,
    });
    fixture.remove();
    const allowed = await reviewed(policy('2999-12-31'), [{ 'b.yaml': `a: ${secret}\n` }]);
    expect(leaksOf(allowed)).toEqual([]);
    expect(allowed.waived).toEqual([
      expect.objectContaining({ reason: 'a test account', until: '2999-12-31' }),
    ]);
    fixture.remove();
    const expired = await reviewed(policy('2020-12-31'), [{ 'b.yaml': `a: ${secret}\n` }]);
    expect(leaksOf(expired)).toHaveLength(1);
    expect(expired.findings.find((one) => one.secret)?.message).toContain('ended on 2020-12-31');
    fixture.remove();
    const keyless = await reviewed(policy('2999-12-31'), [{ 'b.yaml': `a: ${secret}\n` }], {
      secrets: plain,
    });
    expect(leaksOf(keyless)).toHaveLength(1);
    expect(keyless.findings.find((one) => one.secret)?.secret?.fingerprint).toBeNull();
    expect(keyless.notChecked).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('FINGERPRINT_KEY') as unknown }),
    ]);
  });

  test('nothing in the repository weakens a kind that the floor enforces', async () => {
    const base = {
      '.gitleaks.toml': "[allowlist]\npaths = ['''.*''']\n",
      '.gitleaksignore': 'a.yaml:github-pat:1\n',
      '.github/gitops-warden.yml': 'secrets:\n  exclude: ["**"]\n  kinds: {github-pat: off}\n',
    };
    const floor = { path: 'floor.yml', text: 'secrets:\n  kinds: {github-pat: error}\n' };
    const report = await reviewed(base, [{ 'a.yaml': `a: ${token()} # gitleaks:allow\n` }], { floor });
    expect(leaksOf(report)).toEqual(['a.yaml:1 github-pat error']);
  });
});

describe('scans, and healthy repositories', () => {
  test('5,000 healthy files give no finding', async () => {
    fixture = createGitFixture();
    const folder = temporaryFolder();
    const files: Record<string, string> = {};
    for (let index = 0; index < 5_000; index += 1) {
      const { name, text } = healthyFile(index, random);
      files[name] = text;
    }
    fixture.write(files);
    writeFileSync(path.join(folder, 'x'), '');
    const { report } = await scanPaths([fixture.directory], fixture.directory, {
      rules,
      policy: null,
      floor: null,
      secrets: plain,
    });
    expect(report.stats.files).toBeGreaterThanOrEqual(5_000);
    expect(leaksOf(report)).toEqual([]);
  });

  test('a second look takes nothing from the search', async () => {
    const search = createSecretSearch(null, KEY);
    const secret = token();
    const first = await reviewed({}, [{ 'a.yaml': `a: ${secret}\n` }], { secrets: search });
    await search.scanner.close();
    const scan = search.scanner.scan.bind(search.scanner);
    let asked = 0;
    search.scanner.scan = (setup, jobs, signal) => {
      asked += jobs.length;
      return scan(setup, jobs, signal);
    };
    const repository = await openRepository(fixture.directory);
    const { report } = await reviewRepository({
      repository,
      base: first.base,
      head: first.head ?? '',
      rules,
      secrets: search,
    });
    repository.close();
    expect(asked).toBe(0);
    expect(leaksOf(report)).toEqual(leaksOf(first));
  });
});

test('no report, in any format, holds one of the secrets', () => {
  fixture = createGitFixture();
  expect(SECRETS.length).toBeGreaterThan(20);
  expect(REPORTS.length).toBeGreaterThan(15);
  const sarif = { rules: rules.rules.map((rule) => rule.definition), version: '0', urlOf: () => null };
  const outputs = REPORTS.flatMap((report) => [
    JSON.stringify(report),
    ...FORMATS.map((format) =>
      render(format, report, { text: { color: false, width: 100, sources: () => null }, sarif }),
    ),
  ]);
  const cached = JSON.stringify([...REPORTS.keys()]) + JSON.stringify(keyed.recent.entries());
  for (const text of [
    ...outputs,
    cached,
    readFileSync(path.join(fixture.directory, '.git/config'), 'utf8'),
  ]) {
    const held = SECRETS.filter(
      (secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64')),
    );
    expect(held).toEqual([]);
  }
});

import { describe, expect, test } from '@jest/globals';
import { scanPaths } from '../../src/pipeline/scan-files.ts';
import {
  REPORTS,
  expectNoSecretAnywhere,
  SECRETS,
  current,
  leaksOf,
  letters,
  plain,
  reviewed,
  rules,
  token,
  type Files,
} from './leak-review.ts';

describe('configuration', () => {
  const ALLOW = "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['''^samples/''']\n";

  test('.gitleaks.toml counts as the base has it', async () => {
    const secret = token();
    const allowed = await reviewed({ '.gitleaks.toml': ALLOW }, [{ 'samples/a.yaml': `t: ${secret}\n` }]);
    expect(leaksOf(allowed)).toEqual([]);
    current().remove();
    const own = await reviewed({}, [{ '.gitleaks.toml': ALLOW, 'samples/a.yaml': `t: ${token()}\n` }]);
    expect(leaksOf(own)).toEqual(['samples/a.yaml:1 github-pat error']);
  });

  test('a broken .gitleaks.toml is named with its line, fails the check, and the default rules run', async () => {
    const broken = "[[rules]]\nid = \"x\"\nregex = '''(?=no)'''\n[allowlist]\npaths = [\".*\"]\n";
    const report = await reviewed({ '.gitleaks.toml': broken }, [{ 'a.yaml': `t: ${token()}\n` }]);
    expect(report.configProblems).toEqual([expect.objectContaining({ path: '.gitleaks.toml', line: 3 })]);
    expect(leaksOf(report)).toEqual(['a.yaml:1 github-pat error']);
    expect(report.conclusion).toBe('failure');
    current().remove();
    const other = await reviewed({ '.gitleaks.toml': 'a = [\n' }, [{ 'a.yaml': `t: ${token()}\n` }]);
    expect(other.configProblems[0]).toMatchObject({ path: '.gitleaks.toml', line: 2 });
    expect(leaksOf(other)).toHaveLength(1);
  });

  test('a change that only mends it passes', async () => {
    const report = await reviewed({ '.gitleaks.toml': 'a = [\n' }, [{ '.gitleaks.toml': ALLOW }]);
    expect(report.configProblems).toEqual([]);
    expect(report.conclusion).toBe('success');
    current().remove();
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
    current().write({ 'a.yaml': `c: ${token()} # gitleaks:allow\n` });
    const { report } = await scanPaths([current().directory], current().directory, {
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
    current().remove();
    const allowed = await reviewed(policy('2999-12-31'), [{ 'b.yaml': `a: ${secret}\n` }]);
    expect(leaksOf(allowed)).toEqual([]);
    expect(allowed.waived).toEqual([
      expect.objectContaining({ reason: 'a test account', until: '2999-12-31' }),
    ]);
    current().remove();
    const expired = await reviewed(policy('2020-12-31'), [{ 'b.yaml': `a: ${secret}\n` }]);
    expect(leaksOf(expired)).toHaveLength(1);
    expect(expired.findings.find((one) => one.secret)?.message).toContain('ended on 2020-12-31');
    current().remove();
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

  test.each([
    ['a threshold that nothing reaches', 'secrets: {entropy: {github-pat: 8}}\n', (text: string) => text],
    [
      'looking below no encoding',
      'secrets: {decodeDepth: 0}\n',
      (text: string) => Buffer.from(`token is ${text} here`).toString('base64'),
    ],
  ])('nor does %s', async (_what, own, written) => {
    const floor = { path: 'floor.yml', text: 'secrets:\n  kinds: {github-pat: error}\n' };
    const base = { '.github/gitops-warden.yml': own };
    const report = await reviewed(base, [{ 'a.txt': `value ${written(token())}\n` }], { floor });
    expect(leaksOf(report)).toEqual(['a.txt:1 github-pat error']);
  });
});

test('no report, in any format, holds one of the secrets', expectNoSecretAnywhere);

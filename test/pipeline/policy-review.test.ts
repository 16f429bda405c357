import { afterAll, describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.ts';
import { openRepository } from '../../src/git/repository.ts';
import { reviewRepository, type ReviewRequest } from '../../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { createGitFixture, removeFolders } from '../support/git-fixture.ts';

afterAll(removeFolders);

const rules = await loadRuleSet();
const POLICY = '.github/gitops-warden.yml';

/** The review of a change from one policy to another; null: there is none. */
async function edited(
  before: string | null,
  after: string | null,
  request: Partial<ReviewRequest> = {},
): Promise<Report> {
  const fixture = createGitFixture();
  fixture.commit({ 'README.md': 'a\n', ...(before === null ? {} : { [POLICY]: before }) });
  fixture.branch('work');
  fixture.commit({ 'README.md': 'b\n', [POLICY]: after });
  const repository = await openRepository(fixture.directory);
  try {
    const [base, head] = [await repository.resolve('main'), await repository.resolve('work')];
    return (await reviewRepository({ repository, base, head, rules, ...request })).report;
  } finally {
    repository.close();
  }
}

const found = ({ findings }: Report, ...ids: string[]): string[] =>
  findings
    .filter(({ ruleId }) => ids.includes(ruleId))
    .map(({ ruleId, message }) => `${ruleId}: ${message.split('.`')[0] ?? ''}`);

describe('a setting about signatures that becomes weaker', () => {
  const strict = 'signatures: {require: verified}\n';
  const weak = 'signatures: {require: signed}\n';

  test('is told once, by the policy', async () => {
    const told = found(await edited(strict, weak), 'policy-weakened', 'signers-changed');
    expect(told).toEqual([
      expect.stringMatching(/^policy-weakened: `signatures\.require` changes from `verified`/),
    ]);
  });

  test('is told by the signatures where the policy does not tell of it', async () => {
    const off = 'rules: {policy-weakened: off}\n';
    const told = found(await edited(off + strict, off + weak), 'policy-weakened', 'signers-changed');
    expect(told).toEqual([
      expect.stringMatching(/^signers-changed: `signatures\.require` changes from verified/),
    ]);
    const alone = await edited(strict, weak, { only: ['signatures'] });
    expect(found(alone, 'signers-changed')).toHaveLength(1);
  });

  test('and one that becomes stricter stays with the signatures', async () => {
    expect(found(await edited(weak, strict), 'policy-weakened', 'signers-changed')).toEqual([
      expect.stringMatching(/^signers-changed/),
    ]);
  });
});

test('more findings than anybody reads are counted', async () => {
  const paths = Array.from({ length: 80 }, (_, index) => `'old/${String(index)}/**'`);
  const told = found(await edited('version: 1\n', `exclude: [${paths.join(', ')}]\n`), 'policy-weakened');
  expect(told).toHaveLength(51);
  expect(told.filter((one) => one.includes('30 more settings'))).toHaveLength(1);
});

test('a long value is cut short', async () => {
  const signers = Array.from({ length: 200 }, (_, index) => `a${String(index)}@example.com`).join(', ');
  const report = await edited(
    `signatures: {groups: {g: [${signers}]}, paths: [{paths: [x], groups: [g]}]}\n`,
    'signatures: {}\n',
  );
  const [told = ''] = found(report, 'policy-weakened');
  expect(told).toContain('…');
  expect(told.length).toBeLessThan(700);
});

test('a policy that is taken away is compared with what holds without one', async () => {
  const report = await edited('mode: enforce\nprofile: strict\n', null);
  expect(found(report, 'policy-weakened')).toEqual([
    expect.stringContaining('`profile` changes from `strict` to `recommended`'),
  ]);
  expect(report.policyChanges).toHaveLength(1);
});

test('what cannot be read is not compared', async () => {
  const report = await edited('profile: strict\n', 'profil: essential\n');
  expect(found(report, 'policy-weakened')).toEqual([]);
  expect(found(report, 'valid-policy')).toHaveLength(1);
});

describe('an edit of what stands beside the policy', () => {
  const WAIVERS = '.github/gitops-warden/waivers.yml';
  const WAIVER = 'rule: no-open-ingress, reason: It moves next month., approver: mona, until: 2030-01-01';
  const GITLEAKS = '[extend]\nuseDefault = true\n';

  test.each<[string, Record<string, string>, Record<string, string | null>, string]>([
    [
      'a new waiver',
      {},
      { [WAIVERS]: `waivers:\n  - {${WAIVER}}\n` },
      `${WAIVERS}:2 \`waivers.no-open-ingress\` gets \`until 2030-01-01\``,
    ],
    [
      'an allowlist of gitleaks',
      { '.gitleaks.toml': GITLEAKS },
      { '.gitleaks.toml': `${GITLEAKS}[allowlist]\npaths = [".*"]\n` },
      '.gitleaks.toml: `allowlists.paths` gets `.*`',
    ],
    [
      'the first rule file of gitleaks, without most rules',
      {},
      { '.gitleaks.toml': `[[rules]]\nid = "own"\nregex = "own_[a-z]{9}"\n` },
      'more` changes from `looked for` to `not looked for`. Credentials of these kinds are not looked for any more.',
    ],
    [
      'a file that it extends',
      {
        '.gitleaks.toml': '[extend]\npath = "more.toml"\n',
        'more.toml': `[[rules]]\nid = "own"\nregex = "own_[a-z]{9}"\n`,
      },
      { 'more.toml': `[[rules]]\nid = "own"\nregex = "own_[a-z]{9}"\n[allowlist]\npaths = ["^x/"]\n` },
      'more.toml: `allowlists.paths` gets `^x/`',
    ],
    [
      'a line that is ignored',
      {},
      { '.gitleaksignore': 'apps/a.yaml:generic-api-key:3\n' },
      '.gitleaksignore: `entries` changes from `0 entries` to `1 entry, 1 of them new`',
    ],
  ])('is told in words: %s', async (_what, before, after, expected) => {
    const fixture = createGitFixture();
    fixture.commit({ 'README.md': 'a\n', ...before });
    fixture.branch('work');
    fixture.commit({ 'README.md': 'b\n', ...after });
    const repository = await openRepository(fixture.directory);
    try {
      const [base, head] = [await repository.resolve('main'), await repository.resolve('work')];
      const { report } = await reviewRepository({ repository, base, head, rules });
      const told = report.findings
        .filter(({ ruleId }) => ruleId === 'policy-weakened')
        .map(({ subject, message }) => {
          const place =
            subject.type === 'file' ? `${subject.path}:${String(subject.range?.start.line ?? '')}` : '';
          return `${place} ${message}`;
        });
      expect(told).toHaveLength(1);
      expect(told.join('\n')).toContain(expected);
      expect(report.policyChanges?.length).toBeGreaterThan(0);
    } finally {
      repository.close();
    }
  });
});

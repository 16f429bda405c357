import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.ts';
import { NOTHING_OUTSIDE } from '../../src/pipeline/outside-policy.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { policyAt, reviewRepository, type ReviewRequest } from '../../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { scanPaths } from '../../src/pipeline/scan-files.ts';
import { deployment } from '../e2e/support.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';

const opened: Repository[] = [];
afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

const FILE = '.github/gitops-warden/waivers.yml';
const RULE = 'no-privileged-container';
const WEB = 'apps/web/deployment.yaml';
const GOOD = { [WEB]: deployment('ghcr.io/acme/web:1.0.0') };
const BAD = { [WEB]: deployment('ghcr.io/acme/web:1.0.0', true) };
const waiver = (rule = RULE, until = '2027-03-31'): Record<string, string> => ({
  [FILE]: `waivers: [{rule: ${rule}, reason: The old agent needs it., approver: ada, until: ${until}}]\n`,
});
const rules = await loadRuleSet();

async function repositoryOf(fixture: GitFixture): Promise<Repository> {
  const repository = await openRepository(fixture.directory);
  opened.push(repository);
  return repository;
}

async function review(
  base: Record<string, string>,
  head: Record<string, string>,
  more: Partial<ReviewRequest> = {},
): Promise<Report> {
  const fixture = createGitFixture();
  const from = fixture.commit({ ...GOOD, ...base });
  const to = fixture.commit(head);
  const repository = await repositoryOf(fixture);
  const now = new Date('2027-03-31T23:59:59Z');
  return (await reviewRepository({ repository, base: from, head: to, rules, now, ...more })).report;
}

describe('the waiver file', () => {
  test('on the base counts, until the end of its last day in UTC', async () => {
    const report = await review(waiver(), BAD);
    expect(report.conclusion).toBe('success');
    expect(report.waived.map(({ finding, origin }) => [finding.ruleId, origin])).toContainEqual([
      RULE,
      'file',
    ]);
    const later = await review(waiver(), BAD, { now: new Date('2027-04-01T00:00:00Z') });
    expect(later.conclusion).toBe('failure');
    expect(later.findings.find(({ ruleId }) => ruleId === RULE)?.message).toContain('ended on 2027-03-31');
  });

  test('that a change brings does not count for it', async () => {
    expect((await review({}, { ...BAD, ...waiver() })).conclusion).toBe('failure');
  });

  test('that is broken on the base fails every change, with the line, but not the one that mends it', async () => {
    const broken = {
      [FILE]: `waivers:\n  - rule: ${RULE}\n    reason: The old agent needs it.\n    approver: ada\n`,
    };
    const report = await review(broken, { 'README.md': 'x' });
    expect(report.conclusion).toBe('failure');
    expect(report.configProblems).toEqual([{ path: FILE, line: 2, message: '`waivers.0` lacks `until`' }]);
    expect((await review(broken, waiver())).conclusion).toBe('success');
    const unknown = await review(waiver('no-such-rule'), { 'README.md': 'x' });
    expect(unknown.configProblems[0]?.message).toContain('there is no rule `no-such-rule`');
  });

  test('that a change breaks is refused before it gets to the base', async () => {
    const report = await review({}, { [FILE]: 'waivers: [{rule: x}]\n' });
    expect(report.conclusion).toBe('failure');
    expect(report.findings.map(({ ruleId }) => ruleId)).toContain('valid-waivers');
  });

  test('with two names is a problem, and neither counts', async () => {
    const twice = { ...waiver(), [FILE.replace('.yml', '.yaml')]: 'waivers: []\n' };
    const report = await review(twice, BAD);
    expect(report.configProblems.map(({ path: at }) => at)).toEqual([FILE]);
    expect(report.findings.map(({ ruleId }) => ruleId)).toContain(RULE);
  });

  test("cannot waive what the organisation's floor protects", async () => {
    const floor = { path: 'floor.yml', text: `waivers: {unwaivable: [${RULE}]}\n` };
    const report = await review(waiver(), BAD, { floor });
    expect(report.conclusion).toBe('failure');
    expect(report.findings.find(({ ruleId }) => ruleId === RULE)?.message).toContain('cannot be waived here');
  });

  test('enters the hash of everything that decides, and so do waivers from elsewhere', async () => {
    const fixture = createGitFixture();
    const plain = fixture.commit(GOOD);
    const withFile = fixture.commit(waiver());
    const repository = await repositoryOf(fixture);
    const hashes = await Promise.all(
      [plain, withFile].map(
        async (commit) => (await policyAt(repository, commit, rules, NOTHING_OUTSIDE)).hash,
      ),
    );
    expect(hashes[0]).not.toBe(hashes[1]);
    const run = async (request: Partial<ReviewRequest>): Promise<string> =>
      (await reviewRepository({ repository, base: plain, head: withFile, rules, ...request })).report.policy
        .hash;
    const scope = { type: 'finding', fingerprint: 'f'.repeat(32), digest: null } as const;
    const one = { scope, reason: 'r', approver: 'a', until: null, origin: 'comment' } as const;
    expect(await run({})).toBe(hashes[0]);
    expect(await run({ waivers: [one] })).not.toBe(hashes[0]);
  });

  test('counts in a scan of files', async () => {
    const fixture = createGitFixture();
    for (const [name, text] of Object.entries({ ...BAD, ...waiver(RULE, '2099-01-01') })) {
      mkdirSync(path.dirname(path.join(fixture.directory, name)), { recursive: true });
      writeFileSync(path.join(fixture.directory, name), text);
    }
    const scan = (where: string): ReturnType<typeof scanPaths> =>
      scanPaths([path.join(fixture.directory, where)], fixture.directory, {
        rules,
        policy: null,
        floor: null,
      });
    expect((await scan('apps')).report.waived.map(({ finding }) => finding.ruleId)).toContain(RULE);
    writeFileSync(path.join(fixture.directory, FILE), 'waiver: []\n');
    const { report } = await scan('apps');
    expect(report.configProblems[0]?.message).toContain('did you mean `waivers`');
    expect(report.findings.map(({ ruleId }) => ruleId)).toContain(RULE);
  });
});

import { afterAll, describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { reviewRepository } from '../../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { scanPaths } from '../../src/pipeline/scan-files.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';

const opened: Repository[] = [];
afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

const FOLDER = '.github/gitops-warden/rules';
const rule = (id: string, more = ''): string => `id: ${id}
severity: warning
scope: manifest
summary: Every ConfigMap has a tier.
message: '{kind} \`{name}\` has no tier that we know.'
remediation: Add one.
match: {kinds: [v1/ConfigMap]}
parameters:
  tiers: {description: The tiers., schema: {type: array, minItems: 1}, default: [gold]}
schema:
  properties:
    metadata:
      required: [labels]
      properties:
        labels:
          required: [tier]
          properties: {tier: {enum: {$parameter: tiers}}}
${more}`;
const map = (name: string, tier: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {tier: ${tier}}}\n`;
const policy = (text: string): Record<string, string> => ({ '.github/gitops-warden.yml': text });

const rules = await loadRuleSet();

async function review(fixture: GitFixture, base: string, head: string): Promise<Report> {
  const repository = await openRepository(fixture.directory);
  opened.push(repository);
  return (await reviewRepository({ repository, base, head, rules })).report;
}

const brief = ({ findings }: Report): string[] =>
  findings
    .filter(({ ruleId }) => ruleId !== 'signed-commits')
    .map(({ ruleId, severity, subject }) =>
      subject.type === 'file'
        ? `${subject.path}:${String(subject.range?.start.line)} ${severity} ${ruleId}`
        : ruleId,
    );

describe('rules of the repository', () => {
  test('count from the base, with the settings that the policy gives them', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({
      [`${FOLDER}/known-tier/rule.yaml`]: rule('known-tier'),
      ...policy('rules: {known-tier: {severity: error, parameters: {tiers: [gold, silver]}}}\n'),
    });
    const head = fixture.commit({ 'a.yaml': map('a', 'silver'), 'b.yaml': map('b', 'tin') });
    const report = await review(fixture, base, head);
    expect(report.configProblems).toEqual([]);
    expect(brief(report)).toEqual(['b.yaml:3 error known-tier']);
  });

  test('that a change brings, takes away or weakens do not judge it', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ [`${FOLDER}/known-tier/rule.yaml`]: rule('known-tier') });
    const head = fixture.commit({
      [`${FOLDER}/known-tier/rule.yaml`]: null,
      [`${FOLDER}/other-tier/rule.yaml`]: rule('other-tier'),
      ...policy('rules: {other-tier: error}\n'),
      'a.yaml': map('a', 'tin'),
    });
    const report = await review(fixture, base, head);
    expect(brief(report)).toEqual([
      '.github/gitops-warden/rules/known-tier/rule.yaml:undefined warning policy-weakened',
      'a.yaml:3 warning known-tier',
    ]);
    expect(report.configProblems).toEqual([]);
  });

  test('one that cannot be used is named and fails the check, and the others run', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({
      [`${FOLDER}/known-tier/rule.yaml`]: rule('known-tier'),
      [`${FOLDER}/broken/rule.yaml`]: rule('broken').replace('severity: warning', 'severity: loud'),
      [`${FOLDER}/valid-yaml/rule.yaml`]: rule('valid-yaml'),
    });
    const head = fixture.commit({ 'a.yaml': map('a', 'tin') });
    const report = await review(fixture, base, head);
    expect(report.conclusion).toBe('failure');
    expect(report.configProblems.map(({ path, line, message }) => [path, line, message])).toEqual([
      [`${FOLDER}/broken/rule.yaml`, 2, '`severity` must be one of `error`, `warning`, `info`'],
      [`${FOLDER}/valid-yaml/rule.yaml`, null, 'rule `valid-yaml` exists already'],
    ]);
    expect(brief(report)).toEqual(['a.yaml:3 warning known-tier']);
  });

  test('a change that mends them passes', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({
      [`${FOLDER}/broken/rule.yaml`]: rule('broken').replace('severity: warning', 'severity: loud'),
    });
    const head = fixture.commit({ [`${FOLDER}/broken/rule.yaml`]: rule('broken') });
    expect((await review(fixture, base, head)).conclusion).toBe('success');
  });

  test('the verdict is bound to them', async () => {
    const fixture = createGitFixture();
    const first = fixture.commit({ 'a.yaml': map('a', 'gold') });
    const second = fixture.commit({ [`${FOLDER}/known-tier/rule.yaml`]: rule('known-tier') });
    const third = fixture.commit({
      [`${FOLDER}/known-tier/rule.yaml`]: rule('known-tier', 'history: false\n'),
    });
    const fourth = fixture.commit({
      [`${FOLDER}/known-tier/rule.yaml`]: rule('known-tier').replace('default: [gold]', 'default: [tin]'),
    });
    const head = fixture.commit({ 'b.yaml': map('b', 'gold') });
    const hashes = await Promise.all(
      [first, second, third, fourth].map(async (base) => (await review(fixture, base, head)).policy.hash),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  test('are found by a scan of a folder below', async () => {
    const fixture = createGitFixture();
    fixture.commit({
      [`${FOLDER}/known-tier/rule.yaml`]: rule('known-tier'),
      'apps/a.yaml': map('a', 'tin'),
    });
    const { report } = await scanPaths(['apps'], fixture.directory, { rules, policy: null, floor: null });
    expect(brief(report)).toEqual(['apps/a.yaml:3 warning known-tier']);
  });
});

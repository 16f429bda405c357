import { describe, expect, test } from '@jest/globals';
import { applyFloor, toPolicy } from '../../src/config/policy.ts';
import type { PolicyFile } from '../../src/engine/policy-file.ts';
import { review } from '../../src/engine/review.ts';
import type { CodeRule, Problem, Rule } from '../../src/engine/rule.ts';
import { changeOf } from '../support/change-fixture.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const object = (kind: string, name: string, namespace: string): string =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\n`;
const HEAD = {
  'clusters/prod/web.yaml': object('Deployment', 'prod-web', 'web'),
  'clusters/dev/web.yaml': object('Deployment', 'dev-web', 'web'),
  'clusters/dev/agent.yaml': object('DaemonSet', 'agent', 'kube-system'),
};

function ruleWith(problem: Problem = {}, more = ''): Rule {
  const code: CodeRule = { scope: 'manifest', judge: () => [{ pointer: ['metadata', 'name'], ...problem }] };
  return ruleOf(`id: any\nscope: manifest\nseverity: warning\n${more}code: true`, code);
}

/** The levels that findings have, by the name of the object. */
function levels(own: PolicyFile, rule = ruleWith(), floor?: PolicyFile): Record<string, string> {
  const policy = floor === undefined ? toPolicy(own) : applyFloor(toPolicy(own), floor, [rule.definition]);
  const { findings } = review(changeOf({ base: null, head: HEAD }), [rule], policy);
  return Object.fromEntries(
    findings.map(({ subject, severity }) => [
      subject.type === 'file' ? (subject.object?.name ?? '') : '',
      severity,
    ]),
  );
}

const overrides = (...list: object[]): PolicyFile => ({ rules: { any: { overrides: list as never } } });

describe('overrides', () => {
  test.each([
    ['paths', { paths: ['clusters/dev/**'] }, ['dev-web', 'agent']],
    ['environments', { environments: ['production'] }, ['prod-web']],
    ['kinds', { kinds: ['apps/*/DaemonSet'] }, ['agent']],
    ['namespaces', { namespaces: ['kube-*'] }, ['agent']],
    ['all that is given', { environments: ['development'], kinds: ['apps/v1/Deployment'] }, ['dev-web']],
  ])('by %s', (_name, condition, changed) => {
    const got = levels(overrides({ ...condition, severity: 'error' }));
    expect(Object.keys(got).sort()).toEqual(['agent', 'dev-web', 'prod-web']);
    expect(
      Object.keys(got)
        .filter((name) => got[name] === 'error')
        .sort(),
    ).toEqual([...changed].sort());
    const rest = Object.keys(levels(overrides({ ...condition, severity: 'off' })));
    expect(rest.sort()).toEqual(
      Object.keys(got)
        .filter((name) => !changed.includes(name))
        .sort(),
    );
  });

  test('the first that matches counts', () => {
    const list = [
      { kinds: ['apps/v1/DaemonSet'], severity: 'info' },
      { environments: ['development'], severity: 'off' },
    ];
    expect(levels(overrides(...list))).toEqual({ 'prod-web': 'warning', agent: 'info' });
  });

  test('can switch a rule on that the profile has off', () => {
    const off = ruleWith({}, 'profiles: {recommended: off}\n');
    expect(levels({}, off)).toEqual({});
    expect(levels(overrides({ environments: ['production'], severity: 'error' }), off)).toEqual({
      'prod-web': 'error',
    });
  });
});

describe('a level that the rule gives a problem', () => {
  const all = (level: string): Record<string, string> => ({
    'prod-web': level,
    'dev-web': level,
    agent: level,
  });
  test.each<[Problem['severity'], PolicyFile, string]>([
    ['error', {}, 'error'],
    ['info', {}, 'info'],
    ['error', { rules: { any: 'warning' } }, 'warning'],
    ['info', { rules: { any: 'error' } }, 'info'],
    ['error', overrides({ paths: ['**'], severity: 'info' }), 'info'],
  ])('%s under %j is %s', (severity, policy, expected) => {
    expect(levels(policy, ruleWith({ severity: severity ?? 'error' }))).toEqual(all(expected));
  });

  test('is not lowered by a floor that only names a profile', () => {
    expect(levels({}, ruleWith({ severity: 'error' }), { profile: 'recommended' })).toEqual(all('error'));
  });
});

describe("the organisation's floor", () => {
  test('outweighs overrides of the repository, and its own count', () => {
    const weak = overrides({ paths: ['**'], severity: 'off' });
    const floor: PolicyFile = {
      rules: {
        any: { severity: 'warning', overrides: [{ environments: ['production'], severity: 'error' }] },
      },
    };
    expect(levels(weak, ruleWith(), floor)).toEqual({
      'prod-web': 'error',
      'dev-web': 'warning',
      agent: 'warning',
    });
  });

  test('leaves stricter overrides of the repository alone', () => {
    const strict = overrides({ namespaces: ['kube-system'], severity: 'error' });
    expect(levels(strict, ruleWith(), { rules: { any: 'info' } })).toMatchObject({
      agent: 'error',
      'prod-web': 'warning',
    });
  });
});

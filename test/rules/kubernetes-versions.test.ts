import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY, toPolicy } from '../../src/config/policy.ts';
import type { PolicyFile } from '../../src/engine/policy-file.ts';
import { review } from '../../src/engine/review.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { changeOf } from '../support/change-fixture.ts';

const { rules } = await loadRuleSet();
const judged = rules.filter(({ definition }) =>
  ['valid-schema', 'known-api-version'].includes(definition.id),
);

function messages(text: string, policy: PolicyFile | null, path = 'apps/web.yaml'): string[] {
  const change = changeOf({ base: {}, head: { [path]: Buffer.from(text) } });
  return review(change, judged, policy === null ? DEFAULT_POLICY : toPolicy(policy)).findings.map(
    ({ message }) => message,
  );
}

const FLOW = 'apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: a}\n';
const CIDR = 'apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: a}\n';
const RULES =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, restartPolicyRules: []}]}\n';

describe('the versions that a policy names', () => {
  test('without any, what one known version takes is right', () => {
    expect([FLOW, CIDR, RULES].flatMap((text) => messages(text, null))).toEqual([]);
  });

  test('each of them must serve the kind', () => {
    expect(messages(FLOW, { kubernetes: ['1.30', '1.31'] })).toEqual([]);
    const [removed, ...more] = messages(FLOW, { kubernetes: ['1.31', '1.32', '1.34'] });
    expect(removed).toContain(
      '`flowcontrol.apiserver.k8s.io/v1beta3`, which is not served by Kubernetes 1.32, 1.34',
    );
    expect(removed).toContain('Use `flowcontrol.apiserver.k8s.io/v1`');
    expect(more).toEqual([]);
  });

  test('a kind that comes later is said to', () => {
    expect(messages(CIDR, { kubernetes: ['1.30'] })).toEqual([
      expect.stringContaining('is served from Kubernetes 1.33 on and not by Kubernetes 1.30'),
    ]);
  });

  test('a field must be known to each, and neighbours that stand in are named', () => {
    expect(messages(RULES, { kubernetes: ['1.34'] })).toEqual([]);
    expect(messages(RULES, { kubernetes: ['1.31', '1.34'] })).toEqual([
      expect.stringContaining('which Kubernetes 1.31 (by the schemas of 1.30 and 1.32) does not know'),
    ]);
  });

  test('those of an environment count before the general ones', () => {
    const policy: PolicyFile = {
      kubernetes: ['1.36'],
      environments: { old: { paths: ['old/**'], kubernetes: ['1.30'] } },
    };
    expect(messages(RULES, policy)).toEqual([]);
    expect(messages(RULES, policy, 'old/web.yaml')).toHaveLength(1);
  });
});

describe('a renamed API version', () => {
  test('comes with the line as it must be', () => {
    const text = 'apiVersion: "policy/v1beta1" # since 2019\nkind: PodDisruptionBudget\n';
    const change = changeOf({ base: {}, head: { 'pdb.yaml': Buffer.from(text) } });
    const [finding] = review(change, judged, DEFAULT_POLICY).findings;
    expect(finding?.suggestion).toEqual({
      startLine: 1,
      endLine: 1,
      text: 'apiVersion: "policy/v1" # since 2019',
    });
  });

  test('whose fields changed comes without', () => {
    const change = changeOf({
      base: {},
      head: { 'a.yaml': Buffer.from('apiVersion: extensions/v1beta1\nkind: Ingress\n') },
    });
    expect(review(change, judged, DEFAULT_POLICY).findings[0]?.suggestion).toBeNull();
  });
});

test('a kind in whose place another one came is not converted', () => {
  const text = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: a, namespace: shop}\n';
  const change = changeOf({ base: {}, head: { 'a.yaml': Buffer.from(text) } });
  const [finding] = review(change, rules, DEFAULT_POLICY).findings.filter(
    ({ ruleId }) => ruleId === 'deprecated-api-version',
  );
  expect(finding?.message).toMatch(
    /Write an object of the kind `EndpointSlice` of `discovery\.k8s\.io\/v1` instead\.$/,
  );
});

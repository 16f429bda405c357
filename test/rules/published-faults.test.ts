import { expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { changeOf } from '../support/change-fixture.ts';

const { rules } = await loadRuleSet();
const judged = rules.filter(({ definition }) => definition.id === 'valid-schema');

function found(auth: string): string[] {
  const store =
    'apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: a, namespace: shop}\n' +
    `spec: {provider: {doppler: {auth: ${auth}}}}\n`;
  return review(changeOf({ head: { 'a.yaml': store } }), judged, DEFAULT_POLICY).findings.map(
    ({ severity, message }) => `${severity} ${/lacks `\w+`|field `[\w.]+`/.exec(message)?.[0] ?? message}`,
  );
}

test('a missing field is an error where nothing hints at another release', () => {
  expect(found('{}')).toEqual(['error lacks `secretRef`']);
});

test('and a warning beside a field that only another release knows', () => {
  expect(found('{oidcConfig: {identity: a}}').sort()).toEqual([
    'warning field `spec.provider.doppler.auth.oidcConfig`',
    'warning lacks `secretRef`',
  ]);
});

import { expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { withLeaks } from '../support/leak-fixture.ts';
import { changeOf } from '../support/change-fixture.ts';
import { healthyRepository } from './healthy-repository.ts';
import { ALL_RULES, placesOf } from './secret-fixture.ts';

const fake = 'hunter' + '2-' + 'correct-horse';
/** The rules that look for secrets; the others are not what this is about. */
const rules = ALL_RULES.filter(({ definition }) =>
  /secret|credential|private-key|flux|sops-reference/.test(definition.id),
);

test('a healthy repository of 5,000 files has no finding', () => {
  const head = healthyRepository(5_000);
  expect(Object.keys(head).length).toBeGreaterThanOrEqual(5_000);
  const report = review(withLeaks(changeOf({ base: {}, head }), DEFAULT_POLICY), rules, DEFAULT_POLICY);
  expect(report.failures).toEqual([]);
  expect(placesOf(report).slice(0, 20)).toEqual([]);
}, 120_000);

// What makes the test above able to fail: the same shapes, with a secret in the place of a reference.
test.each([
  ['apps/app-0/deployment.yaml', '--db-password=$(DB_PASSWORD)', `--db-password=${fake}`],
  ['apps/app-0/deployment.yaml', 'valueFrom: {secretKeyRef: {name: db-0, key: password}}', `value: ${fake}`],
  ['apps/app-0/deployment.yaml', 'app:$(DB_PASSWORD)@', `app:${fake}@`],
  ['apps/app-0/external-secret.yaml', '"{{ .token }}"', fake],
  ['apps/app-0/external-secret.yaml', 'app:{{ .password }}@', `app:${fake}@`],
  ['apps/app-0/config-map.yaml', 'DB_PASSWORD: ${DB_PASSWORD}', `DB_PASSWORD: ${fake}`],
  ['apps/app-0/config-map.yaml', 'datasource.password=${DB_PASSWORD}', `datasource.password=${fake}`],
  ['apps/app-0/config-map.yaml', '"$(cat /run/secrets/password)"', `"${fake}"`],
  ['charts/chart-0/values.yaml', 'adminPassword: prom-operator', `adminPassword: ${fake}`],
  [
    'charts/chart-0/templates/secret.yaml',
    '{{ .Values.auth.password | b64enc | quote }}',
    Buffer.from(fake).toString('base64'),
  ],
  ['clusters/c-0/releases/release-0.yaml', 'existingSecretPasswordKey: password', `password: ${fake}`],
  ['argocd/app-0.yaml', 'value: credentials-0}', `value: x}, {name: auth.password, value: ${fake}}`],
  ['argocd/repositories/repository-0.yaml', '<path:kv/data/argocd#token>', fake],
  [
    'infrastructure/certificates/certificate-0.yaml',
    'type: kubernetes.io/service-account-token',
    `stringData: {token: ${fake}}`,
  ],
])('%s with a secret for %j', (path, from, to) => {
  const head = healthyRepository(15);
  expect(head[path]).toContain(from);
  const change = changeOf({
    base: {},
    head: { ...head, [path]: (head[path] ?? '').replace(from, () => to) },
  });
  const places = placesOf(review(withLeaks(change, DEFAULT_POLICY), rules, DEFAULT_POLICY));
  expect(places.map((place) => place.replace(/^\S+ (.*):\d+$/, '$1'))).toEqual([path]);
});

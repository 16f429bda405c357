import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { changeOf, type Files } from '../support/change-fixture.ts';
import { ALL_RULES } from './secret-fixture.ts';

/** What one rule says of a repository. */
function said(id: string, head: Files): { message: string; severity: string }[] {
  const rules = ALL_RULES.filter(({ definition }) => definition.id === id);
  const report = review(changeOf({ base: null, head }), rules, DEFAULT_POLICY);
  expect(report.failures).toEqual([]);
  return report.findings.map(({ message, severity }) => ({ message, severity }));
}

const messages = (id: string, head: Files): string[] => said(id, head).map(({ message }) => message);

describe('a part of a workload among the resources of a kustomization', () => {
  const stub = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: controller}
spec: {replicas: 0}
`;
  const kustomization = (field: string): string =>
    `resources: [other.yaml${field === 'resources' ? ', stub.yaml' : ''}]\n${field === 'patches' ? 'patches: [{path: stub.yaml}]\n' : ''}`;
  const other = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n';

  test('is one warning that names the kustomization', () => {
    const found = said('valid-schema', {
      'app/kustomization.yaml': kustomization('resources'),
      'app/stub.yaml': stub,
      'app/other.yaml': other,
    });
    expect(found).toEqual([
      { severity: 'warning', message: expect.stringContaining('`app/kustomization.yaml` names it under') },
    ]);
  });

  test('is nothing as a patch, and incomplete where no kustomization names it', () => {
    const files = { 'app/stub.yaml': stub, 'app/other.yaml': other };
    expect(said('valid-schema', { ...files, 'app/kustomization.yaml': kustomization('patches') })).toEqual(
      [],
    );
    const alone = said('valid-schema', files);
    expect(alone.map(({ severity }) => severity)).toEqual(alone.map(() => 'error'));
    expect(alone.length).toBeGreaterThan(1);
  });
});

describe('keys that pods take', () => {
  const pod = (kind: string, name: string, key: string, namespace = 'shop'): string => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: ${namespace}}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1
      env: [{name: A, valueFrom: {${kind}KeyRef: {name: ${name}, key: ${key}}}}]
`;
  const config = (data: string, namespace = 'shop'): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: ${namespace}}\n${data}\n`;

  test('may be in any of the objects of that name', () => {
    const files = {
      'app/pod.yaml': pod('configMap', 'config', 'b'),
      'app/one.yaml': config('data: {a: x}'),
    };
    expect(messages('config-key-missing', files)).toHaveLength(1);
    const second = { ...files, 'cluster/two.yaml': config('data: {b: x}') };
    expect(messages('config-key-missing', second)).toEqual([]);
  });

  test('are not looked for in an object that stands elsewhere, or is of another namespace', () => {
    const apart = {
      'app/pod.yaml': pod('configMap', 'config', 'b'),
      'other/one.yaml': config('data: {a: x}'),
    };
    expect(messages('config-key-missing', apart)).toEqual([]);
    const foreign = {
      'app/pod.yaml': pod('configMap', 'config', 'b'),
      'app/one.yaml': config('data: {a: x}', 'jobs'),
    };
    expect(messages('config-key-missing', foreign)).toEqual([]);
  });

  test('are named, with the one that was meant', () => {
    const found = messages('config-key-missing', {
      'app/pod.yaml': pod('secret', 'db', 'pasword'),
      'app/db.yaml': `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: shop}
spec: {encryptedData: {password: Ag}}
`,
    });
    expect(found).toEqual([expect.stringMatching(/key `pasword` .* Did you mean `password`\?/)]);
  });
});

describe('a definition that is published', () => {
  const gateway = (from: string): string => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  gatewayClassName: a
  listeners: [{name: web, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: ${from}}}}]
`;

  test('counts only where the repository has none', () => {
    expect(messages('valid-schema', { 'a.yaml': gateway('same') })).toHaveLength(1);
    const own = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gateways.gateway.networking.k8s.io}
spec:
  group: gateway.networking.k8s.io
  scope: Namespaced
  names: {kind: Gateway, plural: gateways, singular: gateway, listKind: GatewayList}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;
    expect(messages('valid-schema', { 'a.yaml': gateway('same'), 'crd.yaml': own })).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { compileEnvironments } from '../../src/engine/environments.ts';
import { foldersOf, reachOf } from '../../src/graph/reach.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';

const environmentsOf = compileEnvironments(DEFAULT_POLICY);
const FILES: Readonly<Record<string, string>> = {
  'clusters/prod-eu/payments.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: payments, namespace: argocd}
spec:
  source: {path: ./apps/payments/}
  destination: {name: eu-1}
`,
  'clusters/dev/multi.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: multi, namespace: argocd}
spec:
  sources: [{path: apps/multi}, {chart: redis}]
  destination: {server: "https://10.0.0.1"}
`,
  'bootstrap/sets.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: tenants}
spec:
  generators:
    - git:
        directories: [{path: tenants/*}, {path: tenants/legacy, exclude: true}]
  template:
    spec:
      source: {path: "{{.path.path}}"}
      destination: {name: "{{.cluster}}"}
`,
  'clusters/home/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps/home}
`,
};
const manifests = Object.entries(FILES).flatMap(([path, text]) => parseYaml(path, text).manifests);
const reach = (...paths: string[]) => reachOf(paths, manifests, environmentsOf);

describe('reachOf', () => {
  test.each([
    [
      'apps/payments/base/x.yaml',
      { applications: ['argocd/payments'], clusters: ['eu-1', 'prod-eu'], environments: ['production'] },
    ],
    [
      'apps/multi/x.yaml',
      {
        applications: ['argocd/multi'],
        clusters: ['dev', 'https://10.0.0.1'],
        environments: ['development'],
      },
    ],
    ['tenants/a/x.yaml', { applications: ['tenants'], clusters: [], environments: [] }],
    ['tenants/legacy/x.yaml', { applications: [], clusters: [], environments: [] }],
    ['apps/home/x.yaml', { applications: ['flux-system/apps'], clusters: ['home'], environments: [] }],
    [
      'clusters/prod-eu/payments.yaml',
      { applications: ['argocd/payments'], clusters: ['eu-1', 'prod-eu'], environments: ['production'] },
    ],
    ['apps/payments-old/x.yaml', { applications: [], clusters: [], environments: [] }],
    ['README.md', { applications: [], clusters: [], environments: [] }],
  ])('%s', (path, expected) => {
    expect(reach(path)).toEqual(expected);
  });

  test('several paths together, sorted and without repetitions', () => {
    expect(reach('apps/home/x.yaml', 'apps/home/y.yaml', 'apps/payments/x.yaml').applications).toEqual([
      'argocd/payments',
      'flux-system/apps',
    ]);
  });
});

test('foldersOf names every folder above the paths once', () => {
  expect(foldersOf(['a/b/c.yaml', 'a/d.yaml', 'e.yaml'])).toEqual(['a', 'a/b']);
});

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
    expect(reach(path)).toMatchObject(expected);
  });

  test.each([
    [
      'apps/payments/x.yaml',
      { kind: 'Application', name: 'payments', namespace: 'argocd', automatic: false },
    ],
    ['tenants/a/x.yaml', { kind: 'ApplicationSet', name: 'tenants', namespace: null, automatic: false }],
    ['apps/home/x.yaml', { kind: 'Kustomization', name: 'apps', namespace: 'flux-system', automatic: true }],
  ])('names the object that deploys %s, for commands about it', (path, deployer) => {
    expect(reach(path).deployers).toMatchObject([deployer]);
    expect(reach(path).deployers?.[0]?.path).toMatch(/\.yaml$/);
  });

  test.each([
    ['automated: {}', true],
    ['automated: {prune: true, selfHeal: true}', true],
    ['automated: {enabled: false}', false],
    ['automated: null', false],
    ['syncOptions: [CreateNamespace=true]', false],
  ])('with `%s` an Application deploys by itself: %s', (policy, automatic) => {
    const text = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec: {source: {path: apps/web}, syncPolicy: {${policy}}}
`;
    const { deployers } = reachOf(['apps/web/x.yaml'], parseYaml('a.yaml', text).manifests, environmentsOf);
    expect(deployers).toMatchObject([{ automatic }]);
  });

  test('objects of one name in two clusters are two, each with its file', () => {
    const object = (folder: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps/${folder}}
`;
    const manifests = ['staging', 'production'].flatMap(
      (folder) => parseYaml(`clusters/${folder}/apps.yaml`, object(folder)).manifests,
    );
    const of = (...paths: string[]) =>
      reachOf(paths, manifests, environmentsOf).deployers?.map((one) => one.path);
    expect(of('apps/production/x.yaml')).toEqual(['clusters/production/apps.yaml']);
    expect(of('apps/production/x.yaml', 'apps/staging/x.yaml')).toEqual([
      'clusters/production/apps.yaml',
      'clusters/staging/apps.yaml',
    ]);
  });

  test.each(['$(id)', "a'b", 'a b', '{{ name }}', '-n'])(
    'an object with the name %j is no part of a command',
    (name) => {
      const text = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${JSON.stringify(name)}, namespace: flux-system}
spec: {path: ./apps/web}
`;
      const found = reachOf(['apps/web/x.yaml'], parseYaml('a.yaml', text).manifests, environmentsOf);
      expect(found.applications).toEqual([`flux-system/${name}`]);
      expect(found.deployers).toEqual([]);
    },
  );

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

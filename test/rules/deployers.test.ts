import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { changeOf, type Files } from '../support/change-fixture.ts';
import { ALL_RULES } from './secret-fixture.ts';

const rules = ALL_RULES.filter(({ definition }) => definition.id.startsWith('pod-security-'));

const POD = (namespace = ''): string => `apiVersion: v1
kind: Pod
metadata:
  name: web
${namespace}spec:
  containers:
    - name: web
      image: ghcr.io/acme/web:1.0.0
`;
const RESTRICTED = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;
const application = (source: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
spec:
  project: shop
${source}  destination:
    name: prod
    namespace: shop
`;
const ARGO = application('  source: {repoURL: https://git.example.com/acme/deploy.git, path: apps/web}\n');
const flux = (path: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: web
  namespace: flux-system
spec:
  interval: 10m
  path: ${path}
  prune: true
  sourceRef: {kind: GitRepository, name: deploy}
  targetNamespace: shop
`;
/** The second one tells that this is the repository that they mean. */
const WHOLE = `${flux('./')}---\n${flux('./flux').replace('name: web', 'name: flux')}`;
const KUSTOMIZATION = 'resources: [pod.yaml]\n';
const ELSEWHERE = POD('  namespace: elsewhere\n');

/** The namespaces whose level refuses the pod. */
function refusals(files: Files): string[] {
  const head = { 'clusters/namespaces.yaml': RESTRICTED, ...files };
  const report = review(changeOf({ base: null, head }), rules, DEFAULT_POLICY);
  return report.findings
    .filter(({ severity }) => severity === 'error')
    .map(({ ruleId }) => ruleId.replace('pod-security-', ''))
    .sort();
}

const ALL = ['capabilities-restricted', 'privilege-escalation', 'run-as-non-root', 'seccomp-restricted'];

describe('a pod that names no namespace', () => {
  test.each<[string, Files]>([
    ['in a folder that Argo CD deploys', { 'apps/web/pod.yaml': POD(), 'argo/web.yaml': ARGO }],
    [
      'below one of several sources',
      {
        'apps/web/base/pod.yaml': POD(),
        'argo/web.yaml': application(
          '  sources: [{repoURL: x, chart: y}, {repoURL: z, path: ./apps/web/}]\n',
        ),
      },
    ],
    [
      'that a kustomization of such a folder names',
      {
        'apps/base/pod.yaml': POD(),
        'apps/base/kustomization.yaml': KUSTOMIZATION,
        'apps/web/kustomization.yaml': 'resources: [../base]\n',
        'argo/web.yaml': ARGO,
      },
    ],
    ['in a folder that Flux deploys', { 'apps/web/pod.yaml': POD(), 'flux/web.yaml': flux('./apps/web') }],
    ['in a repository that Flux deploys as a whole', { 'apps/web/pod.yaml': POD(), 'flux/web.yaml': WHOLE }],
  ])('%s is judged by the level of the namespace there', (_, files) => {
    expect(refusals(files)).toEqual(ALL);
  });
});

test("Flux's target namespace counts for objects with a namespace of their own, Argo CD's destination does not", () => {
  expect(refusals({ 'apps/web/pod.yaml': ELSEWHERE, 'flux/web.yaml': flux('apps/web') })).toEqual(ALL);
  expect(refusals({ 'apps/web/pod.yaml': ELSEWHERE, 'argo/web.yaml': ARGO })).toEqual([]);
});

test.each<[string, Files]>([
  ['another folder', { 'apps/web2/pod.yaml': POD(), 'argo/web.yaml': ARGO }],
  [
    'a folder whose kustomization is deployed from elsewhere',
    {
      'apps/web/pod.yaml': POD(),
      'apps/web/kustomization.yaml': KUSTOMIZATION,
      'argo/web.yaml': flux('apps/other'),
    },
  ],
  ['no deployer', { 'apps/web/pod.yaml': POD() }],
  [
    'a folder of another repository, which has more folders than this one',
    {
      'apps/web/pod.yaml': POD(),
      'flux/web.yaml': `${flux('apps/web')}---\n${flux('./elsewhere').replace('name: web', 'name: more')}`,
    },
  ],
  ['the root of any repository', { 'apps/web/pod.yaml': POD(), 'flux/web.yaml': flux('./') }],
])('%s has no such namespace', (_, files) => {
  expect(refusals(files)).toEqual([]);
});

test('a nearer deployer counts, and not the one of all', () => {
  const other = ARGO.replace('namespace: shop\n', 'namespace: lab\n');
  const files = {
    'apps/web/pod.yaml': POD(),
    'argo/web.yaml': other,
    'flux/all.yaml': WHOLE,
  };
  expect(refusals(files)).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { changeOf, type Files } from '../support/change-fixture.ts';
import { ALL_RULES, placesOf } from './secret-fixture.ts';

/** The rules that compare files and objects with each other, and those about what is reachable. */
const rules = ALL_RULES.filter(({ definition: { id } }) =>
  /^kustomization|^valid-kustomization|^deployed-path|selector|selects|missing$|pod-spec|environment-variable|budget|autoscaler|rollout|load-balancer|external-ips|ingress/.test(
    id,
  ),
);

function found(head: Files, base: Files | null = null): string[] {
  const report = review(changeOf({ base, head }), rules, DEFAULT_POLICY);
  expect(report.failures).toEqual([]);
  return placesOf(report);
}

const workload = (name: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: ${name}
          image: registry.example.com/${name}:1.2.3
          ports: [{name: http, containerPort: 8080}]
${more}`;
const service = (name: string, more = ''): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: ${name}}
  ports: [{name: http, port: 80, targetPort: http}]
${more}`;
const flux = (name: string, path: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec:
  path: ${path}
  sourceRef: {kind: GitRepository, name: flux-system}
`;
const release = (name: string, namespace: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ${name}, namespace: ${namespace}}
spec: {chart: {spec: {chart: ${name}}}}
`;

/** Layouts as published examples have them. */
const LAYOUTS: Readonly<Record<string, Files>> = {
  'Flux with Helm releases and overlays for two clusters': {
    'apps/base/podinfo/kustomization.yaml':
      'namespace: podinfo\nresources:\n  - namespace.yaml\n  - release.yaml\n',
    'apps/base/podinfo/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: podinfo}\n',
    'apps/base/podinfo/release.yaml': release('podinfo', 'podinfo'),
    'apps/staging/kustomization.yaml':
      'resources:\n  - ../base/podinfo\npatches:\n  - path: podinfo-values.yaml\n    target: {kind: HelmRelease, name: podinfo}\n',
    'apps/staging/podinfo-values.yaml': release('podinfo', 'podinfo'),
    'apps/production/kustomization.yaml':
      'resources:\n  - ../base/podinfo\npatches:\n  - path: podinfo-values.yaml\n',
    'apps/production/podinfo-values.yaml': release('podinfo', 'podinfo'),
    'clusters/staging/apps.yaml': flux('apps', './apps/staging'),
    'clusters/production/apps.yaml': flux('apps', './apps/production'),
    'clusters/production/flux-system/kustomization.yaml': 'resources: [gotk-sync.yaml]\n',
    'clusters/production/flux-system/gotk-sync.yaml': flux('flux-system', './clusters/production'),
  },
  'one folder an application, each with a Flux Kustomization and a Helm release': {
    'kubernetes/apps/default/kustomization.yaml': 'resources:\n  - ./namespace.yaml\n  - ./echo/ks.yaml\n',
    'kubernetes/apps/default/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n',
    'kubernetes/apps/default/echo/ks.yaml': flux('echo', './kubernetes/apps/default/echo/app'),
    'kubernetes/apps/default/echo/app/kustomization.yaml':
      'resources:\n  - ./helmrelease.yaml\n  - ./route.yaml\n',
    'kubernetes/apps/default/echo/app/helmrelease.yaml': release('echo', 'default'),
    'kubernetes/apps/default/echo/app/route.yaml': `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: echo}
spec: {rules: [{backendRefs: [{name: echo, port: 80}]}]}
`,
    'kubernetes/apps/default/echo/app/policy.yaml': `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: echo}
spec: {podSelector: {matchLabels: {app.kubernetes.io/name: echo}}}
`,
  },
  'Argo CD examples: plain folders, a chart, and an App of Apps for another repository': {
    'guestbook/deployment.yaml': workload('guestbook-ui'),
    'guestbook/service.yaml': service('guestbook-ui'),
    'helm-guestbook/Chart.yaml': 'apiVersion: v2\nname: helm-guestbook\nversion: 0.1.0\n',
    'helm-guestbook/templates/service.yaml':
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ template "name" . }}\nspec:\n  selector:\n    app: {{ template "name" . }}\n',
    'apps/templates/guestbook.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: guestbook}
spec:
  source: {repoURL: "https://git.example.com/other.git", path: somewhere/else, targetRevision: HEAD}
`,
    'kustomize-guestbook/kustomization.yaml':
      'namePrefix: kustomize-\nresources: [deployment.yaml, service.yaml]\n',
    'kustomize-guestbook/deployment.yaml': workload('guestbook-ui'),
    'kustomize-guestbook/service.yaml': service('guestbook-ui'),
  },
  'objects of operators, all in one folder': {
    'manifests/prometheus.yaml':
      'apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s, namespace: monitoring}\nspec: {replicas: 2}\n',
    'manifests/service.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: {name: prometheus-k8s, namespace: monitoring}\nspec: {selector: {app.kubernetes.io/name: prometheus}, ports: [{name: web, port: 9090, targetPort: web}]}\n',
    'manifests/budget.yaml':
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: prometheus-k8s, namespace: monitoring}\nspec: {minAvailable: 1, selector: {matchLabels: {app.kubernetes.io/name: prometheus}}}\n',
    'manifests/exporter.yaml': workload('kube-state-metrics'),
    'manifests/kubelet.yaml':
      'apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: kubelet, namespace: monitoring}\nspec: {selector: {matchLabels: {app.kubernetes.io/name: kubelet}}, namespaceSelector: {matchNames: [kube-system]}}\n',
  },
  'many services, with components that change them': {
    'base/kustomization.yaml': 'resources:\n  - cart.yaml\n  - frontend.yaml\n',
    'base/cart.yaml': `${workload('cart')}---\n${service('cart')}`,
    'base/frontend.yaml': `${workload('frontend')}---\n${service('frontend')}`,
    'components/redis/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [redis.yaml]\npatches:\n  - path: patch-cart.yaml\n',
    'components/redis/redis.yaml': `${workload('redis')}---\n${service('redis')}`,
    'components/redis/patch-cart.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart}\nspec: {template: {spec: {containers: [{name: server, volumeMounts: [{name: x, mountPath: /x}]}]}}}\n',
    'overlays/dev/kustomization.yaml':
      'namespace: dev\nnamePrefix: dev-\nresources: [../../base]\ncomponents: [../../components/redis]\nlabels: [{pairs: {env: dev}}]\n',
  },
};

describe('a healthy repository has no finding', () => {
  test.each(Object.entries(LAYOUTS))('%s', (_, files) => {
    expect(found(files)).toEqual([]);
  });
});

describe('the same layouts with one thing gone', () => {
  test.each([
    [
      'Flux with Helm releases and overlays for two clusters',
      'apps/base/podinfo/release.yaml',
      ['kustomization-reference-missing apps/base/podinfo/kustomization.yaml:4'],
    ],
    [
      'one folder an application, each with a Flux Kustomization and a Helm release',
      'kubernetes/apps/default/namespace.yaml',
      ['kustomization-reference-missing kubernetes/apps/default/kustomization.yaml:2'],
    ],
    [
      'Argo CD examples: plain folders, a chart, and an App of Apps for another repository',
      'guestbook/deployment.yaml',
      [],
    ],
    [
      'many services, with components that change them',
      'components/redis/redis.yaml',
      ['kustomization-reference-missing components/redis/kustomization.yaml:3'],
    ],
  ])('%s: without %s', (layout, path, expected) => {
    const files = LAYOUTS[layout] ?? {};
    expect(Object.keys(files)).toContain(path);
    const rest = Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));
    expect(found(rest, files)).toEqual(expected);
  });
});

test('the folder of a Flux Kustomization that is removed is found in the file that deploys it', () => {
  const files = LAYOUTS['Flux with Helm releases and overlays for two clusters'] ?? {};
  const rest = Object.fromEntries(
    Object.entries(files).filter(([name]) => !name.startsWith('apps/staging/')),
  );
  expect(found(rest, files)).toEqual(['deployed-path-missing clusters/staging/apps.yaml:5']);
});

test('the order of files changes nothing', () => {
  const files: Files = {
    'a/all.yaml': `${workload('web', '          envFrom: [{configMapRef: {name: none}}]\n')}---\n${service('wbe')}`,
    'a/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n',
    'b/kustomization.yaml': 'resources: [../c, gone.yaml]\n',
    'c/kustomization.yaml': 'resources: [../b]\n',
  };
  const expected = found(files);
  expect(expected).toHaveLength(5);
  expect(found(Object.fromEntries(Object.entries(files).reverse())).sort()).toEqual([...expected].sort());
});

test.each([
  ['a chain of 3,000 kustomizations', (index: number) => `resources: [../k${index + 1}]\n`, 3_000],
  ['a circle of 3,000 kustomizations', (index: number) => `resources: [../k${(index + 1) % 3_000}]\n`, 3_000],
])('%s ends', (_, text, count) => {
  const files = Object.fromEntries(
    Array.from({ length: count }, (__, index) => [`k${index}/kustomization.yaml`, text(index)]),
  );
  expect(found(files).length).toBeGreaterThan(0);
});

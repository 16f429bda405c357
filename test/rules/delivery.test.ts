import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { review } from '../../src/engine/review.ts';
import { changeOf, type Files } from '../support/change-fixture.ts';
import { ALL_RULES } from './secret-fixture.ts';

/** Rules about Argo CD, Flux and Argo Rollouts. */
const rules = ALL_RULES.filter(({ definition }) =>
  /app-|appset|argocd|flux|rollout|analysis|sync|source|project|prune|pinned|suspended|allow-empty|replace/.test(
    definition.id,
  ),
);

function found(head: Files): string[] {
  const report = review(changeOf({ base: {}, head }), rules, DEFAULT_POLICY);
  expect(report.failures).toEqual([]);
  return report.findings.map(
    ({ ruleId, severity, subject }) => `${severity} ${ruleId} ${subject.type === 'file' ? subject.path : ''}`,
  );
}

const kustomization = (name: string, path: string, rest = ''): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec:\n  interval: 10m\n  sourceRef: {kind: GitRepository, name: flux-system}\n  path: ${path}\n  prune: true\n  wait: true\n${rest}`;
const kustomize = (...resources: string[]): string =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${resources.map((one) => `  - ${one}\n`).join('')}`;
const release = (name: string, namespace: string, version: string, repository = name): string =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec:\n  interval: 50m\n  chart:\n    spec:\n      chart: ${name}\n      version: "${version}"\n      sourceRef: {kind: HelmRepository, name: ${repository}}\n`;
const repository = (name: string, namespace: string): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {interval: 2h, url: "https://${name}.example.com"}\n`;
const application = (name: string, project: string, source: string, destination: string, rest = ''): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${name}, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}\nspec:\n  project: ${project}\n  source: ${source}\n  destination: ${destination}\n${rest}`;

const FLUX: Files = {
  'clusters/production/apps.yaml': kustomization(
    'apps',
    './apps/production',
    '  dependsOn: [{name: infra-configs}]\n',
  ),
  'clusters/production/infrastructure.yaml': `${kustomization('infra-controllers', './infrastructure/controllers')}---\n${kustomization('infra-configs', './infrastructure/configs', '  dependsOn: [{name: infra-controllers}]\n')}`,
  'clusters/staging/apps.yaml': kustomization(
    'apps',
    './apps/staging',
    '  dependsOn: [{name: infra-configs}]\n',
  ),
  'clusters/staging/infrastructure.yaml': `${kustomization('infra-controllers', './infrastructure/controllers')}---\n${kustomization('infra-configs', './infrastructure/configs', '  dependsOn: [{name: infra-controllers}]\n')}`,
  'clusters/production/flux-system/kustomization.yaml': kustomize('gotk-components.yaml', 'gotk-sync.yaml'),
  'clusters/production/flux-system/gotk-sync.yaml': `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {interval: 1m, ref: {branch: main}, url: "ssh://git@github.com/acme/fleet"}\n---\n${kustomization('flux-system', './clusters/production')}`,
  'apps/base/podinfo/release.yaml': release('podinfo', 'podinfo', '6.x'),
  'apps/base/podinfo/repository.yaml': repository('podinfo', 'podinfo'),
  'apps/base/podinfo/kustomization.yaml': kustomize('repository.yaml', 'release.yaml'),
  'apps/production/kustomization.yaml': `${kustomize('../base/podinfo')}patches:\n  - path: podinfo-values.yaml\n`,
  'apps/production/podinfo-values.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: podinfo, namespace: podinfo}\nspec:\n  chart: {spec: {version: 6.7.1}}\n  values: {ingress: {enabled: true}}\n`,
  'apps/staging/podinfo-values.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: podinfo}\nspec:\n  chart: {spec: {version: ">=1.0.0-alpha"}}\n`,
  'infrastructure/controllers/cert-manager.yaml': `${repository('cert-manager', 'cert-manager')}---\n${release('cert-manager', 'cert-manager', '1.x')}`,
};

const TENANTS: Files = {
  'clusters/production/tenants.yaml': kustomization('tenants', './tenants/production'),
  'tenants/base/dev-team/sync.yaml': `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: dev-team, namespace: apps}\nspec: {interval: 1m, url: "https://github.com/acme/dev-team", ref: {branch: main}}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: dev-team, namespace: apps}\nspec: {serviceAccountName: dev-team, interval: 5m, sourceRef: {kind: GitRepository, name: dev-team}, prune: true}\n`,
  'tenants/production/kustomization.yaml': `${kustomize('../base/dev-team')}patches:\n  - path: dev-team-patch.yaml\n`,
  'tenants/production/dev-team-patch.yaml':
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: dev-team, namespace: apps}\nspec: {path: ./production}\n',
};

/** One cluster at home: Kustomizations that share settings, and releases that wait for each other. */
const HOME: Files = {
  'kubernetes/apps/default/echo/ks.yaml':
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: &app echo, namespace: &namespace default}\nspec:\n  targetNamespace: *namespace\n  commonMetadata: {labels: {app.kubernetes.io/name: *app}}\n  dependsOn: [{name: external-secrets-stores, namespace: external-secrets}]\n  path: ./kubernetes/apps/default/echo/app\n  prune: true\n  sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}\n  postBuild: {substitute: {APP: *app}, substituteFrom: [{kind: Secret, name: cluster-secrets}]}\n',
  'kubernetes/apps/external-secrets/ks.yaml':
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: external-secrets-stores, namespace: external-secrets}\nspec: {path: ./kubernetes/apps/external-secrets/stores, prune: true, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}\n',
  'kubernetes/apps/default/echo/app/ocirepository.yaml':
    'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: echo}\nspec: {url: "oci://ghcr.io/bjw-s-labs/helm/app-template", ref: {tag: 4.3.0}}\n',
  'kubernetes/apps/default/echo/app/helmrelease.yaml':
    'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: echo}\nspec: {chartRef: {kind: OCIRepository, name: echo}, interval: 1h, values: {force: true}}\n',
};

const ARGO: Files = {
  'argocd/install/argocd-cm.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, labels: {app.kubernetes.io/part-of: argocd}}\n',
  'argocd/install/argocd-rbac-cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-rbac-cm}\n',
  'argocd/install/argocd-cmd-params-cm.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm}\ndata: {}\n',
  'argocd/root.yaml': application(
    'root',
    'platform',
    '{repoURL: "https://github.com/acme/deploy.git", path: argocd/apps, targetRevision: main}',
    '{server: "https://kubernetes.default.svc", namespace: argocd}',
    '  syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true, ServerSideApply=true], retry: {limit: 5}}\n',
  ),
  'argocd/projects.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: platform, namespace: argocd}\nspec:\n  sourceRepos: ["https://github.com/acme/*", "https://charts.*.com"]\n  destinations: [{server: "https://kubernetes.default.svc", namespace: "*-system"}, {name: in-cluster, namespace: argocd}]\n  clusterResourceWhitelist: [{group: "", kind: Namespace}]\n',
  'argocd/apps/ingress.yaml': application(
    'ingress',
    'platform',
    '{repoURL: "https://charts.example.com", chart: ingress-nginx, targetRevision: 4.11.2}',
    '{name: in-cluster, namespace: ingress-system}',
  ),
  'argocd/apps/templates/guestbook.yaml': `{{- range .Values.apps }}\n${application('"{{ .name }}"', 'default', '{repoURL: "{{ .url }}"}', '{}')}{{- end }}\n`,
  'argocd/apps/Chart.yaml': 'apiVersion: v2\nname: apps\nversion: 1.0.0\n',
  'argocd/sets/addons.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: addons, namespace: argocd}\nspec:\n  goTemplate: true\n  goTemplateOptions: ["missingkey=error"]\n  generators:\n    - matrix:\n        generators:\n          - git: {repoURL: "https://github.com/acme/deploy.git", revision: main, directories: [{path: addons/*}]}\n          - clusters: {selector: {matchLabels: {env: staging}}}\n  template:\n    metadata: {name: "{{.path.basename}}-{{.name}}"}\n    spec:\n      project: platform\n      source: {repoURL: "https://github.com/acme/deploy.git", path: "{{.path.path}}", targetRevision: main}\n      destination: {server: "{{.server}}", namespace: "{{.path.basename}}"}\n',
  'rollouts/web.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec: {strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}}\n',
};

describe('healthy repositories', () => {
  test.each([
    ['a cluster for each environment, with Flux', FLUX],
    ['tenants, with Flux', TENANTS],
    ['a cluster at home', HOME],
    ['an app of apps, with Argo CD', ARGO],
  ])('%s: nothing to report', (_name, files) => {
    expect(rules.length).toBeGreaterThan(40);
    expect(found(files)).toEqual([]);
  });
});

// What makes the tests above able to fail.
test.each<[Files, string, string, string, string]>([
  [FLUX, 'apps/production/podinfo-values.yaml', '6.7.1', '">=6.0.0"', 'warning pinned-chart-version'],
  [FLUX, 'clusters/staging/apps.yaml', 'infra-configs', 'infra-config', 'error flux-depends-on'],
  [
    FLUX,
    'clusters/production/infrastructure.yaml',
    'prune: true',
    'suspend: true',
    'warning no-suspended-reconciliation',
  ],
  [
    FLUX,
    'apps/base/podinfo/release.yaml',
    'name: podinfo}\n',
    'name: podinf}\n',
    'warning known-flux-source',
  ],
  [
    TENANTS,
    'tenants/base/dev-team/sync.yaml',
    'GitRepository, name: dev-team}',
    'GitRepository, name: dev}',
    'warning known-flux-source',
  ],
  [
    HOME,
    'kubernetes/apps/default/echo/ks.yaml',
    'external-secrets-stores',
    'secret-stores',
    'error flux-depends-on',
  ],
  [ARGO, 'argocd/root.yaml', 'acme/deploy', 'other/deploy', 'error app-outside-project'],
  [ARGO, 'argocd/apps/ingress.yaml', 'ingress-system', 'ingress', 'error app-outside-project'],
  [ARGO, 'argocd/apps/ingress.yaml', 'project: platform', 'project: platforms', 'warning known-app-project'],
  [ARGO, 'argocd/root.yaml', 'CreateNamespace', 'CreateNamespaces', 'warning known-sync-option'],
  [
    ARGO,
    'argocd/sets/addons.yaml',
    'project: platform',
    'project: "{{.path.basename}}"',
    'warning appset-fixed-project',
  ],
  [ARGO, 'rollouts/web.yaml', 'setWeight: 20', 'setWeight: 200', 'error valid-rollout'],
])('%#: %j with %j changed to %j', (files, path, from, to, expected) => {
  expect(files[path]).toContain(from);
  expect(found({ ...files, [path]: String(files[path]).replace(from, to) })).toEqual([`${expected} ${path}`]);
});

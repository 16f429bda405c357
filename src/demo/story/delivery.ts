const ARGO = 'apiVersion: argoproj.io/v1alpha1\nkind:';
const KUSTOMIZE = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:';
const SOURCE = 'apiVersion: source.toolkit.fluxcd.io/v1\nkind:';
const HELM = 'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:';
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:';

/** How Argo CD, Flux and Argo Rollouts are set up by somebody in a hurry. */
export function carelessDelivery(): Record<string, string> {
  return {
    'clusters/production/apps/cart.yaml': joined(
      `${ARGO} AppProject\nmetadata: {name: cart, namespace: argocd}\nspec:
  sourceRepos: [https://git.example.com/acme/cart]
  destinations: [{name: prod-eu, namespace: cart}]
  clusterResourceWhitelist: [{group: rbac.authorization.k8s.io, kind: '*'}]
  roles: [{name: ci, policies: ['p, proj:cart:ci, applications, *, cart/*, allow']}]`,
      `${ARGO} Application\nmetadata:\n  name: cart\n  namespace: cart\n  finalizers: [resources-finalizer.argocd.argoproj.io]\nspec:
  project: cart
  source: {repoURL: 'http://git.example.com/mallory/cart', path: deploy}
  destination: {name: prod-eu, namespace: kube-system}
  syncPolicy:
    automated: {prune: true, selfHeal: true, allowEmpty: true}
    syncOptions: [Replace=true, CreateNamespaces=true]`,
      `${ARGO} Application\nmetadata: {name: cache, namespace: argocd}\nspec:
  project: carts
  source: {repoURL: 'https://charts.example.com', chart: redis, path: redis, targetRevision: '*'}
  destination: {name: prod-eu, server: 'https://10.0.0.1'}`,
      `${ARGO} Rollout\nmetadata: {name: cart, namespace: cart}\nspec:
  strategy:
    canary:
      steps: [{setWeight: 120}, {pause: {}}]`,
      `${ARGO} Rollout\nmetadata: {name: cart-worker, namespace: cart}\nspec:
  strategy:
    canary:
      analysis: {templates: [{templateName: success-rate}]}`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart-cache, namespace: cart}`,
    ),
    'argocd/previews.yaml': joined(
      `${ARGO} ApplicationSet\nmetadata: {name: previews, namespace: argocd}\nspec:
  generators: [{pullRequest: {github: {owner: acme, repo: web}}}]
  template:
    spec:
      project: '{{branch}}'
      source: {repoURL: 'https://git.example.com/acme/deploy.git', path: apps/web}
      destination: {name: prod-eu, namespace: previews}`,
      `${ARGO} Application\nmetadata: {name: docs, namespace: argocd}\nspec:
  project: default
  source: {repoURL: 'https://git.example.com/acme/docs.git', path: deploy}
  destination: {name: test, namespace: docs}`,
    ),
    'argocd/settings.yaml': joined(
      `${CONFIG_MAP} {name: argocd-cm, namespace: argocd}\ndata:
  exec.enabled: "true"
  oidc.tls.insecure.skip.verify: "true"
  kustomize.buildOptions: --load-restrictor LoadRestrictionsNone`,
      `${CONFIG_MAP} {name: argocd-rbac-cm, namespace: argocd}\ndata:
  policy.default: role:admin`,
      `${CONFIG_MAP} {name: argocd-notifications-cm, namespace: argocd}\ndata:
  service.webhook.chat: |
    url: http://hooks.example.com/argocd`,
    ),
    'clusters/production/flux-system/kustomization.yaml': 'resources: [gotk-components.yaml]\n',
    'clusters/production/flux.yaml': joined(
      `${SOURCE} GitRepository\nmetadata: {name: search, namespace: search}\nspec:
  url: https://git.example.com/acme/search
  ref: {branch: main}`,
      `${KUSTOMIZE} {name: database, namespace: search}\nspec:
  path: ./search/database
  prune: false
  force: true
  suspend: true
  sourceRef: {kind: GitRepository, name: serach}`,
      `${KUSTOMIZE} {name: search, namespace: search}\nspec:
  path: ./search
  dependsOn: [{name: databases}]
  sourceRef: {kind: GitRepository, name: search, namespace: flux-system}
  postBuild: {substituteFrom: [{kind: ConfigMap, name: setting}]}`,
      `${CONFIG_MAP} {name: settings, namespace: search}`,
      `${HELM} {name: indexer, namespace: search}\nspec:
  chart: {spec: {chart: indexer, version: '>=1.0.0', sourceRef: {kind: HelmRepository, name: charts}}}`,
    ),
  };
}

function joined(...documents: readonly string[]): string {
  return `${documents.join('\n---\n')}\n`;
}

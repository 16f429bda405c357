import type { App, ObjectMaker } from './objects.ts';

const custom =
  (apiVersion: string, kind: string, spec: (app: App) => string): ObjectMaker =>
  (app) => `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${app.name}
  namespace: team-${String(app.index % 40)}
spec:
  ${spec(app).trimEnd().replaceAll('\n', '\n  ')}
`;

const REPOSITORY = 'https://git.example.com/acme/deploy.git';

/** Custom resources that deployment repositories are full of: applications take turns. */
export const CUSTOM: Readonly<Record<string, ObjectMaker>> = {
  application: custom(
    'argoproj.io/v1alpha1',
    'Application',
    ({ name, index }) => `project: shop
source:
  repoURL: ${REPOSITORY}
  targetRevision: v1.${String(index % 20)}.0
  path: apps/${name}/overlays/staging
destination:
  name: staging-eu
  namespace: team-${String(index % 40)}
syncPolicy:
  syncOptions: [CreateNamespace=true, PruneLast=true]
`,
  ),
  externalsecret: custom(
    'external-secrets.io/v1',
    'ExternalSecret',
    ({ name }) => `refreshInterval: 1h
secretStoreRef: {kind: ClusterSecretStore, name: vault}
target: {name: ${name}-database}
data:
  - secretKey: password
    remoteRef: {key: shop/${name}, property: password}
`,
  ),
  servicemonitor: custom(
    'monitoring.coreos.com/v1',
    'ServiceMonitor',
    ({ name }) => `selector:
  matchLabels:
    app.kubernetes.io/name: ${name}
endpoints:
  - port: http
    interval: 30s
`,
  ),
  prometheusrule: custom(
    'monitoring.coreos.com/v1',
    'PrometheusRule',
    ({ name }) => `groups:
  - name: ${name}
    rules:
      - alert: HighErrorRate
        expr: sum(rate(http_requests_total{app="${name}",code=~"5.."}[5m])) > 1
        for: 10m
        labels: {severity: page}
        annotations:
          summary: "{{ $labels.app }} answers with errors"
`,
  ),
  certificate: custom(
    'cert-manager.io/v1',
    'Certificate',
    ({ name }) => `secretName: ${name}-tls
dnsNames: [${name}.example.com]
issuerRef: {kind: ClusterIssuer, name: letsencrypt}
`,
  ),
  httproute: custom(
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    ({ name }) => `parentRefs:
  - name: public
    namespace: gateways
hostnames: [${name}.example.com]
rules:
  - backendRefs:
      - name: ${name}
        port: 80
`,
  ),
  scaledobject: custom(
    'keda.sh/v1alpha1',
    'ScaledObject',
    ({ name }) => `scaleTargetRef:
  name: ${name}
triggers:
  - type: cron
    metadata: {timezone: Europe/Berlin, start: 0 6 * * *, end: 0 20 * * *, desiredReplicas: "10"}
`,
  ),
  virtualservice: custom(
    'networking.istio.io/v1',
    'VirtualService',
    ({ name }) => `hosts: [${name}.example.com]
gateways: [istio-system/public]
http:
  - route:
      - destination:
          host: ${name}
          port: {number: 80}
`,
  ),
  fluxkustomization: custom(
    'kustomize.toolkit.fluxcd.io/v1',
    'Kustomization',
    ({ name }) => `interval: 10m
path: ./apps/${name}/overlays/production
prune: true
sourceRef: {kind: GitRepository, name: deploy}
`,
  ),
  helmrelease: custom(
    'helm.toolkit.fluxcd.io/v2',
    'HelmRelease',
    ({ index }) => `interval: 10m
chart:
  spec:
    chart: redis
    version: 19.${String(index % 10)}.2
    sourceRef: {kind: HelmRepository, name: bitnami}
values:
  architecture: replication
  master:
    persistence: {size: 8Gi}
  replica:
    replicaCount: 2
`,
  ),
  gitrepository: custom(
    'source.toolkit.fluxcd.io/v1',
    'GitRepository',
    () => `interval: 1m
url: ${REPOSITORY}
ref: {tag: v1.4.0}
`,
  ),
  appproject: custom(
    'argoproj.io/v1alpha1',
    'AppProject',
    ({ index }) => `description: Shop
sourceRepos: ['${REPOSITORY}']
destinations:
  - name: staging-eu
    namespace: team-${String(index % 40)}
clusterResourceBlacklist:
  - {group: '', kind: Namespace}
`,
  ),
};

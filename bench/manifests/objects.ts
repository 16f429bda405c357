/** One application of a generated repository; its number makes names and figures differ. */
export interface App {
  readonly name: string;
  readonly index: number;
}

const labels = ({ name }: App, indent: string): string =>
  [
    'labels:',
    `  app.kubernetes.io/name: ${name}`,
    '  app.kubernetes.io/part-of: shop',
    '  app.kubernetes.io/managed-by: kustomize',
  ].join(`\n${indent}`);

const head = (
  app: App,
  apiVersion: string,
  kind: string,
  name = app.name,
): string => `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}
  namespace: team-${String(app.index % 40)}
  ${labels(app, '  ')}
`;

/** As careful teams write it; every fiftieth application forgets something. */
const podSpec = (app: App, indent: string, restart = ''): string => {
  const tag = app.index % 50 === 7 ? 'latest' : `2.${String(app.index % 30)}.1`;
  return `serviceAccountName: ${app.name}
automountServiceAccountToken: false
${restart}securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  seccompProfile:
    type: RuntimeDefault
containers:
  # The application itself.
  - name: main
    image: registry.example.com/shop/${app.name}:${tag}
    args: ["--listen=:8080", "--log-format=json", "--workers=4"]
    ports:
      - name: http
        containerPort: 8080
    envFrom:
      - configMapRef:
          name: ${app.name}
    env:
      - name: REGION
        value: "eu-central-1"
      - name: DATABASE_PASSWORD
        valueFrom:
          secretKeyRef:
            name: ${app.name}-database
            key: password
    resources:
      requests: {cpu: 100m, memory: 128Mi}
      limits:
        memory: 256Mi
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      privileged: ${app.index % 50 === 9 ? 'true' : 'false'}
      capabilities:
        drop: [ALL]
    readinessProbe:
      httpGet: {path: /ready, port: http}
      periodSeconds: 5
    livenessProbe:
      httpGet: {path: /live, port: http}
      initialDelaySeconds: 10
    volumeMounts:
      - name: tmp
        mountPath: /tmp
volumes:
  - name: tmp
    emptyDir: {}
`
    .trimEnd()
    .replaceAll('\n', `\n${indent}`);
};

const template = (app: App, indent: string, restart = ''): string =>
  `template:
  metadata:
    ${labels(app, '    ')}
  spec:
    ${podSpec(app, '    ', restart)}`.replaceAll('\n', `\n${indent}`);

const selector = ({ name }: App): string => `selector:
    matchLabels:
      app.kubernetes.io/name: ${name}`;

const workload = (apiVersion: string, kind: string, more: string) => (app: App) =>
  `${head(app, apiVersion, kind)}spec:
  ${more}${selector(app)}
  ${template(app, '  ')}
`;

/** Makes one object as the text of a document. */
export type ObjectMaker = (app: App) => string;

const rules = `rules:
  - apiGroups: [""]
    resources: [configmaps, pods]
    verbs: [get, list, watch]
  - apiGroups: [apps]
    resources: [deployments]
    verbs: [get]
`;

const binding = (kind: string) => (app: App) =>
  `${head(app, 'rbac.authorization.k8s.io/v1', `${kind}Binding`)}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${kind}
  name: ${app.name}
subjects:
  - kind: ServiceAccount
    name: ${app.name}
    namespace: team-${String(app.index % 40)}
`;

const simple = (apiVersion: string, kind: string, body: (app: App) => string) => (app: App) =>
  `${head(app, apiVersion, kind)}${body(app)}`;

/** What every application has. */
export const COMMON: Readonly<Record<string, ObjectMaker>> = {
  deployment: workload('apps/v1', 'Deployment', 'replicas: 3\n  revisionHistoryLimit: 5\n  '),
  service: simple(
    'v1',
    'Service',
    ({ name }) => `spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - name: http
      port: 80
      targetPort: http
`,
  ),
  configmap: simple(
    'v1',
    'ConfigMap',
    ({ name, index }) => `data:
  LOG_LEVEL: info
  CACHE_TTL: "${String(index % 600)}"
  application.yaml: |
    server:
      port: 8080
      name: ${name}
    features:
      checkout: on
      search: "off"
    upstreams:
      - https://orders.example.com
      - https://stock.example.com
`,
  ),
  serviceaccount: simple('v1', 'ServiceAccount', () => 'automountServiceAccountToken: false\n'),
  networkpolicy: simple(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    ({ name }) => `spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: ingress-nginx
      ports:
        - port: http
  egress:
    - to:
        - ipBlock:
            cidr: 10.0.0.0/8
`,
  ),
};

/** What some applications have: they take turns. */
export const SOMETIMES: Readonly<Record<string, ObjectMaker>> = {
  statefulset: workload('apps/v1', 'StatefulSet', 'serviceName: data\n  replicas: 3\n  '),
  daemonset: workload('apps/v1', 'DaemonSet', ''),
  rollout: workload(
    'argoproj.io/v1alpha1',
    'Rollout',
    `replicas: 4
  strategy:
    canary:
      steps:
        - setWeight: 20
        - pause: {duration: 5m}
  `,
  ),
  job: (app) => `${head(app, 'batch/v1', 'Job', `${app.name}-migrate`)}spec:
  backoffLimit: 2
  ttlSecondsAfterFinished: 600
  ${template(app, '  ', 'restartPolicy: Never\n')}
`,
  cronjob: (app) => `${head(app, 'batch/v1', 'CronJob', `${app.name}-report`)}spec:
  schedule: "*/15 * * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      ${template(app, '      ', 'restartPolicy: OnFailure\n')}
`,
  ingress: simple(
    'networking.k8s.io/v1',
    'Ingress',
    ({ name }) => `spec:
  ingressClassName: nginx
  tls:
    - hosts: [${name}.example.com]
      secretName: ${name}-tls
  rules:
    - host: ${name}.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ${name}
                port: {name: http}
`,
  ),
  hpa: simple(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    ({ name }) => `spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}
  minReplicas: 3
  maxReplicas: 12
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: 70}
`,
  ),
  pdb: simple(
    'policy/v1',
    'PodDisruptionBudget',
    (app) => `spec:\n  maxUnavailable: 1\n  ${selector(app)}\n`,
  ),
  role: simple('rbac.authorization.k8s.io/v1', 'Role', () => rules),
  rolebinding: binding('Role'),
  clusterrole: simple('rbac.authorization.k8s.io/v1', 'ClusterRole', () => rules),
  clusterrolebinding: binding('ClusterRole'),
  pvc: simple(
    'v1',
    'PersistentVolumeClaim',
    () => `spec:
  accessModes: [ReadWriteOnce]
  storageClassName: gp3
  resources:
    requests: {storage: 20Gi}
`,
  ),
  quota: simple(
    'v1',
    'ResourceQuota',
    () => 'spec:\n  hard:\n    requests.cpu: "20"\n    requests.memory: 64Gi\n    pods: "100"\n',
  ),
  limits: simple(
    'v1',
    'LimitRange',
    () => `spec:
  limits:
    - type: Container
      default: {cpu: 500m, memory: 256Mi}
      defaultRequest: {cpu: 100m, memory: 128Mi}
`,
  ),
  dashboard: simple(
    'v1',
    'ConfigMap',
    ({ name }) => `data:
  dashboard.json: |
${dashboard(name).replaceAll(/^/gm, '    ')}
`,
  ),
};

function dashboard(name: string): string {
  const panels = Array.from({ length: 12 }, (_, id) => ({
    id,
    type: 'timeseries',
    title: `Panel ${String(id)}`,
    gridPos: { h: 8, w: 12, x: (id % 2) * 12, y: Math.floor(id / 2) * 8 },
    targets: [
      {
        expr: `sum by (code) (rate(http_requests_total{app="${name}"}[5m]))`,
        legendFormat: '{{code}}',
        refId: 'A',
      },
    ],
    fieldConfig: { defaults: { unit: 'reqps', custom: { lineWidth: 1, fillOpacity: 10 } }, overrides: [] },
  }));
  return JSON.stringify({ title: name, schemaVersion: 39, refresh: '30s', panels }, null, 2);
}

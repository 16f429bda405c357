/** A kind of the team's own. @param limit of its shelves */
export function shelfDefinition(limit: number): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: shelves.stock.example.com
spec:
  group: stock.example.com
  scope: Namespaced
  names: {kind: Shelf, listKind: ShelfList, plural: shelves, singular: shelf}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                boards: {type: integer, maximum: ${String(limit)}}
`;
}

/** What somebody brings along from an old cluster: nothing in it would be let in, and half of it leads nowhere. */
export function looseEnds(): Record<string, string> {
  return {
    'clusters/production/stock/definition.yaml': shelfDefinition(5),
    'clusters/production/legacy/collector.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: collector
  namespace: legacy
  annotations:
    container.apparmor.security.beta.kubernetes.io/collector: unconfined
spec:
  hostNetwork: true
  hostPID: true
  securityContext:
    seccompProfile:
      type: Unconfined
    seLinuxOptions:
      type: spc_t
    sysctls:
      - name: kernel.msgmax
        value: '65536'
    windowsOptions:
      hostProcess: true
  containers:
    - name: collector
      image: registry.example.com/collector:1.4.0
      ports:
        - containerPort: 9000
          hostPort: 9000
      livenessProbe:
        tcpSocket:
          host: 10.0.0.1
          port: 9000
      securityContext:
        procMount: Unmasked
        capabilities:
          add: [NET_RAW]
      volumeMounts:
        - name: data
          mountPath: /data
  volumes:
    - name: data
      hostPath:
        path: /data
`,
    'clusters/production/legacy/stock.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: stock
  namespace: legacy
spec:
  replicas: 1
  selector:
    matchLabels:
      app: stock
  template:
    metadata:
      labels:
        app: stock
    spec:
      containers:
        - name: stock
          image: registry.example.com/stock:2.0.1
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: legacy
spec:
  replicas: 3
  selector:
    matchLabels:
      app: orders
  template:
    metadata:
      labels:
        app: orders
    spec:
      containers:
        - name: orders
          image: registry.example.com/orders:2.0.1
---
apiVersion: v1
kind: Service
metadata:
  name: stock
  namespace: legacy
spec:
  selector:
    app: stocks
  ports:
    - port: 80
`,
    'clusters/edge/ledger.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ledger
  namespace: flux-system
spec:
  interval: 10m
  prune: true
  path: ./clusters/edge/ledger
  sourceRef: {kind: GitRepository, name: ledger}
  patches:
    - target: {kind: ConfigMap, name: legder}
      patch: '[{"op": "add", "path": "/data/mode", "value": "fast"}]'
`,
    'clusters/edge/ledger/kustomization.yaml': 'resources: [settings.yaml]\n',
    'clusters/edge/ledger/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: ledger
  namespace: ledger
data:
  level: info
`,
    'clusters/production/apps/legacy.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: legacy
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: https://git.example.com/acme/deploy.git
    targetRevision: main
    path: clusters/production/legcay
  destination:
    name: prod-eu
    namespace: legacy
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: cache
  namespace: argocd
spec:
  project: shop
  sources:
    - repoURL: https://charts.example.com
      chart: cache
      targetRevision: 1.4.0
      helm:
        valueFiles:
          - $values/clusters/production/legacy/cache-values.yaml
    - repoURL: https://git.example.com/acme/deploy.git
      targetRevision: main
      ref: values
  destination:
    name: prod-eu
    namespace: cache
`,
  };
}

/** Files of the demo in which names lead nowhere, numbers do not fit, or doors stand open. */
export function looseEnds(): Record<string, string> {
  return {
    'apps/search/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resource:
  - deployment.yaml
resources:
  - deployment.yaml
  - sevice.yaml
  - https://github.com/acme/search-rules
`,
    'apps/search/deployment.yaml': SEARCH,
    'apps/catalogue/kustomization.yaml': 'resources:\n  - ../prices\n',
    'apps/prices/kustomization.yaml': 'resources:\n  - ../catalogue\npatches:\n  - path: patch.yaml\n',
    'apps/prices/patch.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: prices\ndata:\n  currency: EUR\n',
    'apps/stock/all.yaml': STOCK,
    'apps/stock/patched/kustomization.yaml':
      'resources:\n  - config.yaml\npatches:\n  - path: currency-patch.yaml\n',
    'apps/stock/patched/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: stock\n',
    'apps/stock/patched/currency-patch.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: stocks\ndata:\n  currency: EUR\n',
    'clusters/production/apps/stock.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: stock
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: https://git.example.com/acme/deploy.git
    targetRevision: main
    path: apps/stocks
  destination:
    name: prod-eu
    namespace: stock
`,
  };
}

const SEARCH = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: search
spec:
  strategy:
    rollingUpdate:
      maxSurge: 0
      maxUnavailable: 0
  selector:
    matchLabels:
      app: search
  template:
    metadata:
      labels:
        app: serach
    spec:
      containers:
        - name: search
          image: ghcr.io/acme/search:3.1.0
          env:
            - name: LOG_LEVEL
              value: info
            - name: LOG_LEVEL
              value: debug
          volumeMounts:
            - name: index
              mountPath: /index
`;

const STOCK = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: stock
spec:
  replicas: 2
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
          image: ghcr.io/acme/stock:1.4.0
          envFrom:
            - configMapRef:
                name: stock-settings
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: stock
data:
  currency: EUR
---
apiVersion: v1
kind: Service
metadata:
  name: stock
spec:
  type: LoadBalancer
  externalIPs: [203.0.113.7]
  selector:
    app: stok
  ports:
    - port: 8080
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: stock
spec:
  maxUnavailable: 0
  selector:
    matchLabels:
      app: stocks
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: stock
spec:
  minReplicas: 5
  maxReplicas: 3
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: stock
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: stock-worker
spec:
  maxReplicas: 3
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: stock-worker
${ingress('stock', 'stock')}${ingress('stock-api', 'stock-api')}`;

function ingress(name: string, service: string): string {
  return `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  annotations:
    nginx.ingress.kubernetes.io/server-snippet: client_max_body_size 8m;
spec:
  rules:
    - host: stock.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ${service}
                port:
                  number: 8080
`;
}

import { shelfDefinition } from './loose-ends.ts';
import { encryptedSecret } from './sops-sample.ts';

/** Public halves of age keys that nobody has: made from fixed text for this demo. */
export const RECIPIENTS = {
  platform: 'age1qd8d2l2dem97xkd5czuq9th8vh82ulvvz3t5pr3xmrh508s9h7pskvkenz',
  security: 'age1qdxgmg0tetezeavdvn7jhzf8m256czm4mkryqh2edps9dmh0v49qx6sdgl',
  payments: 'age1smd4j3hn6hyhw9pdfyq4kk3r5qzqe8wa87kcsxtcl3qq4kzqmh0s4kyntc',
} as const;

const application = (
  name: string,
  path: string,
  namespace: string,
): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: https://git.example.com/acme/deploy.git
    targetRevision: main
    path: ${path}
  destination:
    name: prod-eu
    namespace: ${namespace}
`;

/** The deployment repository before anybody touches it: healthy, but for one old habit. */
export function baseFiles(): Record<string, string> {
  return {
    'README.md': '# acme/deploy\n\nWhat is merged here runs in production minutes later.\n',
    '.sops.yaml': `creation_rules:
  - path_regex: ^apps/.*\\.enc\\.yaml$
    encrypted_regex: ^(data|stringData)$
    age: >-
      ${RECIPIENTS.platform},
      ${RECIPIENTS.security}
`,
    '.pre-commit-config.yaml': `repos:
  - repo: https://github.com/gitleaks/gitleaks
    rev: v8.30.0
    hooks:
      - id: gitleaks
`,
    '.github/gitops-warden.yml': `version: 1
profile: recommended
signatures:
  require: signed
environments:
  production:
    paths: ["clusters/production/**", "apps/*/overlays/production/**"]
    clusters: ["prod-*"]
rules:
  replicas-in-production: warning
  disruption-budget-in-production: info
  network-policy-for-workload: info
`,
    'clusters/production/stock/definition.yaml': shelfDefinition(20),
    'clusters/production/stock/shelf.yaml': `apiVersion: stock.example.com/v1
kind: Shelf
metadata: {name: north, namespace: stock}
spec: {boards: 12}
`,
    'clusters/production/root.yaml': application('root', 'clusters/production/apps', 'argocd'),
    'clusters/production/apps/payments.yaml': application(
      'payments',
      'apps/payments/overlays/production',
      'payments',
    ),
    'clusters/production/apps/web.yaml': application('web', 'apps/web', 'web'),
    'clusters/production/apps/project.yaml': `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: shop
  namespace: argocd
spec:
  sourceRepos:
    - https://git.example.com/acme/deploy.git
  destinations:
    - name: prod-eu
      namespace: payments
    - name: prod-eu
      namespace: web
  clusterResourceWhitelist: []
`,
    'apps/payments/base/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yaml
  - network-policy.yaml
`,
    'apps/payments/base/deployment.yaml': deployment('ghcr.io/acme/payments:1.8.2', ''),
    'apps/payments/base/network-policy.yaml': `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: payments
spec:
  podSelector:
    matchLabels:
      app: payments
  policyTypes:
    - Ingress
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: web
`,
    'apps/payments/overlays/production/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: payments
resources:
  - ../../base
  - db.enc.yaml
  - ledger.enc.yaml
`,
    'apps/payments/overlays/production/db.enc.yaml': encryptedSecret({
      namespace: 'payments',
      name: 'db',
      keys: ['username', 'password'],
      recipients: [RECIPIENTS.platform, RECIPIENTS.security],
    }),
    'apps/payments/overlays/production/ledger.enc.yaml': encryptedSecret({
      namespace: 'payments',
      name: 'ledger',
      keys: ['token'],
      recipients: [RECIPIENTS.platform, RECIPIENTS.security],
    }),
    'apps/web/session.enc.yaml': encryptedSecret({
      namespace: 'web',
      name: 'session',
      keys: ['cookie-key', 'csrf-key'],
      recipients: [RECIPIENTS.platform, RECIPIENTS.security],
    }),
    'apps/web/mail.enc.yaml': encryptedSecret({
      namespace: 'web',
      name: 'mail',
      keys: ['user', 'password'],
      recipients: [RECIPIENTS.platform, RECIPIENTS.security],
    }),
    'apps/web/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web:latest
          ports:
            - containerPort: 8080
`,
    'apps/web/feature-flags.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: feature-flags
  namespace: web
data:
  checkout: "on"
`,
  };
}

export function deployment(image: string, sidecar: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: payments
  namespace: payments
spec:
  replicas: 3
  selector:
    matchLabels:
      app: payments
  template:
    metadata:
      labels:
        app: payments
    spec:
      containers:
        - name: payments
          image: ${image}
          envFrom:
            - secretRef:
                name: db
${sidecar}`;
}

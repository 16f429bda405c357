/**
 * One file of a healthy GitOps repository: workloads, references to secrets, files encrypted with SOPS, SealedSecrets,
 * configuration, charts, locks, dashboards and scripts, with the digests and identifiers that such files are full of.
 *
 * @param size documents in the larger files
 */
export function healthyFile(index: number, random: () => number, size = 1): { name: string; text: string } {
  const make = MAKERS[index % MAKERS.length]!;
  const { name, document } = make(index, random);
  const count = 1 + Math.floor(random() * size);
  const parts = Array.from({ length: count }, () => make(index, random).document);
  return { name, text: /\.ya?ml$/.test(name) ? parts.join('---\n') : document };
}

type Make = (index: number, random: () => number) => { name: string; document: string };

const pick = (alphabet: string, length: number, random: () => number): string =>
  Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
const hex = (length: number, random: () => number): string => pick('0123456789abcdef', length, random);
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base64 = (length: number, random: () => number): string =>
  pick(`${LETTERS}0123456789+/`, length, random);
const uuid = (random: () => number): string =>
  [8, 4, 4, 4, 12].map((length) => hex(length, random)).join('-');
const ciphertext = (length: number, random: () => number): string =>
  `ENC[AES256_GCM,data:${base64(length, random)},iv:${base64(43, random)}=,tag:${base64(22, random)}==,type:str]`;

const MAKERS: readonly Make[] = [
  (index, random) => ({
    name: `apps/app-${index}/deployment.yaml`,
    document: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: team-${index % 30}
  uid: ${uuid(random)}
spec:
  replicas: 3
  template:
    metadata:
      annotations:
        checksum/config: ${hex(64, random)}
        checksum/secret: ${hex(64, random)}
        vault.hashicorp.com/agent-inject-secret-token: kv/prod/app-${index}/token
    spec:
      serviceAccountName: app-${index}
      imagePullSecrets: [{name: registry-credentials}]
      containers:
        - name: main
          image: registry.example.com/team/app-${index}@sha256:${hex(64, random)}
          args: ['--token-file=/var/run/secrets/token', '--auth-mode=oidc', '--api-key-header=X-Api-Key']
          env:
            - name: API_TOKEN
              valueFrom:
                secretKeyRef: {name: app-${index}, key: token}
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef: {name: db, key: password}
            - name: GITHUB_TOKEN_PATH
              value: /var/run/secrets/github/token
            - name: DATADOG_SITE
              value: datadoghq.eu
            - name: SENTRY_ENVIRONMENT
              value: production
`,
  }),
  (index) => ({
    name: `apps/app-${index}/external-secret.yaml`,
    document: `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: app-${index}
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  target:
    name: app-${index}
    template:
      data:
        url: "postgres://app:{{ .password }}@db-${index}:5432/app"
        token: "{{ .token }}"
  data:
    - secretKey: password
      remoteRef: {key: kv/prod/app-${index}, property: password}
    - secretKey: token
      remoteRef:
        key: kv/prod/team-${index % 7}/app-${index}/token-v2
        property: api-token
`,
  }),
  (index, random) => ({
    name: `apps/app-${index}/secret.enc.yaml`,
    document: `apiVersion: v1
kind: Secret
metadata:
  name: app-${index}
stringData:
  password: ${ciphertext(40, random)}
  token: ${ciphertext(64, random)}
sops:
  age:
    - recipient: age1${pick('qpzry9x8gf2tvdw0s3jn54khce6mua7l', 58, random)}
      enc: |
        -----BEGIN AGE ENCRYPTED FILE-----
        ${base64(64, random)}
        ${base64(64, random)}
        -----END AGE ENCRYPTED FILE-----
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ${ciphertext(128, random)}
  version: 3.13.3
`,
  }),
  (index, random) => ({
    name: `apps/app-${index}/sealed-secret.yaml`,
    document: `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: app-${index}
spec:
  encryptedData:
    password: Ag${base64(700, random)}
    token: Ag${base64(700, random)}
`,
  }),
  (index, random) => ({
    name: `apps/app-${index}/config.yaml`,
    document: `apiVersion: v1
kind: ConfigMap
metadata:
  name: app-${index}
data:
  application.yaml: |
    server:
      url: https://app-${index}.example.com/api/v1/items?page=1
    oauth:
      issuer: https://id.example.com/realms/main
      clientId: app-${index}
      tokenEndpoint: https://id.example.com/realms/main/protocol/openid-connect/token
      secretName: app-${index}-oauth-client
      passwordPolicy: length(12) and digits(2)
    github:
      appId: ${100_000 + index}
      token: \${GITHUB_TOKEN}
    datadog:
      apiKeySecretRef: datadog-${index}
    dropbox: {enabled: false}
  dashboard.json: |
    {"uid":"${hex(12, random)}","panels":[{"title":"Tokens","targets":[{"expr":"sum(rate(tokens_total{app=\\"app-${index}\\"}[5m]))"}]}]}
  public.pem: |
    -----BEGIN PUBLIC KEY-----
    ${base64(64, random)}
    ${base64(64, random)}
    -----END PUBLIC KEY-----
`,
  }),
  (index, random) => ({
    name: `charts/chart-${index}/values.yaml`,
    document: `image:
  repository: registry.example.com/team/app-${index}
  tag: 1.${index % 40}.${index % 9}-${hex(7, random)}
  digest: sha256:${hex(64, random)}
existingSecret: app-${index}-credentials
auth:
  existingSecretPasswordKey: admin-password
  password: ""
  token: null
  secretKeys: {adminPasswordKey: admin-password, userPasswordKey: user-password}
tls: {secretName: app-${index}-tls}
revision: ${hex(40, random)}
cloudflare: {zone: example.com, accountId: \${CLOUDFLARE_ACCOUNT}}
slack: {channel: '#alerts', apiSecretKey: slack-webhook}
`,
  }),
  (index, random) => ({
    name: `clusters/cluster-${index}/kustomization.yaml`,
    document: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - https://github.com/example/base-${index}?ref=${hex(40, random)}
images:
  - name: app
    digest: sha256:${hex(64, random)}
secretGenerator:
  - name: app
    envs: [secret.enc.env]
`,
  }),
  (index, random) => ({
    name: `scripts/deploy-${index}.sh`,
    document: `#!/bin/sh
set -eu
# ${hex(40, random)}
TOKEN="$(cat /var/run/secrets/token)"
curl -sS -H "Authorization: Bearer $TOKEN" -u "$USER:$PASSWORD" https://api.example.com/v1/apps/${index}
export AWS_PROFILE=deploy AWS_SECRET_ACCESS_KEY="\${AWS_SECRET_ACCESS_KEY}"
helm upgrade app-${index} ./chart --set auth.password="$PASSWORD" --version 1.2.${index % 10}
`,
  }),
  (index, random) => ({
    name: `docs/page-${index}.md`,
    document: `# App ${index}

Ask for a token (\`ghp_…\`) and put it into Vault under \`kv/prod/app-${index}\`. The secret is named
\`app-${index}-github-token\`; its password rotates every 30 days. Commit ${hex(40, random)} shows how.

    password: <your password>
    api_key: YOUR_API_KEY
    token: xxxxxxxxxxxxxxxxxxxx
`,
  }),
];

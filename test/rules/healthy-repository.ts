import { ageRecipient, ciphertext, yamlMetadata } from '../support/sops-fixture.ts';

const hex = (seed: number, length: number): string => {
  let text = '';
  for (let state = seed + 1; text.length < length;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += state.toString(16);
  }
  return text.slice(0, length);
};
const image = (index: number): string =>
  `registry.example.com/team/app-${index}:1.${index}.0@sha256:${hex(index, 64)}`;
const recipients = [ageRecipient()];

/** How files of a healthy repository look: one function a shape, each made with an index. */
const SHAPES: readonly ((index: number) => readonly [string, string])[] = [
  (i) => [
    `apps/app-${i}/deployment.yaml`,
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-${i}\n  annotations: {checksum/config: ${hex(i, 64)}, checksum/secret: ${hex(i + 1, 64)}}\nspec:\n  selector: {matchLabels: {app: app-${i}}}\n  template:\n    metadata: {labels: {app: app-${i}}}\n    spec:\n      serviceAccountName: app-${i}\n      imagePullSecrets: [{name: registry-credentials}]\n      containers:\n        - name: app\n          image: ${image(i)}\n          args: [--port=8080, --token-file=/var/run/token, --db-password=$(DB_PASSWORD), --oidc-client-id=app-${i}, --tls-secret=app/tls-${i}]\n          env:\n            - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db-${i}, key: password}}}\n            - {name: DB_HOST, value: db-${i}.data.svc.cluster.local}\n            - {name: DATABASE_URL, value: "postgres://app:$(DB_PASSWORD)@db-${i}:5432/app"}\n            - {name: API_TOKEN_FILE, value: /var/run/secrets/token}\n            - {name: TOKEN_TTL, value: 3600s}\n            - {name: PASSWORD_MIN_LENGTH, value: "12"}\n            - {name: SESSION_SECRET_NAME, value: session-${i}}\n            - {name: OIDC_ISSUER, value: "https://login.example.com/realms/main"}\n            - {name: SENTRY_DSN, valueFrom: {secretKeyRef: {name: sentry, key: dsn}}}\n      volumes: [{name: s, secret: {secretName: db-${i}}}]\n`,
  ],
  (i) => [
    `apps/app-${i}/kustomization.yaml`,
    `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: app-${i}\nresources: [deployment.yaml, secret.yaml]\nconfigMapGenerator:\n  - name: settings\n    literals: [LOG_LEVEL=info, DB_HOST=db, PASSWORD_FILE=/run/p]\npatches:\n  - target: {kind: Deployment}\n    patch: |-\n      - op: replace\n        path: /spec/replicas\n        value: ${i % 5}\n  - patch: |-\n      $patch: delete\n      apiVersion: v1\n      kind: Secret\n      metadata: {name: old}\n`,
  ],
  (i) => [
    `apps/app-${i}/secret.yaml`,
    `apiVersion: v1\nkind: Secret\nmetadata:\n    name: db-${i}\nstringData:\n    password: ${ciphertext()}\n    username: ${ciphertext()}\n${yamlMetadata({ recipients, mode: { kind: 'encrypted_regex', pattern: '^(data|stringData)$' } } as never)}`,
  ],
  (i) => [
    `apps/app-${i}/external-secret.yaml`,
    `apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: api-${i}}\nspec:\n  secretStoreRef: {kind: ClusterSecretStore, name: vault}\n  target:\n    name: api-${i}\n    template:\n      data:\n        config.yaml: |\n          password: "{{ .password }}"\n          url: postgres://app:{{ .password }}@db/app\n        TOKEN: "{{ .token }}"\n  data:\n    - secretKey: password\n      remoteRef: {key: kv/data/apps/app-${i}, property: password}\n    - secretKey: token\n      remoteRef: {key: secret/app-${i}/token}\n`,
  ],
  (i) => [
    `apps/app-${i}/config-map.yaml`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app-${i}}\ndata:\n  LOG_LEVEL: info\n  DB_PASSWORD: \${DB_PASSWORD}\n  TOKEN_URL: https://login.example.com/oauth2/token\n  PUBLIC_KEY_ID: ${hex(i, 32)}\n  app.properties: |\n    spring.datasource.username=app\n    spring.datasource.password=\${DB_PASSWORD}\n    server.ssl.key-store=/etc/keys/store.p12\n    token.ttl=3600\n  nginx.conf: |\n    location / { proxy_pass http://app-${i}:8080; proxy_set_header Authorization $http_authorization; }\n  start.sh: |\n    #!/bin/sh\n    set -eu\n    PASSWORD="$(cat /run/secrets/password)"\n    export TOKEN="\${TOKEN:?missing}"\n    curl -H "Authorization: Bearer $TOKEN" -u "$USER:$PASSWORD" https://api.example.com\n  dashboard.json: |\n    {"uid": "${hex(i, 10)}", "panels": [{"title": "Token usage", "targets": [{"expr": "sum(rate(tokens_total{key=\\"a\\"}[5m])) by (key)"}]}], "templating": {"list": [{"name": "key", "value": "all"}]}}\n`,
  ],
  (i) => [
    `charts/chart-${i}/values.yaml`,
    `# password: set it in a Secret\nimage: {repository: registry.example.com/app, tag: 1.${i}.0, pullSecrets: []}\nauth:\n  enabled: true\n  username: app\n  password: ""\n  existingSecret: chart-${hex(i, 8)}-credentials\n  secretKeys: {adminPasswordKey: admin-password, userPasswordKey: password}\n  existingSecretPasswordKey: redis-password\npostgresql: {auth: {postgresPassword: "", password: "", database: app}, enabled: false}\ngrafana: {adminUser: admin, adminPassword: prom-operator}\nrootUser: {password: minioadmin}\ningress: {tls: [{secretName: tls-${i}, hosts: [app-${i}.example.com]}], annotations: {cert-manager.io/cluster-issuer: letsencrypt}}\nserviceAccount: {automountServiceAccountToken: false, token: {}}\nextraEnv:\n  - {name: API_TOKEN, valueFrom: {secretKeyRef: {name: api, key: token}}}\noauth2: {clientID: app-${i}, clientSecret: "", cookieSecret: CHANGEME, tokenURL: "https://login.example.com/token"}\nsmtp: {host: mail.example.com, port: 587, password: "{{ .Values.global.smtpPassword }}"}\n`,
  ],
  (i) => [
    `clusters/c-${i % 7}/releases/release-${i}.yaml`,
    `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: release-${i}, namespace: apps}\nspec:\n  chart: {spec: {chart: app, version: 1.${i}.0, sourceRef: {kind: HelmRepository, name: charts}}}\n  valuesFrom: [{kind: Secret, name: values-${i}, valuesKey: password, targetPath: auth.password}]\n  values:\n    auth: {existingSecret: credentials-${hex(i, 10)}, existingSecretPasswordKey: password}\n    secretName: tls-${i}\n    webhook: {secret: {create: false, name: hook-${i}}}\n    token: \${TOKEN}\n    config: |\n      server:\n        secret_key: \${SECRET_KEY}\n        token_path: /run/token\n`,
  ],
  (i) => [
    `argocd/app-${i}.yaml`,
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: app-${i}, namespace: argocd}\nspec:\n  project: team-${i % 9}\n  source:\n    repoURL: https://git.example.com/team/deploy.git\n    targetRevision: v1.${i}.0\n    path: charts/chart-${i}\n    helm:\n      parameters: [{name: auth.existingSecret, value: credentials-${i}}, {name: image.tag, value: 1.${i}.0}]\n      values: |\n        auth: {existingSecret: credentials-${i}}\n        oidc: {clientSecret: $oidc:client}\n  destination: {server: "https://kubernetes.default.svc", namespace: app-${i}}\n`,
  ],
  (i) => [
    `argocd/repositories/repository-${i}.yaml`,
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: repository-${i}\n  namespace: argocd\n  labels: {argocd.argoproj.io/secret-type: repository}\nstringData:\n  type: git\n  url: https://git.example.com/team/deploy-${i}.git\n  name: deploy-${i}\n  project: team-${i % 9}\n  username: git\n  password: <path:kv/data/argocd#token>\n`,
  ],
  (i) => [
    `infrastructure/certificates/certificate-${i}.yaml`,
    `apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: tls-${i}}\nspec:\n  secretName: tls-${i}\n  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}\n  keystores: {jks: {create: true, passwordSecretRef: {name: jks-${i}, key: password}}}\n  issuerRef: {name: letsencrypt, kind: ClusterIssuer}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: ca-${i}}\ndata:\n  ca.crt: ${Buffer.from(`-----BEGIN CERTIFICATE-----\n${hex(i, 64)}\n-----END CERTIFICATE-----\n`).toString('base64')}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: token-${i}, annotations: {kubernetes.io/service-account.name: app}}\ntype: kubernetes.io/service-account-token\n`,
  ],
  (i) => [
    `monitoring/rules-${i}.yaml`,
    `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: rules-${i}}\nspec:\n  groups:\n    - name: tokens\n      rules:\n        - alert: TokenExpires\n          expr: 'min(token_expiry_seconds{secret="app"}) < 3600'\n          annotations: {description: "The token of {{ $labels.secret }} expires, password=rotate it", runbook_url: "https://wiki.example.com/x?key=tokens"}\n---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: m-${i}}\nspec:\n  endpoints:\n    - {port: http, bearerTokenSecret: {name: metrics, key: token}, basicAuth: {username: {name: m, key: user}, password: {name: m, key: password}}}\n`,
  ],
  (i) => [
    `policies/policy-${i}.yaml`,
    `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p-${i}}\nspec:\n  rules:\n    - name: sync\n      match: {any: [{resources: {kinds: [Namespace]}}]}\n      generate: {apiVersion: v1, kind: Secret, name: regcred, clone: {namespace: default, name: regcred}}\n    - name: no-password\n      validate: {message: 'password: must come from a Secret', pattern: {spec: {containers: [{=(env): [{=(value): "!*password*"}]}]}}}\n`,
  ],
  (i) => [
    `ci/workflow-${i}.yaml`,
    `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/login-action@v3\n        with: {registry: ghcr.io, username: "\${{ github.actor }}", password: "\${{ secrets.GITHUB_TOKEN }}"}\n        env: {TOKEN: "\${{ secrets.TOKEN_${i} }}"}\n`,
  ],
  (i) => [
    `charts/chart-${i}/templates/secret.yaml`,
    `{{- if not .Values.auth.existingSecret }}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include "chart.fullname" . }}\ntype: Opaque\ndata:\n  password: {{ .Values.auth.password | b64enc | quote }}\n  username: {{ default "app" .Values.auth.username | b64enc }}\nstringData:\n  url: postgres://{{ .Values.auth.username }}:{{ .Values.auth.password }}@db/app\n{{- end }}\n`,
  ],
  (i) => [`charts/chart-${i}/Chart.yaml`, `apiVersion: v2\nname: chart-${i}\nversion: 0.${i}.0\n`],
];

/** A repository of about `size` files in which there is nothing to find. */
export function healthyRepository(size: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let index = 0; Object.keys(files).length < size; index += 1) {
    for (const shape of SHAPES) {
      const [path, text] = shape(index);
      files[path] = text;
    }
    if (index > size) break;
  }
  return files;
}

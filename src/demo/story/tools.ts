const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1';

const grant = (group: string, resource: string, verbs: string): string =>
  `  - {apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${verbs}]}\n`;
const binding = (kind: string, name: string, role: string, subjects: readonly string[]): string =>
  `${RBAC}
kind: ${kind}
metadata: {name: ${name}, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}
subjects:
${subjects.map((subject) => `  - ${subject}\n`).join('')}`;
const group = (name: string): string => `{kind: Group, name: "${name}", apiGroup: rbac.authorization.k8s.io}`;

/** Rights as somebody gives them who wants it to work today. */
function generousRights(): string {
  const role = `${RBAC}
kind: ClusterRole
metadata: {name: payments-tools}
rules:
${grant('*', '*', '"*"')}${grant('', 'secrets', 'get, list')}${grant('', 'pods', 'get, create')}${grant('', 'pods/exec', 'create')}${grant('', 'nodes/proxy', 'get')}${grant('', 'serviceaccounts/token', 'create')}${grant('rbac.authorization.k8s.io', 'clusterroles', 'bind')}${grant('rbac.authorization.k8s.io', 'rolebindings', 'create')}${grant('certificates.k8s.io', 'signers', 'approve')}${grant('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'update')}`;
  return [
    role,
    binding('ClusterRoleBinding', 'payments-tools', 'cluster-admin', [
      '{kind: ServiceAccount, name: default, namespace: payments}',
    ]),
    binding('ClusterRoleBinding', 'developers', 'edit', [group('developers'), group('system:masters')]),
    binding('ClusterRoleBinding', 'everybody', 'view', [
      group('system:authenticated'),
      group('system:unauthenticated'),
    ]),
    binding('RoleBinding', 'team', 'cluster-admin', [group('payments')]),
  ].join('---\n');
}

const workload = (kind: string, name: string, namespace: string, spec: string): string => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {matchLabels: {app: tools}}
  template:
    metadata: {labels: {app: tools}}
    spec:
${spec}`;

/** A workload with what workloads have wrong. */
function hastyWorkloads(): string {
  const console = workload(
    'Deployment',
    'console',
    'payments',
    `      serviceAccount: consoel
      initContainers:
        - name: wait
          image: k8s.gcr.io/pause:3.1
          readinessProbe: {tcpSocket: {port: 80}}
      containers:
        - name: console
          image: quay.io/acme/console:edge
          imagePullPolicy: IfNotPresent
          ports: [{name: http, containerPort: 8080}]
        - name: proxy
          image: ghcr.io/acme/proxy:1.2.3
          resources:
            requests: {cpu: 2, memory: 64Mi}
            limits: {cpu: 1, memory: 4Gi}
`,
  );
  const agent = workload(
    'DaemonSet',
    'agent',
    'kube-system',
    `      containers:
        - name: agent
          image: ghcr.io/acme/agent:1.2.3
          livenessProbe: {httpGet: {path: /, port: web}}
          readinessProbe: {httpGet: {path: /, port: web}}
`,
  );
  return `${console}---
${agent}---
apiVersion: v1
kind: ServiceAccount
metadata: {name: console, namespace: payments}
`;
}

const JOBS = `apiVersion: batch/v1
kind: CronJob
metadata: {name: Nightly_Report, namespace: default, labels: {owner: payments team}}
spec:
  schedule: "0 2 * * 7"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: report, image: "ghcr.io/acme/report:1"}]}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, namespace: payments}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: migrate, image: "ghcr.io/acme/migrate:1"}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: shell, namespace: payments}
spec: {containers: [{name: shell, image: "ghcr.io/acme/shell:1"}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: payments}
---
apiVersion: v1
kind: Namespace
metadata: {name: payments}
`;

function largeConfigMap(): string {
  const lines = Array.from({ length: 85 }, (_, index) => `  page-${String(index)}: *page\n`).join('');
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: pages, namespace: payments}
data:
  page: &page ${'lorem ipsum '.repeat(1100)}
${lines}`;
}

/** The tools of the payments team, which nobody reviewed before. */
export function unreviewedTools(): Readonly<Record<string, string>> {
  const folder = 'apps/payments/overlays/production/tools';
  return {
    [`${folder}/rights.yaml`]: generousRights(),
    [`${folder}/workloads.yaml`]: hastyWorkloads(),
    [`${folder}/jobs.yaml`]: JOBS,
    [`${folder}/pages.yaml`]: largeConfigMap(),
  };
}

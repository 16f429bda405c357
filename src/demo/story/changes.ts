import { randomBytes } from 'node:crypto';
import { createCommitSigner } from '../embedded/signing.ts';
import { deployment, RECIPIENTS } from './base.ts';
import { looseEnds } from './loose-ends.ts';
import { misplacedSecrets } from './secrets.ts';
import { encryptedSecret, withoutRecipient } from './sops-sample.ts';

/** One commit of the demo: null removes a file. */
export interface StoryCommit {
  readonly message: string;
  readonly files: Readonly<Record<string, string | null>>;
}

// Evidently no credentials, and put together from parts all the same, so that no scanner takes them for some.
const FAKE_PASSWORD = ['not', 'a', 'real', 'password'].join('-');
const FAKE_TOKEN = ['not', 'a', 'real', 'token'].join('-');

const PROVIDER = 'apps/payments/overlays/production/provider.enc.yaml';

/** The pull request that shows what every rule finds; the second commit mends the first too late. */
export function carelessCommits(base: Readonly<Record<string, string>>): StoryCommit[] {
  const replace = (path: string, from: string, to: string): string => {
    const text = base[path] ?? '';
    if (!text.includes(from)) throw new Error(`the demo expects ${JSON.stringify(from)} in ${path}`);
    return text.replace(from, to);
  };
  return [
    {
      message: 'Add credentials of the new payment provider',
      files: { [PROVIDER]: plainSecret('provider', { 'api-token': FAKE_TOKEN }) },
    },
    {
      message: 'Encrypt them, sorry',
      files: {
        [PROVIDER]: encryptedSecret({
          namespace: 'payments',
          name: 'provider',
          keys: ['api-token'],
          recipients: [RECIPIENTS.platform, RECIPIENTS.security],
        }),
      },
    },
    {
      message: 'Roll out payments 2.0',
      files: {
        // The second line lacks its key.
        '.github/allowed_signers': `bob@example.com ${createCommitSigner().publicKey}\ncarol@example.com\n`,
        'apps/payments/base/deployment.yaml': deployment(
          'ghcr.io/acme/payments:latest',
          `        - name: packet-capture
          image: ghcr.io/acme/tcpdump:4.99.5
          securityContext:
            privileged: yes
`,
        ),
        'apps/payments/base/network-policy.yaml': replace(
          'apps/payments/base/network-policy.yaml',
          `        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: web
`,
          `        - ipBlock:
            cidr: 0.0.0.0/0
`,
        ),
        'apps/payments/overlays/production/db.enc.yaml': plainSecret('db', {
          username: 'payments',
          password: FAKE_PASSWORD,
        }),
        'apps/payments/overlays/production/queue.yaml': plainSecret('queue', { password: FAKE_PASSWORD }),
        // The pattern looks ahead, which RE2 does not.
        '.gitleaks.toml': `[[rules]]\nid = "ticket"\nregex = '''TICKET-(?=[0-9])'''\n`,
        'apps/payments/base/disruption-budget.yaml': `apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: payments
  namespace: payments
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app: payments
`,
        'apps/payments/base/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: payments
  namespace: payments
spec:
  selectors:
    app: payments
  ports:
    - port: 8080
`,
        'docs/release.md': `# Release\n\nPublish with \`GITHUB_TOKEN=${token()} make release\`.\n`,
        'apps/web/deployment.yaml': replace('apps/web/deployment.yaml', 'replicas: 2', 'replicas: 4'),
        'apps/web/feature-flags.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: feature-flags
  namespace: web
data:
  checkout: "on"
  checkout: "off"
`,
      },
    },
    {
      message: 'Add the cache',
      files: misplacedSecrets({
        password: FAKE_PASSWORD,
        recipients: [RECIPIENTS.platform, RECIPIENTS.payments],
        privateKey: privateKey(),
      }),
    },
    {
      message: 'Tidy up the secrets of the web team',
      files: {
        // Edited without sops: a plain value, a comment, and an annotation that no mode covers.
        'apps/web/session.enc.yaml': `# cookie-password: ${FAKE_PASSWORD}\n${replace(
          'apps/web/session.enc.yaml',
          '  name: session\n',
          `  name: sessions\n  annotations:\n    adminPassword: ${FAKE_PASSWORD}\n`,
        )}`,
        'apps/web/session.dec.yaml': plainSecret('session', {
          'cookie-key': FAKE_TOKEN,
          'csrf-key': FAKE_TOKEN,
        }),
        'apps/web/mail.enc.yaml': withoutRecipient(
          replace('apps/web/mail.enc.yaml', '  user: ENC', '  username: ENC'),
          RECIPIENTS.security,
        ),
        'apps/web/metrics.enc.yaml': otherMode(),
        'infrastructure/backup.enc.yaml': encryptedSecret({
          namespace: 'backup',
          name: 'backup',
          keys: ['token'],
          recipients: [RECIPIENTS.platform],
        }),
      },
    },
    { message: 'Move what is left of the old cluster', files: looseEnds() },
    {
      message: 'Let Argo CD do the rest',
      files: {
        'clusters/production/apps/payments.yaml': `${base['clusters/production/apps/payments.yaml'] ?? ''}  syncPolicy:
    automated:
      prune: true
      selfHeal: true
`,
        'clusters/production/apps/project.yaml': replace(
          'clusters/production/apps/project.yaml',
          `    - https://git.example.com/acme/deploy.git
  destinations:
    - name: prod-eu
      namespace: payments
    - name: prod-eu
      namespace: web
`,
          `    - '*'
  destinations:
    - server: '*'
      namespace: '*'
`,
        ),
        'apps/payments/overlays/production/report.enc.yaml': halfEncryptedSecret(),
        'infrastructure/ci/deploy-key': privateKey(),
        '.sops.yaml': `${replace('.sops.yaml', RECIPIENTS.security, RECIPIENTS.payments)}    unencrypted-regex: ^metadata$
`,
        '.github/gitops-warden.yml': `${base['.github/gitops-warden.yml'] ?? ''}  no-privileged-conteiner: off
`,
        '.github/gitops-warden/waivers.yml': `waivers:
  - rule: no-privileged-container
    reason: legacy
`,
        '.github/gitops-warden/rules/team-label/rule.yaml': `id: team-labels
severity: warning
scope: manifest
summary: Every Deployment says which team owns it.
message: '{kind} \`{name}\` has no label \`team\`.'
remediation: Add one.
schema: {}
`,
      },
    },
  ];
}

/** The pull request that has nothing to be said about. */
export function carefulCommits(base: Readonly<Record<string, string>>): StoryCommit[] {
  const path = 'apps/payments/base/deployment.yaml';
  return [
    {
      message: 'Update payments to 1.8.3',
      files: { [path]: (base[path] ?? '').replace('payments:1.8.2', 'payments:1.8.3') },
    },
  ];
}

/** What somebody pushes straight to the main branch in the middle of the night. */
export function directPush(base: Readonly<Record<string, string>>): StoryCommit {
  const path = 'clusters/production/apps/web.yaml';
  return {
    message: 'hotfix, will open a PR tomorrow',
    files: {
      [path]: `${base[path] ?? ''}  syncPolicy:
    automated:
      prune: true
`,
    },
  };
}

/** Edited by hand after encryption, so that one value is readable. */
function halfEncryptedSecret(): string {
  const encrypted = encryptedSecret({
    namespace: 'payments',
    name: 'report',
    keys: ['username', 'api-token'],
    recipients: [RECIPIENTS.platform, RECIPIENTS.payments],
  });
  return encrypted.replace(/api-token: ENC.*/, `api-token: ${FAKE_TOKEN}`);
}

/** Encrypted with another mode than the creation rule has, which leaves the token out. */
function otherMode(): string {
  const encrypted = encryptedSecret({
    namespace: 'web',
    name: 'metrics',
    keys: ['username', 'api-token'],
    recipients: [RECIPIENTS.platform, RECIPIENTS.payments],
  });
  return encrypted
    .replace(/api-token: ENC.*/, `api-token: ${FAKE_TOKEN}`)
    .replace('encrypted_regex: ^(data|stringData)$', 'encrypted_regex: ^username$');
}

/** The envelope of a key around random bytes. */
function privateKey(): string {
  const label = ['OPENSSH', 'PRIVATE', 'KEY'].join(' ');
  const lines =
    randomBytes(144)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function plainSecret(name: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `  ${key}: ${value}`);
  return `apiVersion: v1
kind: Secret
metadata:
  name: ${name}
  namespace: payments
type: Opaque
stringData:
${lines.join('\n')}
`;
}

/** In the form of a token of GitHub's, and none: nobody was given it. */
function token(): string {
  const text = randomBytes(60)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '');
  return `${['gh', 'p'].join('')}_${text.slice(0, 36)}`;
}

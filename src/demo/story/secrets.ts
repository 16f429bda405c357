import { randomBytes } from 'node:crypto';
import { encryptedSecret } from './sops-sample.ts';

interface Values {
  readonly password: string;
  readonly recipients: readonly string[];
  /** A private key in its envelope. */
  readonly privateKey: string;
}

/** Secrets where they do not belong, in the shapes that Kubernetes and its tools give them. */
export function misplacedSecrets({ password, recipients, privateKey }: Values): Record<string, string> {
  const sealed = sealedValue();
  const key = Buffer.from(privateKey).toString('base64');
  return {
    'apps/web/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: web
data:
  SMTP_PASSWORD: ${password}
`,
    'charts/cache/values.yaml': `auth:\n  password: ${password}\n`,
    'apps/cache/generator.yaml': `apiVersion: viaduct.ai/v1
kind: ksops
metadata:
  name: cache
secretFrom:
  - metadata: {name: cache}
    literals: [mode=cluster]
`,
    'apps/cache/sealed.yaml': sealedSecret('payments', { password: sealed, token: sealed.slice(0, 200) }),
    'apps/cache/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: cache
  namespace: payments
stringData:
  password: ${password}
`,
    'apps/web/sealed.yaml': sealedSecret('web', { password: sealed }),
    'infrastructure/backup/sealing-key.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: sealed-secrets-key
  namespace: kube-system
  labels:
    sealedsecrets.bitnami.com/sealed-secrets-key: active
type: kubernetes.io/tls
data:
  tls.key: ${key}
`,
    'clusters/edge/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: edge
  namespace: flux-system
spec:
  path: ./apps/edge
`,
    'apps/edge/gateway.enc.yaml': encryptedSecret({
      namespace: 'edge',
      name: 'gateway',
      keys: ['token'],
      recipients,
    }),
  };
}

function sealedSecret(namespace: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `    ${key}: ${value}`);
  return `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: cache
  namespace: ${namespace}
spec:
  encryptedData:
${lines.join('\n')}
`;
}

/** Random bytes in the form of a sealed value: the length of a 4096-bit RSA block, the block, and the ciphertext. */
function sealedValue(): string {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(512);
  return Buffer.concat([length, randomBytes(512 + 40)]).toString('base64');
}

import { isRecord } from '../manifest.ts';
import type { PlainKey } from '../plain-secret.ts';
import { decodeBase64 } from '../base64.ts';
import { kindByForm, kindByName, kindOfFile } from './check.ts';
import { credentialNamed } from './key-name.ts';
import type { CredentialKind } from './kinds.ts';
import { isServiceAccountToken } from './text.ts';

type Fields = Readonly<Record<string, unknown>>;

const BY_TYPE: Readonly<Record<string, Readonly<Record<string, CredentialKind>>>> = {
  'kubernetes.io/dockerconfigjson': { '.dockerconfigjson': 'registry' },
  'kubernetes.io/dockercfg': { '.dockercfg': 'registry' },
  'kubernetes.io/tls': { 'tls.key': 'tls-key' },
  'kubernetes.io/basic-auth': { password: 'basic-auth' },
  'kubernetes.io/ssh-auth': { 'ssh-privatekey': 'ssh-key' },
  'kubernetes.io/service-account-token': { token: 'service-account-token' },
  'bootstrap.kubernetes.io/token': { 'token-secret': 'bootstrap-token', 'token-id': 'bootstrap-token' },
  'helm.sh/release.v1': { release: 'helm-release' },
};

const ARGO_REPOSITORY = /^(?:repository|repo-creds|repository-write|repo-write-creds|scm-creds)$/;

/** What a key of a Secret is: by the Secret's type and labels, else by the value's form, else by the key's name. */
export function kindOfSecretKey(secret: Fields | null, { field, key, value }: PlainKey): CredentialKind {
  const type = secret?.['type'];
  const typed = typeof type === 'string' && Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  const known = typed !== undefined && Object.hasOwn(typed, key) ? typed[key] : undefined;
  return known ?? kindInArgo(secret ?? {}, key) ?? kindOfValue(key, field, value);
}

function kindInArgo(secret: Fields, key: string): CredentialKind | null {
  const metadata = isRecord(secret['metadata']) ? secret['metadata'] : {};
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  if (labels['sealedsecrets.bitnami.com/sealed-secrets-key'] !== undefined)
    return key === 'tls.key' ? 'sealing-key' : null;
  const secretType = labels['argocd.argoproj.io/secret-type'];
  if (secretType === 'cluster') return 'argocd-cluster';
  if (typeof secretType === 'string' && ARGO_REPOSITORY.test(secretType)) return 'argocd-repository';
  if (metadata['name'] === 'argocd-notifications-secret') return 'notification';
  if (metadata['name'] !== 'argocd-secret') return null;
  if (key === 'admin.password') return 'argocd-admin';
  if (key === 'server.secretkey') return 'argocd-signing-key';
  return /^webhook\..*secret$/.test(key) ? 'argocd-webhook' : null;
}

function kindOfValue(key: string, field: string, value: unknown): CredentialKind {
  if (typeof value !== 'string') return credentialNamed(key) === null ? 'secret' : kindByName(key);
  const text = (field === 'data' ? decodeBase64(value) : null) ?? value;
  const file = kindOfFile(text);
  if (file === 'private-key' && key === 'tls.key') return 'tls-key';
  if (file !== null)
    return file === 'jwt' && isServiceAccountToken(text.trim()) ? 'service-account-token' : file;
  if (/"type"\s*:\s*"service_account"/.test(text)) return 'gcp-key';
  return kindByForm(text) ?? (credentialNamed(key) === null ? 'secret' : kindByName(key));
}

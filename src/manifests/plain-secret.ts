import { decodeBase64 } from './base64.ts';
import { isRecord } from './manifest.ts';
import { isPlaceholder } from './placeholder.ts';
import type { Pointer } from './position.ts';
import { isCiphertext } from './sops-crypt.ts';

/** A key of a Secret whose value can be read. */
export interface PlainKey {
  readonly pointer: Pointer;
  readonly field: string;
  readonly key: string;
  readonly value: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The keys of a Secret that hold something to hide in plain text. Left out are empty values, placeholders,
 * ciphertext of SOPS, and what is public anyway: certificates, public keys, and the fields by which Argo CD
 * finds a repository or cluster.
 */
export function plainKeysOf(secret: Fields): PlainKey[] {
  if (secret['$patch'] === 'delete') return [];
  const metadata = isRecord(secret['metadata']) ? secret['metadata'] : {};
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  const forArgo = labels['argocd.argoproj.io/secret-type'] !== undefined;
  const isPlain = (key: string, text: string): boolean =>
    !isPlaceholder(text) && !isPublicMaterial(key, text) && !(forArgo && isPublicArgoField(key, text));

  return [
    ...fieldKeys(secret, 'data', isPlain),
    ...fieldKeys(secret, 'stringData', isPlain),
    ...lastApplied(metadata),
  ];
}

function fieldKeys(
  secret: Fields,
  field: 'data' | 'stringData',
  isPlain: (key: string, text: string) => boolean,
): PlainKey[] {
  const values = secret[field];
  if (!isRecord(values)) return [];
  return Object.entries(values).flatMap(([key, given]) => {
    const value = textOfBinary(given) ?? given;
    if (value === null || value === undefined || value === '' || isCiphertext(value)) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const readings = field === 'data' ? [text, decodeBase64(text)] : [text];
    const plain = readings.every((reading) => reading === null || isPlain(key, reading));
    return plain ? [{ pointer: [field, key], field, key, value }] : [];
  });
}

/** A scalar with the tag `!!binary` is base64 of what the cluster reads. Null for anything else. */
export function textOfBinary(value: unknown): string | null {
  return ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
    : null;
}

/** What `kubectl apply` leaves behind repeats the whole object, values included. */
function lastApplied(metadata: Fields): PlainKey[] {
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  const text = annotations[LAST_APPLIED];
  if (typeof text !== 'string' || isCiphertext(text)) return [];
  const copy = parseJson(text);
  if (!isRecord(copy) || plainKeysOf({ ...copy, metadata: {} }).length === 0) return [];
  const pointer = ['metadata', 'annotations', LAST_APPLIED];
  return [{ pointer, field: 'metadata.annotations', key: LAST_APPLIED, value: text }];
}

const PUBLIC_BLOCKS =
  /-----BEGIN ((?:TRUSTED )?CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY|PGP PUBLIC KEY BLOCK)-----[^-]*-----END \1-----/g;
const KEY_TYPE = '(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp\\d+|sk-[\\w@.-]+)';
const PUBLIC_KEY = new RegExp(`^${KEY_TYPE} [A-Za-z0-9+/]+={0,2}(?: [\\w@.+-]+)?$`);
const KNOWN_HOST = new RegExp(`^(?:@\\S+ )?[\\w.,:*|=+/[\\]-]+ ${KEY_TYPE} [A-Za-z0-9+/]+={0,2}$`);

/** Only certificates and public keys; a line of anything else makes it private. */
function isPublicMaterial(key: string, text: string): boolean {
  const rest = text.replaceAll(PUBLIC_BLOCKS, '').trim();
  if (rest === '') return true;
  const lines = rest.split('\n').map((line) => line.trim());
  const isHosts = /known_?hosts$/i.test(key);
  return lines.every(
    (line) =>
      PUBLIC_KEY.test(line) || (isHosts && (line === '' || line.startsWith('#') || KNOWN_HOST.test(line))),
  );
}

/** Fields of Argo CD's repository and cluster secrets that say where something is, not how to get in. */
const PUBLIC_ARGO_FIELDS = new Set(
  (
    'type name project server namespaces clusterResources shard enableLfs enableOCI insecure insecureIgnoreHostKey ' +
    'forceHttpBasicAuth noProxy githubAppID githubAppInstallationID depth useAzureWorkloadIdentity insecureOCIForceHttp'
  ).split(' '),
);
const ARGO_URLS = new Set(['url', 'proxy', 'githubAppEnterpriseBaseUrl']);
/** Fields of a cluster's `config` that let somebody in. */
const CLUSTER_CREDENTIALS = /"(?:bearerToken|password|keyData|env)"\s*:/;

function isPublicArgoField(key: string, text: string): boolean {
  if (PUBLIC_ARGO_FIELDS.has(key)) return text.length <= 500 && !text.includes('\n');
  // `git@host:team/repo` names a user and no password.
  if (ARGO_URLS.has(key))
    return /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[a-z]{1,20}@)?[^\s@:?]+(?::[^\s@?]*)?$/i.test(text);
  // A token that is used as a user name has digits.
  if (key === 'username') return /^[A-Za-z.@-]{1,40}$/.test(text);
  if (key !== 'config') return false;
  const config = parseJson(text);
  // Written anew, so that no escape hides a key.
  return isRecord(config) && !CLUSTER_CREDENTIALS.test(JSON.stringify(config));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

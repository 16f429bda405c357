import type { IndexedObject } from '../../engine/object-index.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What cert-manager may write into the Secret of a Certificate. */
const CERTIFICATE_KEYS = [
  'tls.crt',
  'tls.key',
  'ca.crt',
  'tls-combined.pem',
  'key.der',
  'keystore.jks',
  'truststore.jks',
  'keystore.p12',
  'truststore.p12',
];
/** Annotations and labels by which something writes more keys into an object. */
const FILLED = /inject|replicate|trust-manager|managed-by":"(?:Helm|helm)"/;
/** Annotations of Sealed Secrets that leave keys of others alone. */
const PATCHED = /sealedsecrets\.bitnami\.com\/(?:patch|managed)/;
/** The controller writes these itself. */
const FILLED_TYPE = /service-account-token|bootstrap\.kubernetes\.io/;

/** The keys of the ConfigMap or Secret that exists because of an object, when it is called `name`; null: that cannot be told. */
export function keysMadeBy(object: IndexedObject, name: string): readonly string[] | null {
  if (object.form !== 'whole') return null;
  const keys = keysIn(object, name);
  return keys === null || keys.length === 0 || keys.some(holdsExpression) ? null : keys;
}

function keysIn({ kind, name: own, value }: IndexedObject, name: string): string[] | null {
  const target = asText(valueAt(value, ['spec', 'target', 'name'])) ?? own;
  switch (kind) {
    case 'ConfigMap':
      return isFilled(value) ? null : [...keysAt(value, ['data']), ...keysAt(value, ['binaryData'])];
    case 'Secret':
      return isFilled(value) || FILLED_TYPE.test(String(value['type']))
        ? null
        : [...keysAt(value, ['data']), ...keysAt(value, ['stringData'])];
    case 'ExternalSecret':
      return target === name ? externalKeys(value) : null;
    case 'SealedSecret':
      return own === name ? sealedKeys(value) : null;
    case 'Certificate':
      return CERTIFICATE_KEYS;
    default:
      return null;
  }
}

function isFilled(value: Fields): boolean {
  return FILLED.test(JSON.stringify(value['metadata'] ?? null));
}

/** https://external-secrets.io/latest/api/externalsecret/ */
function externalKeys(value: Fields): string[] | null {
  const target = valueAt(value, ['spec', 'target']);
  const policy = valueAt(target, ['creationPolicy']) ?? 'Owner';
  if (policy !== 'Owner' && policy !== 'Orphan') return null;
  if (listAt(value, ['spec', 'dataFrom']).length > 0) return null;
  const own = listAt(value, ['spec', 'data']).flatMap((item) => asText(valueAt(item, ['secretKey'])) ?? []);
  const template = valueAt(target, ['template']);
  if (!isRecord(template)) return own;
  if (listAt(template, ['templateFrom']).length > 0) return null;
  const made = keysAt(template, ['data']);
  if (made.length === 0) return own;
  return template['mergePolicy'] === 'Merge' ? [...own, ...made] : made;
}

function sealedKeys(value: Fields): string[] | null {
  if (PATCHED.test(JSON.stringify(value))) return null;
  return [...keysAt(value, ['spec', 'encryptedData']), ...keysAt(value, ['spec', 'template', 'data'])];
}

function keysAt(value: unknown, pointer: readonly string[]): string[] {
  const data = valueAt(value, pointer);
  return isRecord(data) ? Object.keys(data) : [];
}

/** The keys that a generator of kustomize gives; null when some stand in files that are not read. */
export function generatedKeys(generator: Fields): readonly string[] | null {
  if (generator['envs'] !== undefined || generator['env'] !== undefined) return null;
  const literals = listAt(generator, ['literals']).flatMap((literal) => keyBefore(literal));
  const files = listAt(generator, ['files']).flatMap((file) => keyBefore(file, true));
  const keys = [...literals, ...files];
  return keys.length === 0 || keys.some(holdsExpression) ? null : keys;
}

/** `KEY=value`, and the name of a file where it has no key. */
function keyBefore(text: unknown, isFile = false): string[] {
  if (typeof text !== 'string') return [];
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals)];
  return isFile ? [text.slice(text.lastIndexOf('/') + 1)] : [];
}

import { isBase64 } from './base64.ts';
import { isRecord, type Manifest } from './manifest.ts';

/** How far a sealed value may travel: it is bound to name and namespace, to the namespace, or to nothing. */
export type SealingScope = 'strict' | 'namespace-wide' | 'cluster-wide';

/** What the ciphertext of a SealedSecret is bound to. */
export interface Sealed {
  readonly scope: SealingScope;
  readonly namespace: string | null;
  readonly name: string | null;
  /** By the key of the Secret. */
  readonly values: ReadonlyMap<string, string>;
}

const PREFIX = 'sealedsecrets.bitnami.com/';

export function isSealedSecret({ group, kind }: Manifest): boolean {
  return group === 'bitnami.com' && kind === 'SealedSecret';
}

export function readSealedSecret(manifest: Manifest): Sealed {
  const metadata = isRecord(manifest.value['metadata']) ? manifest.value['metadata'] : {};
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  const { spec } = manifest.value;
  const data = isRecord(spec) && isRecord(spec['encryptedData']) ? spec['encryptedData'] : {};
  return {
    scope: scopeOf(annotations),
    namespace: manifest.namespace,
    name: manifest.name,
    values: new Map(
      Object.entries(data).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
      ),
    ),
  };
}

function scopeOf(annotations: Readonly<Record<string, unknown>>): SealingScope {
  if (annotations[`${PREFIX}cluster-wide`] === 'true') return 'cluster-wide';
  return annotations[`${PREFIX}namespace-wide`] === 'true' ? 'namespace-wide' : 'strict';
}

/** Whether what was sealed as `a` opens as `b`. A namespace that is not given may be any: kustomize or Flux fills it in. */
export function opensAs(a: Sealed, b: Sealed): boolean {
  if (a.scope !== b.scope) return false;
  const sameNamespace = a.namespace === null || b.namespace === null || a.namespace === b.namespace;
  switch (a.scope) {
    case 'strict':
      return sameNamespace && (a.name === null || b.name === null || a.name === b.name);
    case 'namespace-wide':
      return sameNamespace;
    case 'cluster-wide':
      return true;
  }
}

/** RSA keys of 2048, 3072, 4096 and 8192 bits. */
const KEY_LENGTHS = new Set([256, 384, 512, 1024]);
const LENGTH_BYTES = 2;
const GCM_TAG = 16;

/** What is wrong with a sealed value, as a clause; null when nothing is. */
export function sealedValueDefect(text: string): string | null {
  const compact = text.replaceAll(/[\r\n]/g, '');
  if (!isBase64(compact)) return 'is no complete base64';
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.length < LENGTH_BYTES) return 'is cut short';
  const keyLength = bytes.readUInt16BE(0);
  if (!KEY_LENGTHS.has(keyLength)) return 'does not begin with an encrypted session key';
  return bytes.length < LENGTH_BYTES + keyLength + GCM_TAG ? 'is cut short' : null;
}

/** Long base64 that begins as sealed values do; anything else was never sealed. */
export function looksSealed(text: string): boolean {
  return /^A[A-Za-z0-9+/=\r\n]{99,}$/.test(text.trim());
}

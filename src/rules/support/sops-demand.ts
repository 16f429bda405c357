import { posix } from 'node:path';
import type { JudgedFile } from '../../engine/rule.ts';
import { isForeignCiphertext } from '../../manifests/credentials/literal.ts';
import { leavesOf, type Leaf } from '../../manifests/leaves.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { isPlaceholder } from '../../manifests/placeholder.ts';
import { plainKeysOf } from '../../manifests/plain-secret.ts';
import type { Range } from '../../manifests/position.ts';
import { isCiphertext, type EncryptionScope } from '../../manifests/sops-crypt.ts';
import { sopsDocumentsOf, sopsMetadataOf } from '../../manifests/sops-file.ts';

/** A value that could be encrypted and is not. */
export interface PlainValue {
  readonly range: Range;
  readonly value: unknown;
}

/** Values of the Secrets in a file that `scope` covers. */
export function plainSecretValues(file: JudgedFile, scope: EncryptionScope): PlainValue[] {
  return file.manifests
    .filter((manifest) => isSecret(manifest) && !hasMetadata(manifest))
    .flatMap((manifest) =>
      plainKeysOf(manifest.value)
        .filter(({ pointer }) => scope(pointer))
        .map(({ pointer, value }) => ({ range: manifest.rangeOf(pointer, 'key'), value })),
    );
}

/** Values of documents that are no Kubernetes objects, such as Helm values, dotenv and INI files. */
export function plainOtherValues(file: JudgedFile, scope: EncryptionScope): PlainValue[] {
  return sopsDocumentsOf(file)
    .filter((document) => !isObject(document.value) && sopsMetadataOf(document) === null)
    .flatMap((document) =>
      leavesOf(document.value)
        .filter((leaf) => scope(leaf.keys) && isReadable(leaf))
        .map(({ pointer, value }) => ({ range: document.rangeOf(pointer, 'key'), value })),
    );
}

/** Where the first value that could be encrypted stands; nothing in a file without such values. */
export function firstPlain(file: JudgedFile): { readonly range?: Range } {
  const all = (): boolean => true;
  const first = plainSecretValues(file, all)[0] ?? plainOtherValues(file, all)[0];
  return first === undefined ? {} : { range: first.range };
}

/** Neither ciphertext nor left for something else to fill in. */
export function isReadable({ value }: Pick<Leaf, 'value'>): boolean {
  return typeof value !== 'string' || (!isCiphertext(value) && !isPlaceholder(value));
}

// Objects that stand for a secret without holding it.
const REFERENCE_GROUPS = new Set(['external-secrets.io', 'bitnami.com', 'secrets.hashicorp.com']);

/** True when nothing in the file is worth hiding: no values, or only objects that refer to secrets. */
export function hasNothingToHide(file: JudgedFile): boolean {
  if (file.text !== null && file.text.trim() === '') return true;
  if (file.yaml === null) {
    const documents = sopsDocumentsOf(file);
    return documents.length > 0 && !documents.some((document) => leavesOf(document.value).some(isReadable));
  }
  if (file.yaml.problems.length > 0) return false;
  const objects = file.manifests.filter((manifest) => !REFERENCE_GROUPS.has(manifest.group));
  const others = file.yaml.documents.some(
    (document) => !isObject(document.value) && leavesOf(document.value).some(isReadable),
  );
  return (
    !others && objects.every((manifest) => isSecret(manifest) && plainKeysOf(manifest.value).length === 0)
  );
}

export function isSecret(manifest: Manifest): boolean {
  return manifest.kind === 'Secret' && manifest.group === '';
}

export function isObject(value: unknown): boolean {
  return isRecord(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string';
}

function hasMetadata(manifest: Manifest): boolean {
  return isRecord(manifest.value['sops']);
}

const ENCRYPTED_NAME = /.\.(?:sops|enc|encrypted)\.(?:ya?ml|json|env|ini)$/i;

/** `db.sops.yaml`, `values.enc.yaml`: the name promises that the file is encrypted. */
export function isNamedEncrypted(path: string): boolean {
  return ENCRYPTED_NAME.test(posix.basename(path));
}

/** A path pattern that singles out secrets, and not just every YAML file. */
export function singlesOutSecrets(pathRegex: string): boolean {
  return /sops|secret|encrypt|(?<![a-z])enc(?![a-z])/i.test(pathRegex);
}

const NEVER_SECRET =
  /^(?:kustomization\.ya?ml|chart\.(?:yaml|lock)|package(?:-lock)?\.json|.*\.schema\.json|\..*)$/i;

/** Files that steer a tool, and stand beside secrets without being any. A dotenv file is not among them. */
export function isToolFile(path: string): boolean {
  const name = posix.basename(path);
  return NEVER_SECRET.test(name) && !/^\.env$|\.env$/i.test(name);
}

/** Encrypted by something else than SOPS. */
export function isEncryptedOtherwise({ text, version }: JudgedFile): boolean {
  if (text !== null) return isForeignCiphertext(text);
  const head = version.content?.subarray(0, 32) ?? new Uint8Array();
  const magic = String.fromCharCode(...head);
  return magic.startsWith('\0GITCRYPT') || magic.startsWith('age-encryption.org/');
}

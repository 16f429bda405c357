import { posix } from 'node:path';
import { decodeText, openFile } from '../../engine/judged-file.ts';
import type { FileRule, JudgedFile, Problem, RuleContext } from '../../engine/rule.ts';
import { leavesOf } from '../../manifests/leaves.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { SOPS_CONFIG_NAME, type CreationRule } from '../../manifests/sops-config.ts';
import {
  CIPHERTEXT_PREFIX,
  encryptionScope,
  modesOf,
  type EncryptionScope,
} from '../../manifests/sops-crypt.ts';
import {
  isSopsEncrypted,
  sopsDocumentsOf,
  sopsFormatOf,
  sopsMetadataOf,
  sopsPayloadOf,
} from '../../manifests/sops-file.ts';
import { valueAt } from '../../manifests/workload.ts';
import type { YamlDocument } from '../../manifests/yaml-document.ts';
import { neighboursOf } from '../../sops/neighbours.ts';
import { holdsCiphertext } from '../../sops/reading.ts';
import { shellWord } from '../support/shell.ts';
import { SOPS_CONFIG_GLOBS, sopsConfigFor } from '../support/sops-context.ts';
import { originalOf } from '../support/sops-copies.ts';
import {
  firstPlain,
  hasNothingToHide,
  isEncryptedOtherwise,
  isNamedEncrypted,
  isReadable,
  isToolFile,
  plainOtherValues,
  plainSecretValues,
  singlesOutSecrets,
} from '../support/sops-demand.ts';
import { possibleOriginals } from '../support/sops-siblings.ts';

const LOST =
  '`{path}` was encrypted with SOPS and is not any more. Anyone who can read this repository can now read it, and it ' +
  'stays in the history.';
const LOST_VALUE =
  '`{key}` in `{path}` was encrypted with SOPS and is now in plain text. Anyone who can read this repository can read ' +
  'it, and it stays in the history.';
const COPY =
  '`{path}` holds in plain text what `{original}` encrypts. Anyone who can read this repository can now read it, and it ' +
  'stays in the history.';
const TOO_LATE =
  '`{path}` was committed in plain text before it was encrypted. Anyone who can read this repository can read it, and ' +
  'it stays in the history.';
const NAMED =
  '`{path}` is named like an encrypted file and is not encrypted. Anyone who can read this repository can read it, and ' +
  'it stays in the history.';
const REMOVE =
  'Rotate what it holds, remove the file with `git rm {file}`, and keep or restore `{original}`.';

export const sopsFileNotEncrypted: FileRule = {
  scope: 'file',
  context: SOPS_CONFIG_GLOBS,
  widen: possibleOriginals,
  judge(file, context) {
    if (posix.basename(file.path) === SOPS_CONFIG_NAME || isEncryptedOtherwise(file)) return [];
    const lost = lostEncryption(file, encryptedBefore(context));
    const found = lost.length > 0 ? lost : copied(file, context);
    return (found.length > 0 ? found : neverEncrypted(file, context)).map((problem) => ({
      ...problem,
      values: { ...problem.values, file: shellWord(file.path) },
    }));
  },
};

/** The version before it that was encrypted: the base's, or else one that an earlier commit of the change made. */
function encryptedBefore({ previous, earlier = [], snapshot }: RuleContext): JudgedFile | null {
  if (previous && isSopsEncrypted(previous)) return previous;
  for (const version of earlier) {
    if (!holdsCiphertext(version)) continue;
    const { file } = openFile(version.path, version, snapshot);
    if (isSopsEncrypted(file)) return file;
  }
  return null;
}

/** Encrypted before, plain now. */
function lostEncryption(file: JudgedFile, previous: JudgedFile | null): Problem[] {
  if (previous === null) return [];
  if (isSopsEncrypted(file)) return lostValues(file, previous);
  if (hasNothingToHide(file) || file.text?.includes(CIPHERTEXT_PREFIX) === true) return [];
  return [{ ...firstPlain(file), judged: file.text ?? file.version.oid, message: LOST }];
}

/** The plain text of an encrypted file, under its own or another name. */
function copied(file: JudgedFile, context: RuleContext): Problem[] {
  if (holdsCiphertext(file.version) || hasNothingToHide(file)) return [];
  const original = originalOf(file, context);
  if (original === null) return [];
  const found = { ...firstPlain(file), judged: file.text ?? file.version.oid };
  return original === file.path
    ? [{ ...found, message: TOO_LATE }]
    : [{ ...found, message: COPY, values: { original }, remediation: REMOVE }];
}

/** Values of a file that is still encrypted in part. Those that its own mode covers are for valid-sops-file. */
function lostValues(file: JudgedFile, previous: JudgedFile): Problem[] {
  const before = new Map(
    sopsDocumentsOf(previous).map((document, index) => [identityOf(document, index), document]),
  );
  return sopsDocumentsOf(file).flatMap((document, index) => {
    const old = before.get(identityOf(document, index));
    if (old === undefined || sopsMetadataOf(old) === null) return [];
    const covered = coveredBy(document);
    return leavesOf(sopsPayloadOf(document))
      .filter((leaf) => isReadable(leaf) && !covered(leaf.keys) && wasEncrypted(old, leaf.pointer))
      .map(({ pointer, value }) => ({
        pointer,
        range: document.rangeOf(pointer, 'key'),
        judged: value,
        message: LOST_VALUE,
        values: { key: pointer.at(-1) ?? '' },
      }));
  });
}

function wasEncrypted(old: YamlDocument, pointer: readonly string[]): boolean {
  const value = valueAt(old.value, pointer);
  return typeof value === 'string' && value.startsWith(CIPHERTEXT_PREFIX);
}

/** Documents may be reordered; objects are known by their name. */
function identityOf(document: YamlDocument, index: number): string {
  const root = isRecord(document.value) ? document.value : {};
  const metadata = isRecord(root['metadata']) ? root['metadata'] : {};
  const { kind } = root;
  return typeof kind === 'string'
    ? JSON.stringify([kind, metadata['namespace'] ?? null, metadata['name'] ?? null])
    : String(index);
}

function coveredBy(document: YamlDocument): EncryptionScope {
  const metadata = sopsMetadataOf(document);
  if (metadata === null) return () => false;
  const modes = modesOf(metadata);
  try {
    return (modes.length > 1 ? null : encryptionScope(modes[0] ?? null)) ?? (() => false);
  } catch {
    return () => false;
  }
}

/** Its name or a creation rule says that it must be encrypted, and it is not. */
function neverEncrypted(file: JudgedFile, context: RuleContext): Problem[] {
  const { snapshot } = context;
  if (file.text === null) return [];
  const rule = sopsConfigFor(file.path, snapshot)?.ruleFor(file.path) ?? null;
  const named = isNamedEncrypted(file.path);
  if (rule === null && !named) return [];
  const scope = rule?.scope ?? ((): boolean => true);
  const secrets = plainSecretValues(file, scope);
  const singledOut = named || (rule !== null && isSingledOut(file.path, rule, context));
  const others = singledOut && !isToolFile(file.path) ? plainOtherValues(file, scope) : [];
  const plain = [...secrets, ...others];
  if (plain.length === 0) return [];
  return [
    {
      ...(plain[0] === undefined ? {} : { range: plain[0].range }),
      judged: plain.map(({ value }) => value),
      ...(rule === null
        ? { message: NAMED }
        : { values: { pattern: rule.pathRegex === '' ? '.*' : rule.pathRegex } }),
    },
  ];
}

function isSingledOut(path: string, rule: CreationRule, context: RuleContext): boolean {
  return singlesOutSecrets(rule.pathRegex) || hasEncryptedSibling(path, context);
}

/**
 * Whether a file beside it, of the same format, is encrypted as a whole. Only those that change together are looked at:
 * an encrypted file stands beside plain values in many folders.
 */
function hasEncryptedSibling(path: string, { snapshot, changed }: RuleContext): boolean {
  const format = sopsFormatOf(path);
  return neighboursOf(path, snapshot).some((other) => {
    if (sopsFormatOf(other.path) !== format || changed?.has(other.path) === false) return false;
    if (!holdsCiphertext(other)) return false;
    const text = other.content === null ? null : decodeText(other.content);
    return text !== null && !/^\s*["']?kind["']?:/m.test(text);
  });
}

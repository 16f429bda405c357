import { posix } from 'node:path';
import type { FileRule, JudgedFile, Problem, RuleContext } from '../../engine/rule.ts';
import { brokenLines } from '../../manifests/flat-file.ts';
import { leavesOf, type Leaf } from '../../manifests/leaves.ts';
import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { readSopsConfig, SOPS_CONFIG_NAME } from '../../manifests/sops-config.ts';
import {
  CIPHERTEXT_PREFIX,
  ciphertextDefect,
  encryptionScope,
  isCiphertext,
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
import type { YamlDocument } from '../../manifests/yaml-document.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';
import { earlierReadings } from '../support/sops-earlier.ts';
import { metadataDefects } from '../support/sops-metadata.ts';
import { shellWord } from '../support/shell.ts';

const PLAIN =
  '`{key}` in `{path}` is in plain text, although the SOPS settings of the file say that it is encrypted. Anyone who ' +
  'can read this repository can read it, and SOPS cannot decrypt the file.';
const TAIL =
  '`{key}` in `{path}` has text behind its encrypted value. SOPS drops that text without a word, so it is neither ' +
  'encrypted nor used, and may be a secret.';
const BROKEN =
  '`{key}` in `{path}` is damaged: it is no complete SOPS value, so the file cannot be decrypted.';
const NO_METADATA =
  '`{path}` has encrypted values and no SOPS metadata, without which nobody can decrypt them.';
const MANY =
  '`{path}` has {count} more values with the same faults. The first {shown} are listed one by one.';
const CONFIG =
  '`{path}` cannot be used: {reason}. SOPS stops with an error, so nobody can encrypt a file by it.';

const EMPTIED =
  '`{path}` was encrypted with SOPS and is empty now. What deploys it fails, and what it held is lost to those who come ' +
  'after.';
const NO_JSON =
  '`{path}` holds encrypted values and is no valid JSON, the form in which SOPS keeps files of this type: it was cut off ' +
  'or edited. SOPS cannot decrypt it, so what deploys it fails.';
const TWICE =
  'A key stands twice in `{path}`. SOPS reads both values and other tools take one, so its MAC and what is used differ.';
const LINE =
  'A line in `{path}` is neither a comment nor `KEY=value`. SOPS stops at it, so the file cannot be decrypted.';

const REMOVE = 'Restore the file from the base branch, or remove it with `git rm {file}`.';
const ROTATE =
  'Rotate what was readable, restore the file from the base branch, and change it with `sops {file}`.';
const RESTORE = 'Restore the file from the base branch, and change it with `sops {file}`.';

/** More findings than this in one document say nothing new. */
const MAX_LISTED = 50;

export const validSopsFile: FileRule = {
  scope: 'file',
  judge(file, context) {
    return problemsOf(file, context).map((problem) => ({
      ...problem,
      values: { ...problem.values, file: shellWord(file.path) },
    }));
  },
};

function problemsOf(file: JudgedFile, context: RuleContext): readonly Problem[] {
  if (posix.basename(file.path) === SOPS_CONFIG_NAME) return configProblems(file);
  if (file.text?.trim() === '') {
    const wasEncrypted = earlierReadings(context).length > 0;
    return wasEncrypted ? [{ message: EMPTIED, remediation: REMOVE, judged: null }] : [];
  }
  if (file.text?.includes('ENC[') !== true && file.text?.includes('sops') !== true) return [];
  const documents = sopsDocumentsOf(file);
  return [...textProblems(file, context), ...documents.flatMap(documentProblems)];
}

/** What makes the text as a whole unreadable in its format. Broken YAML is another rule's matter. */
function textProblems(file: JudgedFile, context: RuleContext): Problem[] {
  const { path, text } = file;
  if (text === null) return [];
  const format = sopsFormatOf(path);
  if (format === 'env' || format === 'ini') {
    const [range] = brokenLines(text, format);
    return range === undefined ? [] : [{ message: LINE, remediation: RESTORE, range, judged: null }];
  }
  if (format === 'yaml' || !text.includes(CIPHERTEXT_PREFIX)) return [];
  const isEncrypted = WRAPPED.test(text) || isSopsEncrypted(file) || earlierReadings(context).length > 0;
  if (!isEncrypted) return [];
  if (!isJson(text)) return [{ message: NO_JSON, remediation: RESTORE, judged: null }];
  const twice = (file.yaml ?? parseYaml(path, text)).problems.find(({ kind }) => kind === 'duplicate-key');
  return twice === undefined
    ? []
    : [{ message: TWICE, remediation: RESTORE, range: twice.range, judged: null }];
}

/** How a file of the binary format begins. */
const WRAPPED = /^\s*\{\s*"data"\s*:\s*"ENC\[AES256_GCM,/;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function configProblems({ path, text }: JudgedFile): Problem[] {
  if (text === null) return [];
  return readSopsConfig(path, text).problems.map(({ message, index, range }) => ({
    range,
    message: CONFIG,
    remediation: 'Correct it, and try it with `sops filestatus` on a file that it matches.',
    values: {
      reason: (index === null ? message : `creation rule ${index + 1}: ${message}`).replaceAll('`', ''),
    },
  }));
}

function documentProblems(document: YamlDocument): Problem[] {
  const leaves = leavesOf(sopsPayloadOf(document));
  const encrypted = leaves.filter(
    ({ value }) => typeof value === 'string' && value.startsWith(CIPHERTEXT_PREFIX),
  );
  const metadata = sopsMetadataOf(document) ?? (encrypted.length > 0 ? bareMetadata(document) : null);
  if (metadata === null) {
    // A single sample value in a text is no encrypted document.
    const first = encrypted.find(({ value }) => isCiphertext(value));
    return first === undefined
      ? []
      : [at(document, first.pointer, { message: NO_METADATA, remediation: RESTORE })];
  }
  const modes = modesOf(metadata);
  let scope: EncryptionScope | null = null;
  const faults = metadataDefects(metadata);
  try {
    scope = modes.length > 1 ? null : encryptionScope(modes[0] ?? null);
  } catch {
    faults.push({ pointer: [modes[0]?.kind ?? ''], reason: 'has a pattern that is not valid' });
  }
  return [
    ...faults.map(({ pointer, reason }) =>
      at(document, ['sops', ...pointer], { values: { place: ['sops', ...pointer].join('.'), reason } }),
    ),
    ...limited(
      document,
      leaves.flatMap((leaf) => leafProblem(document, leaf, scope)),
    ),
  ];
}

/** Metadata that lost even what it is known by. */
function bareMetadata({ value }: YamlDocument): Readonly<Record<string, unknown>> | null {
  const metadata = isRecord(value) ? value['sops'] : undefined;
  return isRecord(metadata) ? metadata : null;
}

function leafProblem(document: YamlDocument, leaf: Leaf, scope: EncryptionScope | null): Problem[] {
  const { value, pointer, keys } = leaf;
  const key = keys.at(-1) ?? '';
  const judged = value;
  if (typeof value === 'string' && value.startsWith('ENC[')) {
    const defect = ciphertextDefect(value);
    if (defect === null) return [];
    const cause =
      defect === 'tail' ? { message: TAIL, remediation: ROTATE } : { message: BROKEN, remediation: RESTORE };
    return [at(document, pointer, { ...cause, judged, values: { key } })];
  }
  if (scope?.(keys) !== true) return [];
  return [at(document, pointer, { message: PLAIN, remediation: ROTATE, judged, values: { key } })];
}

function at(document: YamlDocument, pointer: Pointer, problem: Problem): Problem {
  return { pointer, range: document.rangeOf(pointer, 'key'), ...problem };
}

function limited(document: YamlDocument, problems: readonly Problem[]): readonly Problem[] {
  const rest = problems.length - MAX_LISTED;
  if (rest <= 0) return problems;
  const values = { count: String(rest), shown: String(MAX_LISTED) };
  const more = at(document, [], {
    message: MANY,
    remediation: ROTATE,
    values,
    judged: problems.map((one) => one.judged),
  });
  return [...problems.slice(0, MAX_LISTED), more];
}

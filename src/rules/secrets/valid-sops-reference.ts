import { posix } from 'node:path';
import type { Snapshot } from '../../engine/change.ts';
import { decodeText, openFile } from '../../engine/judged-file.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { isSopsEncrypted } from '../../manifests/sops-file.ts';
import { valueAt } from '../../manifests/workload.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';
import { shellWord } from '../support/shell.ts';
import { isEncryptedOtherwise } from '../support/sops-demand.ts';

const PLAIN =
  '{kind} `{name}` has `{file}` decrypted by {tool}, and it is not encrypted with SOPS. Rendering stops with an error, or ' +
  'what the file holds is readable by everybody who can read this repository.';
const MISSING =
  '{kind} `{name}` has `{file}` decrypted by {tool}, and there is no such file: rendering stops with an error.';
const LITERALS =
  '{kind} `{name}` gives `literals` under `secretFrom`, which ksops ignores without a word: those keys will be missing from the ' +
  'Secret, and their values stand here in plain text.';

/** A file that something will decrypt before it is deployed. */
interface Reference {
  readonly pointer: Pointer;
  readonly tool: string;
  /** Where it may stand, from the root of the repository. */
  readonly candidates: readonly string[];
}

export const validSopsReference: ManifestRule = {
  scope: 'manifest',
  widen(path, content) {
    const text = content && mayRefer(path, content) ? decodeText(content) : null;
    if (text === null) return null;
    const references = parseYaml(path, text).manifests.flatMap(referencesIn);
    return { paths: references.flatMap(({ candidates }) => candidates) };
  },
  judge(manifest, { snapshot }) {
    return [
      ...referencesIn(manifest).flatMap((reference) => problemOf(reference, snapshot) ?? []),
      ...(isKsops(manifest) ? ignoredLiterals(manifest) : []),
    ];
  },
};

/** A larger file is no generator and no Application. */
const MAX_WIDENED = 256 * 1024;

function mayRefer(path: string, content: Uint8Array): boolean {
  if (!/\.ya?ml$/i.test(path) || content.byteLength > MAX_WIDENED) return false;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return /viaduct\.ai|secrets[+a-z-]{0,40}:\/\//.test(bytes.toString('latin1'));
}

function referencesIn(manifest: Manifest): Reference[] {
  return isKsops(manifest) ? ksopsReferences(manifest) : helmReferences(manifest);
}

function isKsops({ group, kind }: Manifest): boolean {
  return group === 'viaduct.ai' && kind === 'ksops';
}

function problemOf({ pointer, tool, candidates }: Reference, snapshot: Snapshot): Problem | null {
  const file = candidates.find((candidate) => snapshot.paths.has(candidate));
  if (file === undefined) {
    const [wanted] = candidates;
    // A file of another repository cannot be told from one that is missing.
    if (wanted === undefined || tool !== 'ksops') return null;
    return {
      pointer,
      judged: wanted,
      message: MISSING,
      values: { file: wanted, tool },
      remediation: 'Name a file that is there, from the folder of this one.',
    };
  }
  const version = snapshot.files.get(file);
  if (version?.content === undefined || version.content === null) return null;
  const opened = openFile(file, version, snapshot).file;
  if (isSopsEncrypted(opened) || isEncryptedOtherwise(opened)) return null;
  return {
    pointer,
    judged: file,
    message: PLAIN,
    values: { file, tool },
    remediation: `Rotate what it holds, then run \`sops --encrypt --in-place ${shellWord(file)}\`.`,
    related: [{ message: 'the file that is not encrypted', location: { path: file, range: null } }],
  };
}

function ksopsReferences(manifest: Manifest): Reference[] {
  const folder = posix.dirname(manifest.path);
  const reference = (pointer: Pointer, entry: string): Reference => ({
    pointer,
    tool: 'ksops',
    candidates: [posix.normalize(posix.join(folder, entry))],
  });
  const own = textsAt(manifest, ['files']).map(({ pointer, text }) => reference(pointer, text));
  const nested = secretFroms(manifest).flatMap((root) =>
    ['files', 'binaryFiles', 'envs'].flatMap((field) =>
      // `key=path` renames the key.
      textsAt(manifest, [...root, field]).map(({ pointer, text }) =>
        reference(pointer, text.slice(text.indexOf('=') + 1)),
      ),
    ),
  );
  return [...own, ...nested];
}

function ignoredLiterals(manifest: Manifest): Problem[] {
  return secretFroms(manifest).flatMap((root) => {
    const pointer = [...root, 'literals'];
    const literals = valueAt(manifest.value, pointer);
    if (!Array.isArray(literals) || literals.length === 0) return [];
    return [
      {
        pointer,
        atKey: true,
        judged: literals,
        message: LITERALS,
        remediation:
          'Put them into a dotenv file, encrypt it with `sops --encrypt --in-place`, and name it under `envs`.',
      },
    ];
  });
}

function secretFroms(manifest: Manifest): Pointer[] {
  const list = manifest.value['secretFrom'];
  return Array.isArray(list) ? list.map((_, index) => ['secretFrom', String(index)]) : [];
}

const HELM_SECRETS = /^secrets(?:\+[a-z-]+)?:\/\/(?:[^?]*\?)?(.+)$/;

/** Values files that helm-secrets decrypts for Argo CD. */
function helmReferences(manifest: Manifest): Reference[] {
  if (manifest.group !== 'argoproj.io') return [];
  const sources = applicationSources(manifest);
  return sources.flatMap((root) => {
    const source = valueAt(manifest.value, root);
    const path = isRecord(source) && typeof source['path'] === 'string' ? source['path'] : '';
    return textsAt(manifest, [...root, 'helm', 'valueFiles']).flatMap(({ pointer, text }) => {
      const file = HELM_SECRETS.exec(text)?.[1];
      if (file === undefined || /^[a-z]+:\/\/|\{\{/.test(file)) return [];
      // `$name/…` stands in another source, which may be this repository.
      const candidates = file.startsWith('$')
        ? [posix.normalize(file.slice(file.indexOf('/') + 1))]
        : file.startsWith('/')
          ? [file.slice(1)]
          : [posix.normalize(posix.join(path, file))];
      return [{ pointer, tool: 'helm-secrets', candidates }];
    });
  });
}

function applicationSources(manifest: Manifest): Pointer[] {
  const root: Pointer = manifest.kind === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec'];
  const many = valueAt(manifest.value, [...root, 'sources']);
  return [
    [...root, 'source'],
    ...(Array.isArray(many) ? many.map((_, index) => [...root, 'sources', String(index)]) : []),
  ];
}

function textsAt(manifest: Manifest, pointer: Pointer): { pointer: Pointer; text: string }[] {
  const list = valueAt(manifest.value, pointer);
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).flatMap((text, index) =>
    typeof text === 'string' && text !== '' ? [{ pointer: [...pointer, String(index)], text }] : [],
  );
}

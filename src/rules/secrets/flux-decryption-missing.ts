import { posix } from 'node:path';
import type { JudgedFile, Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import {
  isKustomizationPath,
  KUSTOMIZATION_GLOBS,
  readKustomization,
} from '../../manifests/kustomization.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { CIPHERTEXT_PREFIX } from '../../manifests/sops-crypt.ts';
import { isSopsEncrypted } from '../../manifests/sops-file.ts';
import { valueAt } from '../../manifests/workload.ts';

const GROUP = 'kustomize.toolkit.fluxcd.io';
const DISABLED = `${GROUP}/decrypt`;

type Files = ReadonlyMap<string, () => JudgedFile>;

export const fluxDecryptionMissing: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  widen(path) {
    if (/secret|sops|\.enc\./i.test(path)) return { under: '', containing: GROUP };
    return /ks\.ya?ml$|flux|clusters?\//i.test(path) ? { under: '', containing: CIPHERTEXT_PREFIX } : null;
  },
  judge(files, { snapshot }) {
    const mentions = (path: string, text: string): boolean => {
      const content = snapshot.files.get(path)?.content ?? null;
      return content !== null && Buffer.from(content).includes(text);
    };
    const yaml = [...files.keys()].filter((path) => /\.ya?ml$/i.test(path));
    const fluxFiles = yaml.filter((path) => mentions(path, GROUP));
    // A patch may give every Kustomization its decryption; which ones cannot be told from outside.
    if (yaml.some((path) => mentions(path, 'decryption') && mentions(path, 'patches'))) return [];
    const encrypted = new Set(yaml.filter((path) => mentions(path, CIPHERTEXT_PREFIX)));
    if (encrypted.size === 0) return [];
    return fluxFiles
      .flatMap((path) => files.get(path)?.().manifests ?? [])
      .filter(isWithoutDecryption)
      .flatMap((manifest) => problemOf(manifest, files, encrypted, snapshot) ?? []);
  },
};

function isWithoutDecryption({ group, kind, value }: Manifest): boolean {
  return (
    group === GROUP &&
    kind === 'Kustomization' &&
    !isRecord(valueAt(value, ['spec', 'decryption'])) &&
    valueAt(value, ['spec', 'suspend']) !== true &&
    typeof valueAt(value, ['spec', 'path']) === 'string'
  );
}

function problemOf(
  manifest: Manifest,
  files: Files,
  encrypted: ReadonlySet<string>,
  snapshot: RuleContext['snapshot'],
): Problem | null {
  const folder = posix
    .normalize(String(valueAt(manifest.value, ['spec', 'path'])))
    .replace(/^\.\/|^\/|\/$/g, '');
  const applied = [...appliedFrom(folder === '.' ? '' : folder, files, snapshot.paths, new Set())];
  const file = applied
    .filter((path) => encrypted.has(path))
    .find((path) => isEncryptedObject(files.get(path)?.()));
  if (file === undefined) return null;
  return {
    path: manifest.path,
    range: manifest.rangeOf(['spec', 'path'], 'key'),
    judged: file,
    values: {
      name:
        manifest.namespace === null ? (manifest.name ?? '') : `${manifest.namespace}/${manifest.name ?? ''}`,
      file,
    },
    related: [{ message: 'encrypted with SOPS', location: { path: file, range: null } }],
  };
}

/** An object that Flux would have to decrypt; it does not look into files that are not applied. */
function isEncryptedObject(file: JudgedFile | undefined): boolean {
  return (
    file !== undefined &&
    isSopsEncrypted(file) &&
    file.manifests.some(
      ({ value }) =>
        isRecord(value['sops']) && valueAt(value, ['metadata', 'annotations', DISABLED]) !== 'disabled',
    )
  );
}

/** The files that Flux applies from a folder: what its kustomization names, or every file when it has none. */
function* appliedFrom(
  folder: string,
  files: Files,
  paths: ReadonlySet<string>,
  seen: Set<string>,
): Generator<string> {
  if (seen.has(folder)) return;
  seen.add(folder);
  const below = (path: string): boolean => folder === '' || path.startsWith(`${folder}/`);
  const own = [...files.keys()].find((path) => isKustomizationPath(path) && folderOf(path) === folder);
  if (own !== undefined) {
    const value = files.get(own)?.().yaml?.documents[0]?.value;
    for (const reference of readKustomization(own, value).references) {
      if (paths.has(reference)) yield reference;
      else yield* appliedFrom(reference, files, paths, seen);
    }
    return;
  }
  // Folders with a kustomization of their own are applied as that says.
  const bases = new Set(
    [...files.keys()].filter((path) => isKustomizationPath(path) && below(path)).map(folderOf),
  );
  for (const path of files.keys()) {
    if (below(path) && ![...bases].some((base) => path.startsWith(`${base}/`))) yield path;
  }
  for (const base of bases) yield* appliedFrom(base, files, paths, seen);
}

function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

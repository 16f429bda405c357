import { posix } from 'node:path';
import type { JudgedFile, Problem, RepositoryRule } from '../../engine/rule.ts';
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

interface Tree {
  readonly files: ReadonlyMap<string, () => JudgedFile>;
  readonly paths: ReadonlySet<string>;
  /** Files that hold values of SOPS. */
  readonly encrypted: ReadonlySet<string>;
  /** By folder. */
  readonly kustomizations: ReadonlyMap<string, string>;
  /** Those with a kustomization; the root is the empty text. */
  readonly folders: readonly string[];
}

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
      return (
        content !== null && Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(text)
      );
    };
    const yaml = [...files.keys()].filter((path) => /\.ya?ml$/i.test(path));
    const encrypted = new Set(yaml.filter((path) => mentions(path, CIPHERTEXT_PREFIX)));
    if (encrypted.size === 0) return [];
    const fluxFiles = yaml.filter((path) => mentions(path, GROUP));
    // A patch may give every Kustomization its decryption; which ones cannot be told from outside.
    if (yaml.some((path) => mentions(path, 'decryption') && mentions(path, 'patches'))) return [];
    const named = [...files.keys()].filter(isKustomizationPath);
    const tree: Tree = {
      files,
      paths: snapshot.paths,
      encrypted,
      // Of several in one folder, the first counts.
      kustomizations: new Map(named.map((path) => [folderOf(path), path] as const).reverse()),
      folders: [...new Set(named.map(folderOf))],
    };
    return fluxFiles
      .flatMap((path) => files.get(path)?.().manifests ?? [])
      .filter(isWithoutDecryption)
      .flatMap((manifest) => problemOf(manifest, tree) ?? []);
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

function problemOf(manifest: Manifest, tree: Tree): Problem | null {
  const folder = posix
    .normalize(String(valueAt(manifest.value, ['spec', 'path'])))
    .replace(/^\.\/|^\/|\/$/g, '');
  const applied = [...appliedFrom(folder === '.' ? '' : folder, tree, new Set())];
  const file = applied.find((path) => isEncryptedObject(tree.files.get(path)?.()));
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

/** The encrypted files that Flux applies from a folder: what its kustomization names, or all when it has none. */
function* appliedFrom(folder: string, tree: Tree, seen: Set<string>): Generator<string> {
  if (seen.has(folder)) return;
  seen.add(folder);
  const below = (path: string): boolean => folder === '' || path.startsWith(`${folder}/`);
  const { files, paths, encrypted, kustomizations } = tree;
  const own = kustomizations.get(folder);
  if (own !== undefined) {
    const value = files.get(own)?.().yaml?.documents[0]?.value;
    for (const reference of readKustomization(own, value).references) {
      if (encrypted.has(reference)) yield reference;
      if (!paths.has(reference)) yield* appliedFrom(reference, tree, seen);
    }
    return;
  }
  // Folders with a kustomization of their own are applied as that says.
  for (const path of encrypted) if (below(path) && !standsInBase(path, folder, kustomizations)) yield path;
  for (const base of tree.folders) if (below(`${base}/`)) yield* appliedFrom(base, tree, seen);
}

/** Whether a folder between one and a file below it has a kustomization. */
function standsInBase(path: string, folder: string, kustomizations: Tree['kustomizations']): boolean {
  for (let at = folderOf(path); at !== folder && at !== ''; at = folderOf(at))
    if (kustomizations.has(at)) return true;
  return false;
}

function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

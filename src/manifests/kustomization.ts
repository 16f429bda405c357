import { posix } from 'node:path';
import { asText, isRecord, scalarText } from './manifest.ts';

export const KUSTOMIZATION_GLOBS = [
  '**/kustomization.yaml',
  '**/kustomization.yml',
  '**/Kustomization',
] as const;

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** One entry under `images:`. */
export interface ImageOverride {
  readonly name: string;
  readonly newName: string | null;
  readonly newTag: string | null;
  readonly digest: string | null;
}

/** The parts of a kustomization file that decide which files it deploys, and with which images. */
export interface Kustomization {
  readonly path: string;
  /** Files and folders, from the root of the repository. Remote ones are left out. */
  readonly references: readonly string[];
  /** Those of the references that are patches. */
  readonly patches: readonly string[];
  readonly images: readonly ImageOverride[];
  /** In which it puts everything that it deploys; null when it leaves namespaces alone. */
  readonly namespace: string | null;
  /** Applied to what the kustomization has that names it, rather than deployed for itself. */
  readonly component: boolean;
  /** Patches that are written in the file itself, as text. */
  readonly inlinePatches: readonly string[];
}

export function isKustomizationPath(path: string): boolean {
  return (FILE_NAMES as readonly string[]).includes(posix.basename(path));
}

export function readKustomization(path: string, value: unknown): Kustomization {
  const root = isRecord(value) ? value : {};
  const folder = posix.dirname(path);
  const inRepository = (named: readonly string[]): string[] =>
    named
      .filter((reference) => !reference.includes('://') && !reference.includes('\n'))
      .map((reference) => posix.normalize(posix.join(folder, reference)).replace(/\/$/, ''));
  const patches = inRepository([
    ...textsOf(root['patchesStrategicMerge']),
    ...['patches', 'patchesJson6902'].flatMap((key) => patchFiles(root[key])),
  ]);
  const deployed = inRepository(
    ['resources', 'bases', 'components', 'crds'].flatMap((key) => textsOf(root[key])),
  );
  return {
    path,
    references: [...deployed, ...patches],
    patches,
    images: imagesOf(root['images']),
    namespace: asText(root['namespace']),
    component: root['kind'] === 'Component',
    inlinePatches: ['patches', 'patchesJson6902', 'patchesStrategicMerge'].flatMap((key) =>
      inlineTexts(root[key]),
    ),
  };
}

/** The texts in a list; none for anything else. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function patchFiles(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((patch) =>
    isRecord(patch) && typeof patch['path'] === 'string' ? [patch['path']] : [],
  );
}

function inlineTexts(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((item) => {
    const text = isRecord(item) ? item['patch'] : item;
    return typeof text === 'string' && text.includes('\n') ? [text] : [];
  });
}

function imagesOf(value: unknown): ImageOverride[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((image) =>
    isRecord(image) && typeof image['name'] === 'string'
      ? // `newTag: 1.27` is a number in YAML and a tag all the same.
        [
          {
            name: image['name'],
            newName: scalarText(image['newName']),
            newTag: scalarText(image['newTag']),
            digest: scalarText(image['digest']),
          },
        ]
      : [],
  );
}

/** The kustomizations by the files and folders that they name, whether as resources or as patches. */
export function kustomizationsByName<K extends Kustomization>(
  all: readonly K[],
): ReadonlyMap<string, readonly K[]> {
  const byName = new Map<string, K[]>();
  for (const one of all) {
    for (const reference of new Set(one.references)) {
      const others = byName.get(reference);
      if (others === undefined) byName.set(reference, [one]);
      else others.push(one);
    }
  }
  return byName;
}

/** Some kustomizations, and those that deploy them through others; nearest first. */
export function kustomizationsReaching<K extends Kustomization>(
  nearest: readonly K[],
  byName: ReadonlyMap<string, readonly K[]>,
): K[] {
  const found = new Set<K>();
  let reached = nearest;
  while (reached.length > 0) {
    const folders = new Set<string>();
    for (const one of reached) {
      if (!found.has(one)) folders.add(posix.dirname(one.path));
      found.add(one);
    }
    reached = [...folders].flatMap((folder) => byName.get(folder) ?? []);
  }
  return [...found];
}

import { posix } from 'node:path';
import { isRecord, scalarText } from './manifest.ts';

export const KUSTOMIZATION_GLOBS = [
  '**/kustomization.yaml',
  '**/kustomization.yml',
  '**/Kustomization',
] as const;

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** One entry under `images:`. */
export interface ImageOverride {
  readonly name: string;
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
  return { path, references: [...deployed, ...patches], patches, images: imagesOf(root['images']) };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function patchFiles(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((patch) =>
    isRecord(patch) && typeof patch['path'] === 'string' ? [patch['path']] : [],
  );
}

function imagesOf(value: unknown): ImageOverride[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((image) =>
    isRecord(image) && typeof image['name'] === 'string'
      ? // `newTag: 1.27` is a number in YAML and a tag all the same.
        [{ name: image['name'], newTag: scalarText(image['newTag']), digest: scalarText(image['digest']) }]
      : [],
  );
}

/** The kustomizations, nearest first, that deploy `path`: directly or through other kustomizations. */
export function kustomizationsReaching(path: string, all: readonly Kustomization[]): Kustomization[] {
  const found = new Set<Kustomization>();
  let targets = new Set([path]);
  while (targets.size > 0) {
    const next = new Set<string>();
    for (const kustomization of all) {
      if (found.has(kustomization)) continue;
      if (!kustomization.references.some((reference) => targets.has(reference))) continue;
      found.add(kustomization);
      next.add(posix.dirname(kustomization.path));
    }
    targets = next;
  }
  return [...found];
}

import { posix } from 'node:path';
import type { Snapshot } from '../../engine/change.ts';
import type { ObjectIndex } from '../../engine/object-index.ts';
import { foldersIn } from '../../graph/kustomize-tree.ts';
import { SOURCE_PATH_KINDS, sourcePathsOf, type SourcePath } from '../../graph/source-paths.ts';
import { asText } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';

/** Kinds of objects that deploy a folder into a namespace. */
export const DEPLOYING_KINDS = SOURCE_PATH_KINDS;

/** An object of Argo CD or Flux that deploys a folder of this repository and names a namespace for what is in it. */
export interface Deployer {
  /** `.` for the root of the repository. */
  readonly folder: string;
  readonly namespace: string;
  /** Whether objects that name a namespace of their own get this one, too: Flux's `targetNamespace` does that. */
  readonly overrides: boolean;
}

type ByFolder = ReadonlyMap<string, readonly Deployer[]>;
interface Where {
  readonly objects: ObjectIndex;
  readonly snapshot: Pick<Snapshot, 'paths'>;
}

const known = new WeakMap<ObjectIndex, ByFolder>();

/** The deployers of exactly this folder. Needs `DEPLOYING_KINDS` as a rule's kinds. */
export function deployersAt(folder: string, where: Where): readonly Deployer[] {
  return byFolder(where).get(folder) ?? [];
}

/** The deployers of the nearest folder that a file stands in or below, for files that no kustomization names. */
export function deployersAbove(path: string, where: Where): readonly Deployer[] {
  const all = byFolder(where);
  let folder = posix.dirname(path);
  while (all.size > 0) {
    const found = all.get(folder);
    if (found !== undefined || folder === '.') return found ?? [];
    folder = posix.dirname(folder);
  }
  return [];
}

function byFolder(where: Where): ByFolder {
  let found = known.get(where.objects);
  if (found === undefined) {
    found = Map.groupBy(deployedFolders(where).flatMap(deployerOf), ({ folder }) => folder);
    known.set(where.objects, found);
  }
  return found;
}

/** The folders of this repository that objects of Argo CD and Flux deploy. Needs `DEPLOYING_KINDS` as a rule's kinds. */
export function deployedFolders({ objects, snapshot }: Where): SourcePath[] {
  const byRepository = Map.groupBy(
    sourcePathsOf(objects).filter(({ glob }) => glob === null),
    ({ repository }) => repository,
  );
  const folders = foldersIn(snapshot.paths);
  return [...byRepository.values()].filter((paths) => isHere(paths, folders)).flat();
}

/** Whether paths are likely those of this repository: it has them all. That it has a root says nothing. */
function isHere(paths: readonly SourcePath[], folders: ReadonlySet<string>): boolean {
  const named = paths.filter(({ path }) => path !== '.');
  return named.length > 0 && named.every(({ path }) => folders.has(path));
}

function deployerOf({ object, path }: SourcePath): Deployer[] {
  const overrides = object.kind === 'Kustomization';
  const spec = object.kind === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec'];
  const pointer = overrides ? ['targetNamespace'] : ['destination', 'namespace'];
  const namespace = asText(valueAt(object.value, [...spec, ...pointer])) ?? '';
  return namespace === '' || /\{\{|\$\{/.test(namespace) ? [] : [{ folder: path, namespace, overrides }];
}

import type { IndexedObject, ObjectIndex } from '../engine/object-index.ts';
import { asText, isRecord } from '../manifests/manifest.ts';
import { filledIn } from './list-elements.ts';
import type { Pointer } from '../manifests/position.ts';
import { resolveReference } from '../manifests/kustomize-references.ts';
import { valueAt } from '../manifests/workload.ts';

/** A folder or pattern that an Argo CD or Flux object takes from a Git repository. */
export interface SourcePath {
  readonly object: IndexedObject;
  readonly pointer: Pointer;
  /** From the root of that repository, without `./` and a slash at the end; `.` for the root. */
  readonly path: string;
  /** Which repository, in a form in which spellings of one address are equal. */
  readonly repository: string;
  /** A glob of folders or of files that an ApplicationSet makes Applications of. */
  readonly glob: 'folders' | 'files' | null;
}

export const SOURCE_PATH_KINDS = ['Application', 'ApplicationSet', 'Kustomization'] as const;

/** Revisions that are the repository as it is now, and not a tag or another branch. */
const CURRENT: ReadonlySet<string> = new Set([
  '',
  'HEAD',
  'main',
  'master',
  'refs/heads/main',
  'refs/heads/master',
]);
const FILLED_IN = /\{\{|\$\{|\$\(/;

/** Every path that can be told, of objects that the cluster gets as they are. */
export function sourcePathsOf(objects: ObjectIndex): SourcePath[] {
  return [
    ...objects.of('argoproj.io', 'Application').flatMap((one) => applicationPaths(one, ['spec'])),
    ...objects
      .of('argoproj.io', 'ApplicationSet')
      .flatMap((one) => [
        ...applicationPaths(one, ['spec', 'template', 'spec']).flatMap(ofEachElement),
        ...generatorPaths(one),
      ]),
    ...objects.of('kustomize.toolkit.fluxcd.io', 'Kustomization').flatMap(fluxPaths),
  ].filter(({ object, path, repository }) => object.form === 'whole' && !FILLED_IN.test(path + repository));
}

/** A path with parameters of a list is one path for each element of the list. */
function ofEachElement(source: SourcePath): SourcePath[] {
  if (!source.path.includes('{{')) return [source];
  return filledIn(source.path, source.object.value).map((path) => ({
    ...source,
    path: resolveReference('.', path),
  }));
}

function applicationPaths(object: IndexedObject, root: Pointer): SourcePath[] {
  const many = valueAt(object.value, [...root, 'sources']);
  const sources = [
    [...root, 'source'],
    ...(Array.isArray(many) ? many.map((_, index) => [...root, 'sources', String(index)]) : []),
  ];
  return sources.flatMap((pointer) => {
    const source = valueAt(object.value, pointer);
    const path = isRecord(source) ? asText(source['path']) : null;
    if (path === null || !isRecord(source) || !isCurrent(source['targetRevision'])) return [];
    return argoPath(object, [...pointer, 'path'], path, source['repoURL'], null);
  });
}

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/ */
function generatorPaths(object: IndexedObject): SourcePath[] {
  const found: SourcePath[] = [];
  const visit = (list: unknown, root: Pointer, depth: number): void => {
    if (!Array.isArray(list) || depth > 3) return;
    (list as unknown[]).forEach((generator, index) => {
      if (!isRecord(generator)) return;
      const at = [...root, String(index)];
      for (const combined of ['matrix', 'merge']) {
        const inner = valueAt(generator, [combined, 'generators']);
        visit(inner, [...at, combined, 'generators'], depth + 1);
      }
      const git = generator['git'];
      if (isRecord(git) && isCurrent(git['revision'])) found.push(...gitPaths(object, git, [...at, 'git']));
    });
  };
  visit(valueAt(object.value, ['spec', 'generators']), ['spec', 'generators'], 0);
  return found;
}

function gitPaths(object: IndexedObject, git: Record<string, unknown>, root: Pointer): SourcePath[] {
  return (['directories', 'files'] as const).flatMap((field) => {
    const list = git[field];
    if (!Array.isArray(list)) return [];
    return (list as unknown[]).flatMap((item, index) => {
      const path = isRecord(item) && item['exclude'] !== true ? asText(item['path']) : null;
      const pointer = [...root, field, String(index), 'path'];
      const glob = field === 'files' ? 'files' : 'folders';
      return path === null ? [] : argoPath(object, pointer, path, git['repoURL'], glob);
    });
  });
}

function argoPath(
  object: IndexedObject,
  pointer: Pointer,
  path: string,
  url: unknown,
  glob: SourcePath['glob'],
): SourcePath[] {
  const repository = typeof url === 'string' ? repositoryName(url) : '';
  return repository === '' ? [] : [{ object, pointer, path: resolveReference('.', path), repository, glob }];
}

function fluxPaths(object: IndexedObject): SourcePath[] {
  const spec = object.value['spec'];
  const path = isRecord(spec) ? asText(spec['path']) : null;
  const source = isRecord(spec) ? spec['sourceRef'] : null;
  if (path === null || !isRecord(source) || source['kind'] !== 'GitRepository') return [];
  const name = asText(source['name']) ?? '';
  const namespace = asText(source['namespace']) ?? object.namespace ?? 'flux-system';
  return [
    {
      object,
      pointer: ['spec', 'path'],
      path: resolveReference('.', path.replace(/^\/+/, '')),
      repository: `flux:${namespace}/${name}`,
      glob: null,
    },
  ];
}

function isCurrent(revision: unknown): boolean {
  return (
    revision === undefined || revision === null || (typeof revision === 'string' && CURRENT.has(revision))
  );
}

/** Without scheme, user, port, `.git` and capitals: `ssh://git@host/a/b.git`, `git@host:a/b` and `https://host/a/b` are one. */
function repositoryName(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):(?:\d+\/)?/, '$1/')
    .replace(/(?:\.git)?\/*$/, '');
}

import { posix } from 'node:path';
import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import type { IndexedObject } from '../../engine/object-index.ts';
import { foldersIn, leadsElsewhere } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { applicationSpecs, isTemplated, sourcesOf, type Part } from '../support/argo-application.ts';

/** A file of values that a source of an Application names. */
interface ValuesFile {
  readonly pointer: Pointer;
  /** From the root of its repository. */
  readonly path: string;
  readonly repository: string;
}

export const valuesFileMissing: RepositoryRule = {
  scope: 'repository',
  kinds: ['Application', 'ApplicationSet'],
  context: KUSTOMIZATION_GLOBS,
  judge(_files, context) {
    const applications = ['Application', 'ApplicationSet'].flatMap((kind) =>
      context.objects.of('argoproj.io', kind).filter(({ form }) => form === 'whole'),
    );
    const own = ownRepositories(applications, context);
    return applications.flatMap((application) =>
      valuesFilesOf(application).flatMap((file): Problem[] => {
        if (!own.has(file.repository) || exists(file.path, context)) return [];
        const { path, position } = application;
        const values = { file: file.path };
        return [{ path, manifest: position, pointer: file.pointer, judged: file.path, values }];
      }),
    );
  },
};

/** Addresses under which this repository is deployed: a folder that is taken from there is here, and is no common one. */
function ownRepositories(
  applications: readonly IndexedObject[],
  { snapshot }: RuleContext,
): ReadonlySet<string> {
  const folders = foldersIn(snapshot.paths);
  const taken = applications.flatMap((application) =>
    applicationSpecs(application)
      .flatMap(sourcesOf)
      .flatMap(({ value }) => {
        const [path, repository] = [asText(value['path']), asText(value['repoURL'])];
        return path === null || repository === null || isTemplated(path)
          ? []
          : [{ path: path.replace(/^\.?\/+|\/+$/g, ''), repository }];
      }),
  );
  const named = [
    ...taken.filter(({ path }) => path.includes('/') && folders.has(path)),
    ...applications
      .flatMap(valuesFilesOf)
      .filter(({ path }) => path.includes('/') && snapshot.paths.has(path)),
  ];
  return new Set(named.map(({ repository }) => repository));
}

/** https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources/#helm-value-files-from-external-git-repository */
function valuesFilesOf(application: IndexedObject): ValuesFile[] {
  return applicationSpecs(application).flatMap((spec) => {
    const sources = sourcesOf(spec);
    return sources.flatMap((source) => filesOf(source, sources));
  });
}

function filesOf({ pointer, value }: Part, sources: readonly Part[]): ValuesFile[] {
  if (valueAt(value, ['helm', 'ignoreMissingValueFiles']) === true) return [];
  return listAt(value, ['helm', 'valueFiles']).flatMap((item, index): ValuesFile[] => {
    const text = asText(item);
    if (text === null || /\{\{|\$\{|\$\(|:\/\/|[*?[\]]/.test(text)) return [];
    const at = [...pointer, 'helm', 'valueFiles', String(index)];
    const reference = /^\$([\w-]+)\/(.+)$/.exec(text);
    if (reference === null) return fileBeside(value, text, at);
    const [, name, path = ''] = reference;
    const source = sources.find((one) => one.value['ref'] === name);
    return source === undefined ? [] : fileAt(source.value, path, at);
  });
}

/** Beside the chart, or from the root of its repository. */
function fileBeside(source: Part['value'], text: string, pointer: Pointer): ValuesFile[] {
  const folder = asText(source['path']);
  if (folder === null || source['chart'] !== undefined || isTemplated(folder) || text.startsWith('$'))
    return [];
  return fileAt(source, text.startsWith('/') ? text : posix.join(folder, text), pointer);
}

function fileAt(source: Part['value'], text: string, pointer: Pointer): ValuesFile[] {
  const repository = asText(source['repoURL']);
  const revision = source['targetRevision'] ?? 'HEAD';
  const path = posix.normalize(text).replace(/^\.?\/+/, '');
  // Of another branch or of a tag, nobody knows what is in it.
  const isCurrent = ['HEAD', 'main', 'master', ''].some((one) => one === revision);
  return repository === null || !isCurrent || isTemplated(repository) || path.startsWith('..')
    ? []
    : [{ pointer, path, repository }];
}

function exists(path: string, { snapshot: { paths } }: RuleContext): boolean {
  return paths.has(path) || leadsElsewhere(path, paths);
}

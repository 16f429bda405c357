import { posix } from 'node:path';
import { asList, asText, isRecord, type Manifest } from '../manifests/manifest.ts';
import { valueAt } from '../manifests/workload.ts';

/** What an object says about where it, or what it deploys, ends up. Texts as they are written. */
export interface DeployTarget {
  /** Names and addresses of clusters, and what stands for them in a generator. */
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  /** Files and folders of the repository. */
  readonly paths: readonly string[];
}

/** Matrix and merge generators hold more generators; Argo CD allows two levels. */
const MAX_DEPTH = 4;

export function deployTargetOf(manifest: Manifest): DeployTarget {
  const { group, kind, value } = manifest;
  const own = texts([manifest.namespace, group === '' && kind === 'Namespace' ? manifest.name : null]);
  if (group === 'argoproj.io' && kind === 'Application') return withNamespaces(own, application(value));
  if (group === 'argoproj.io' && kind === 'ApplicationSet') {
    const template = application(valueAt(value, ['spec', 'template']));
    return withNamespaces(own, template, ...generatorsOf(valueAt(value, ['spec', 'generators']), 0));
  }
  if (/^(?:kustomize|helm)\.toolkit\.fluxcd\.io$/.test(group)) return withNamespaces(own, flux(value));
  return { clusters: [], namespaces: own, paths: [] };
}

function withNamespaces(namespaces: readonly string[], ...parts: readonly DeployTarget[]): DeployTarget {
  return {
    clusters: parts.flatMap((part) => part.clusters),
    namespaces: [...namespaces, ...parts.flatMap((part) => part.namespaces)],
    paths: parts.flatMap((part) => part.paths),
  };
}

function application(value: unknown): DeployTarget {
  const destination = valueAt(value, ['spec', 'destination']);
  const sources = [valueAt(value, ['spec', 'source']), ...asList(valueAt(value, ['spec', 'sources']))];
  return {
    clusters: texts(['name', 'server'].map((key) => valueAt(destination, [key]))),
    namespaces: texts([valueAt(destination, ['namespace'])]),
    paths: sources.flatMap((source) => {
      const folder = asText(valueAt(source, ['path']));
      const files = texts(asList(valueAt(source, ['helm', 'valueFiles']))).filter(
        (file) => !file.includes('://'),
      );
      return [
        ...(folder === null ? [] : [inFolder(folder)]),
        ...files.map((file) => posix.join(folder ?? '', file.replace(/^\$[\w-]+\//, ''))),
      ];
    }),
  };
}

function flux(value: unknown): DeployTarget {
  const secret = asText(valueAt(value, ['spec', 'kubeConfig', 'secretRef', 'name']));
  const folder = asText(valueAt(value, ['spec', 'path']));
  const substitute = valueAt(value, ['spec', 'postBuild', 'substitute']);
  const named = isRecord(substitute)
    ? Object.entries(substitute).filter(([key]) => /(?:^|_)(?:env|environment|cluster)(?:_|$)/i.test(key))
    : [];
  return {
    clusters: texts([secret?.replace(/-?kube-?config$/, ''), ...named.map(([, text]) => text)]),
    namespaces: texts([valueAt(value, ['spec', 'targetNamespace'])]),
    paths: folder === null ? [] : [inFolder(folder)],
  };
}

function generatorsOf(generators: unknown, depth: number): DeployTarget[] {
  if (depth >= MAX_DEPTH) return [];
  return asList(generators).flatMap((generator) => {
    if (!isRecord(generator)) return [];
    const elements = asList(valueAt(generator, ['list', 'elements'])).filter(isRecord);
    const selector = valueAt(generator, ['clusters', 'selector']);
    const nested = ['matrix', 'merge'].flatMap((key) =>
      generatorsOf(valueAt(generator, [key, 'generators']), depth + 1),
    );
    return [...elements.map(element), selected(selector), git(valueAt(generator, ['git'])), ...nested];
  });
}

/** What the template's `{{cluster}}`, `{{env}}` or `{{path}}` will be. */
function element(values: Readonly<Record<string, unknown>>): DeployTarget {
  const named = texts(Object.values(values));
  return {
    clusters: named.filter((text) => text.includes('://') || !text.includes('/')),
    namespaces: texts([values['namespace']]),
    paths: named.filter((text) => text.includes('/') && !text.includes('://')).map(inFolder),
  };
}

/** Clusters are picked by the labels of their Secrets: `environment: production`. */
function selected(selector: unknown): DeployTarget {
  const labels = valueAt(selector, ['matchLabels']);
  const expressions = asList(valueAt(selector, ['matchExpressions'])).filter(
    (expression) => valueAt(expression, ['operator']) === 'In',
  );
  return {
    clusters: texts([
      ...(isRecord(labels) ? Object.values(labels) : []),
      ...expressions.flatMap((expression) => asList(valueAt(expression, ['values']))),
    ]),
    namespaces: [],
    paths: [],
  };
}

function git(settings: unknown): DeployTarget {
  const folders = asList(valueAt(settings, ['directories'])).filter(
    (directory) => valueAt(directory, ['exclude']) !== true,
  );
  return {
    clusters: [],
    namespaces: [],
    paths: [
      ...texts(folders.map((directory) => valueAt(directory, ['path']))).map(inFolder),
      ...texts(asList(valueAt(settings, ['files'])).map((file) => valueAt(file, ['path']))),
    ],
  };
}

/** A file in the folder, whichever: selectors are about files. */
function inFolder(folder: string): string {
  return posix.join(folder.replace(/^\/+/, ''), 'kustomization.yaml');
}

function texts(values: readonly unknown[]): string[] {
  return values.flatMap((value) => asText(value) ?? []);
}

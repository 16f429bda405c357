import type { EnvironmentsOf } from '../engine/environments.ts';
import { compileGlobs } from '../engine/globs.ts';
import type { Reach, ReachedDeployer } from '../engine/report.ts';
import { asText, isRecord, type Manifest } from '../manifests/manifest.ts';
import { valueAt } from '../manifests/workload.ts';

/** Texts by which files that deploy folders can be found without parsing the whole repository. */
export const DEPLOYER_MARKS = ['kind: Application', 'kustomize.toolkit.fluxcd.io/'] as const;

/** An object that deploys folders of the repository. */
interface Deployer {
  readonly name: string;
  readonly cluster: string | null;
  readonly deploys: (path: string) => boolean;
  readonly manifest: Manifest;
}

/**
 * What changed paths reach: the Argo CD Applications and ApplicationSets and the Flux Kustomizations whose folder
 * they stand in or that changed themselves, their clusters, and the environments of both.
 *
 * @param manifests candidates; everything that deploys nothing is passed over
 */
export function reachOf(
  changedPaths: readonly string[],
  manifests: readonly Manifest[],
  environmentsOf: EnvironmentsOf,
): Reach {
  const applications = new Set<string>();
  const clusters = new Set<string>();
  const environments = new Set<string>();
  const deployers = new Map<string, ReachedDeployer>();
  for (const deployer of manifests.flatMap(deployersOf)) {
    const { manifest, name, cluster, deploys } = deployer;
    if (!changedPaths.includes(manifest.path) && !changedPaths.some(deploys)) continue;
    applications.add(name);
    const reached = reachedDeployer(manifest);
    if (reached !== null) deployers.set(`${name}\n${reached.kind}\n${manifest.path}`, reached);
    if (cluster !== null) clusters.add(cluster);
    for (const environment of environmentsOf(manifest.path, manifest)) environments.add(environment);
    addClusterOfPath(manifest.path, clusters);
  }
  for (const path of changedPaths) {
    for (const environment of environmentsOf(path)) environments.add(environment);
    addClusterOfPath(path, clusters);
  }
  return {
    applications: sorted(applications),
    clusters: sorted(clusters),
    environments: sorted(environments),
    deployers: sorted(new Set(deployers.keys())).flatMap((key) => deployers.get(key) ?? []),
  };
}

/** Folders in which a changed path stands: a file that names none of them deploys none of them. */
export function foldersOf(changedPaths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of changedPaths) {
    const parts = path.split('/');
    for (let length = 1; length < parts.length; length += 1) folders.add(parts.slice(0, length).join('/'));
  }
  return [...folders];
}

/** `clusters/<name>/…` is how most repositories name their clusters. */
function addClusterOfPath(path: string, clusters: Set<string>): void {
  const parts = path.split('/');
  const at = parts.indexOf('clusters');
  const name = at >= 0 && at + 2 < parts.length ? parts[at + 1] : undefined;
  if (name !== undefined) clusters.add(name);
}

function deployersOf(manifest: Manifest): Deployer[] {
  const name = manifest.namespace === null ? manifest.name : `${manifest.namespace}/${manifest.name ?? ''}`;
  if (name === null) return [];
  if (manifest.group === 'argoproj.io' && manifest.kind === 'Application') {
    return [
      {
        name,
        manifest,
        cluster: destination(manifest.value),
        deploys: inFolders(sourceFolders(manifest.value)),
      },
    ];
  }
  if (manifest.group === 'argoproj.io' && manifest.kind === 'ApplicationSet') {
    const template = valueAt(manifest.value, ['spec', 'template']);
    const inTemplate = inFolders(sourceFolders(template).filter((folder) => !folder.includes('{{')));
    const generated = generatedFolders(manifest.value);
    const cluster = destination(template);
    return [
      {
        name,
        manifest,
        cluster: cluster?.includes('{{') === true ? null : cluster,
        deploys: (path) => inTemplate(path) || generated(path),
      },
    ];
  }
  if (manifest.group === 'kustomize.toolkit.fluxcd.io' && manifest.kind === 'Kustomization') {
    const folder = asText(valueAt(manifest.value, ['spec', 'path']));
    return [{ name, manifest, cluster: null, deploys: inFolders(folder === null ? [] : [folder]) }];
  }
  return [];
}

/** A Kubernetes name, as it can stand in a command. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function reachedDeployer({ kind, name, namespace, value, path }: Manifest): ReachedDeployer | null {
  if (name === null || !NAME.test(name) || (namespace !== null && !NAME.test(namespace))) return null;
  if (kind === 'Kustomization') {
    return { kind, name, namespace, path, automatic: valueAt(value, ['spec', 'suspend']) !== true };
  }
  const application = kind === 'ApplicationSet' ? valueAt(value, ['spec', 'template']) : value;
  return {
    kind: kind === 'ApplicationSet' ? kind : 'Application',
    name,
    namespace,
    path,
    automatic: isAutomatic(valueAt(application, ['spec', 'syncPolicy', 'automated'])),
  };
}

/** An empty map switches it on, and so does everything in it but `enabled: false`. */
function isAutomatic(automated: unknown): boolean {
  return isRecord(automated) && automated['enabled'] !== false;
}

function sourceFolders(application: unknown): string[] {
  const single = valueAt(application, ['spec', 'source']);
  const several = valueAt(application, ['spec', 'sources']);
  return [single, ...(Array.isArray(several) ? (several as unknown[]) : [])].flatMap((source) => {
    const folder = isRecord(source) ? asText(source['path']) : null;
    return folder === null ? [] : [folder];
  });
}

function destination(application: unknown): string | null {
  const value = valueAt(application, ['spec', 'destination']);
  return isRecord(value) ? (asText(value['name']) ?? asText(value['server'])) : null;
}

function inFolders(folders: readonly string[]): (path: string) => boolean {
  const prefixes = folders.map((folder) => folder.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, ''));
  return (path) =>
    prefixes.some((prefix) => prefix === '' || prefix === '.' || path.startsWith(`${prefix}/`));
}

/** The folders that an ApplicationSet's Git generators pick by glob. */
function generatedFolders(applicationSet: unknown): (path: string) => boolean {
  const generators = valueAt(applicationSet, ['spec', 'generators']);
  const directories = (Array.isArray(generators) ? (generators as unknown[]) : []).flatMap((generator) => {
    const list = valueAt(generator, ['git', 'directories']);
    return Array.isArray(list) ? (list as unknown[]).filter(isRecord) : [];
  });
  const globs = (excluded: boolean): string[] =>
    directories
      .filter((directory) => (directory['exclude'] === true) === excluded)
      .flatMap((directory) => asText(directory['path']) ?? []);
  const included = compileGlobs(globs(false));
  const excluded = compileGlobs(globs(true));
  return (path) => foldersOf([path]).some((folder) => included(folder) && !excluded(folder));
}

function sorted(values: ReadonlySet<string>): string[] {
  return [...values].sort();
}

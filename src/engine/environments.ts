import { isRecord, type Manifest } from '../manifests/manifest.ts';
import { valueAt } from '../manifests/workload.ts';
import { compileGlobs, type PathMatcher } from './globs.ts';
import type { Policy } from './policy.ts';

/** The environments of a policy that defines none. */
export const DEFAULT_ENVIRONMENT_NAMES = ['production', 'staging', 'development'] as const;

/** Names the environments to which a file, or an object in it, belongs. */
export type EnvironmentsOf = (path: string, manifest?: Manifest) => string[];

const known = new WeakMap<Policy['environments'], EnvironmentsOf>();

/** Compiled once for a policy, whoever asks. */
export function compileEnvironments({ environments }: Pick<Policy, 'environments'>): EnvironmentsOf {
  let environmentsOf = known.get(environments);
  if (environmentsOf === undefined) known.set(environments, (environmentsOf = compile(environments)));
  return environmentsOf;
}

function compile(environments: Policy['environments']): EnvironmentsOf {
  const compiled = [...environments].map(([name, selector]) => ({
    name,
    paths: compileGlobs(selector.paths),
    clusters: compileGlobs(selector.clusters),
  }));
  const of = (path: string, manifest?: Manifest): string[] =>
    compiled
      .filter((one) => one.paths(path) || (manifest !== undefined && deploysTo(manifest, one.clusters)))
      .map((one) => one.name);
  let latest: { readonly path: string; readonly names: readonly string[] } | null = null;
  return (path, manifest) => {
    if (manifest?.group === DEPLOYER) return of(path, manifest);
    // Every rule asks about the same path before the next one comes.
    if (latest?.path !== path) latest = { path, names: of(path) };
    return [...latest.names];
  };
}

/** The group of objects that say where they are deployed. */
const DEPLOYER = 'argoproj.io';

/** Where an Argo CD Application, or the template of an ApplicationSet, sends what it deploys. */
const DESTINATIONS = [
  ['spec', 'destination'],
  ['spec', 'template', 'spec', 'destination'],
];

function deploysTo(manifest: Manifest, clusters: PathMatcher): boolean {
  if (manifest.group !== DEPLOYER) return false;
  return DESTINATIONS.some((pointer) => {
    const destination = valueAt(manifest.value, pointer);
    if (!isRecord(destination)) return false;
    return ['name', 'server'].some(
      (key) => typeof destination[key] === 'string' && clusters(destination[key]),
    );
  });
}

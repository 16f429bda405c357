import { isRecord, type Manifest } from '../manifests/manifest.ts';
import { valueAt } from '../manifests/workload.ts';
import { compileGlobs, type PathMatcher } from './globs.ts';
import type { Policy } from './policy.ts';

/** The environments of a policy that defines none. */
export const DEFAULT_ENVIRONMENT_NAMES = ['production', 'staging', 'development'] as const;

/** Names the environments to which a file, or an object in it, belongs. */
export type EnvironmentsOf = (path: string, manifest?: Manifest) => string[];

export function compileEnvironments(policy: Pick<Policy, 'environments'>): EnvironmentsOf {
  const compiled = [...policy.environments].map(([name, selector]) => ({
    name,
    paths: compileGlobs(selector.paths),
    clusters: compileGlobs(selector.clusters),
  }));
  return (path, manifest) =>
    compiled
      .filter((one) => one.paths(path) || (manifest !== undefined && deploysTo(manifest, one.clusters)))
      .map((one) => one.name);
}

/** Where an Argo CD Application, or the template of an ApplicationSet, sends what it deploys. */
const DESTINATIONS = [
  ['spec', 'destination'],
  ['spec', 'template', 'spec', 'destination'],
];

function deploysTo(manifest: Manifest, clusters: PathMatcher): boolean {
  if (manifest.group !== 'argoproj.io') return false;
  return DESTINATIONS.some((pointer) => {
    const destination = valueAt(manifest.value, pointer);
    if (!isRecord(destination)) return false;
    return ['name', 'server'].some(
      (key) => typeof destination[key] === 'string' && clusters(destination[key]),
    );
  });
}

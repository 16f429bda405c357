import type { Manifest } from '../manifests/manifest.ts';
import { deployTargetOf, type DeployTarget } from './deploy-target.ts';
import { compileWords } from './environment-words.ts';
import { compileGlobs } from './globs.ts';
import type { EnvironmentSelector, Policy } from './policy.ts';

/** The environments of a policy that defines none. */
export const DEFAULT_ENVIRONMENT_NAMES = ['production', 'staging', 'development'] as const;

/**
 * Names the environments to which a file, or an object in it, belongs: by its path, and by what the object says about
 * where it deploys.
 */
export type EnvironmentsOf = (path: string, manifest?: Manifest) => string[];

interface Environment {
  readonly name: string;
  readonly hasPath: (path: string) => boolean;
  readonly hasTarget: (target: DeployTarget) => boolean;
}

const compiled = new WeakMap<Policy['environments'], EnvironmentsOf>();

/** Compiled once for a policy, whoever asks. */
export function compileEnvironments({ environments }: Pick<Policy, 'environments'>): EnvironmentsOf {
  let environmentsOf = compiled.get(environments);
  if (environmentsOf === undefined) compiled.set(environments, (environmentsOf = compileAll(environments)));
  return environmentsOf;
}

function compileAll(selectors: Policy['environments']): EnvironmentsOf {
  const environments = [...selectors].map(([name, selector]) => compile(name, selector));
  const targets = new WeakMap<Manifest, ReadonlySet<string>>();
  const ofTarget = (manifest: Manifest): ReadonlySet<string> => {
    let names = targets.get(manifest);
    if (names === undefined) {
      const target = deployTargetOf(manifest);
      names = new Set(environments.filter((one) => one.hasTarget(target)).map(({ name }) => name));
      targets.set(manifest, names);
    }
    return names;
  };
  return (path, manifest) => {
    const named = manifest === undefined ? null : ofTarget(manifest);
    return environments.flatMap(({ name, hasPath }) =>
      named?.has(name) === true || hasPath(path) ? [name] : [],
    );
  };
}

function compile(name: string, selector: EnvironmentSelector): Environment {
  const paths = compileGlobs(selector.paths);
  const clusters = compileGlobs(selector.clusters);
  const words = compileWords(selector.words ?? []);
  const known = new Map<string, boolean>();
  const hasPath = (path: string): boolean => {
    let answer = known.get(path);
    if (answer === undefined) {
      answer = words.inPath(path) || paths(path);
      known.set(path, answer);
    }
    return answer;
  };
  return {
    name,
    hasPath,
    hasTarget: (target) =>
      target.clusters.some((cluster) => words.inName(cluster) || clusters(cluster)) ||
      target.namespaces.some((namespace) => words.inName(namespace)) ||
      target.paths.some(hasPath),
  };
}

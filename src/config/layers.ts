import type { PolicyFile } from '../engine/policy-file.ts';
import { isRecord } from '../manifests/manifest.ts';

/**
 * Policies one over the other: maps are joined key by key, and of everything else, lists among it, the last one that
 * says it counts. What stands in no policy, and `extends`, is left out.
 *
 * @param layers the one that counts least comes first
 */
export function layered(layers: readonly PolicyFile[]): PolicyFile {
  const policy = layers.map(withRuleMaps).reduce<unknown>(join, {}) as PolicyFile;
  delete policy.extends;
  return policy;
}

function join(under: unknown, over: unknown): unknown {
  if (!isRecord(under) || !isRecord(over)) return over;
  const names = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  return Object.fromEntries(
    names.map((name) => [
      name,
      !Object.hasOwn(over, name)
        ? under[name]
        : Object.hasOwn(under, name)
          ? join(under[name], over[name])
          : over[name],
    ]),
  );
}

/** A rule whose level alone is written keeps what stands of it below. */
function withRuleMaps({ rules, ...file }: PolicyFile): PolicyFile {
  if (rules === undefined) return file;
  return {
    ...file,
    rules: Object.fromEntries(
      Object.entries(rules).map(([id, setting]) => [
        id,
        typeof setting === 'string' ? { severity: setting } : setting,
      ]),
    ),
  };
}

import type { ObjectIndex } from '../../engine/object-index.ts';
import type { RuleContext } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { podSpecsOf, type Container } from '../../manifests/workload.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from './kustomize.ts';
import { isAbsent, lastingContainersOf } from './pods.ts';

/** What rules about missing requests and limits need beside the manifest. */
export const RESOURCE_NEEDS = { context: KUSTOMIZE_GLOBS, kinds: ['LimitRange'] } as const;

/** `requests` or `limits`, and the resource. */
export type Want = readonly ['requests' | 'limits', string];

/** Each container, with what it and its pod say nothing of, and what no LimitRange adds. */
export function missingResources(
  manifest: Manifest,
  context: RuleContext,
  wanted: readonly Want[],
): { container: Container; missing: readonly Want[] }[] {
  const found = lastingContainersOf(manifest).flatMap((container) => {
    const spec = podSpecsOf(manifest).find(({ pointer }) => isBelow(container, pointer));
    const written = [container.value['resources'], spec?.value['resources']];
    if (written.some((value) => !isAbsent(value) && !isRecord(value))) return [];
    const missing = wanted.filter(
      (want) => !written.some((value) => says(value, want)) && !isDefaulted(manifest, want, context),
    );
    return missing.length === 0 ? [] : [{ container, missing }];
  });
  return found.length > 0 && isMissingForGood(manifest, context, 'resources') ? found : [];
}

function isBelow({ pointer }: Container, parent: readonly string[]): boolean {
  return parent.every((step, index) => step === pointer[index]);
}

/** A limit is a request as well, unless one is given: the API server copies it. */
function says(resources: unknown, [list, resource]: Want): boolean {
  if (!isRecord(resources)) return false;
  const lists = list === 'requests' ? [resources['requests'], resources['limits']] : [resources['limits']];
  return lists.some((values) => (isRecord(values) ? !isAbsent(values[resource]) : !isAbsent(values)));
}

/** A LimitRange of the namespace, or one that may come to be in it, sets the value. */
function isDefaulted({ namespace }: Manifest, want: Want, { objects }: RuleContext): boolean {
  const answers = known.get(objects) ?? new Map<string, boolean>();
  known.set(objects, answers);
  const key = JSON.stringify([namespace, ...want]);
  let answer = answers.get(key);
  if (answer === undefined) answers.set(key, (answer = isDefaultedIn(namespace, want, objects)));
  return answer;
}

const known = new WeakMap<ObjectIndex, Map<string, boolean>>();

function isDefaultedIn(own: string | null, [list, resource]: Want, objects: ObjectIndex): boolean {
  return objects.of('', 'LimitRange').some(({ namespace, value }) => {
    if (namespace !== null && own !== null && namespace !== own) return false;
    const limits = isRecord(value['spec']) ? value['spec']['limits'] : null;
    if (!Array.isArray(limits)) return false;
    return (limits as unknown[]).some((limit) => {
      if (!isRecord(limit) || limit['type'] !== 'Container') return false;
      // A default limit is the default request too, and so is an upper bound the default limit.
      const fields = list === 'requests' ? ['defaultRequest', 'default', 'max'] : ['default', 'max'];
      return fields.some((field) => isRecord(limit[field]) && !isAbsent(limit[field][resource]));
    });
  });
}

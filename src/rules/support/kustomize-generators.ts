import type { Problem } from '../../engine/rule.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { isPlaceholder } from '../../manifests/placeholder.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt } from '../../manifests/workload.ts';

const STOPS = 'kustomize stops there, so nothing of the kustomization is deployed any more.';
const BEHAVIORS = ['create', 'merge', 'replace'];

/** What is wrong with the generators of ConfigMaps and Secrets, by what is written in them alone. */
export function generatorFaults(value: Readonly<Record<string, unknown>>): Problem[] {
  return ['configMapGenerator', 'secretGenerator'].flatMap((field) =>
    listAt(value, [field]).flatMap((generator, index) =>
      isRecord(generator) ? faultsOf(generator, [field, String(index)]) : [],
    ),
  );
}

function faultsOf(generator: Readonly<Record<string, unknown>>, pointer: Pointer): Problem[] {
  const problems: Problem[] = [];
  if (asText(generator['name']) === null) {
    const message = `\`{pointer}\` of the kustomization has no name: ${STOPS}`;
    problems.push({ pointer, judged: null, message, remediation: 'Add `name`.' });
  }
  const behavior = asText(generator['behavior']);
  if (behavior !== null && !BEHAVIORS.includes(behavior) && !isPlaceholder(behavior)) {
    const at = [...pointer, 'behavior'];
    const message =
      '`{pointer}` of the kustomization is no behavior that kustomize knows, and counts as none.';
    problems.push({
      pointer: at,
      judged: behavior,
      message,
      remediation: 'Write `create`, `merge` or `replace`.',
    });
  }
  return [...problems, ...literalFaults(listAt(generator, ['literals']), [...pointer, 'literals'])];
}

/** The texts may hold secrets: only their place is named. */
function literalFaults(literals: readonly unknown[], pointer: Pointer): Problem[] {
  const keys = new Set<string>();
  return literals.flatMap((literal, index): Problem[] => {
    if (typeof literal !== 'string' || isPlaceholder(literal)) return [];
    const at = [...pointer, String(index)];
    const key = literal.slice(0, Math.max(0, literal.indexOf('=')));
    if (key === '') {
      const message = `\`{pointer}\` of the kustomization has no key before an equals sign: ${STOPS}`;
      return [{ pointer: at, judged: index, message, remediation: 'Write it as `KEY=value`.' }];
    }
    if (!keys.has(key)) {
      keys.add(key);
      return [];
    }
    const message = `\`{pointer}\` of the kustomization gives a key a second time: ${STOPS}`;
    return [{ pointer: at, judged: index, message, remediation: 'Take one of the two out.' }];
  });
}

import { kustomizationsOf } from '../../engine/kustomizations.ts';
import type { Problem, RuleContext } from '../../engine/rule.ts';
import type { Fault } from '../../manifests/kubernetes/schema.ts';
import type { Manifest } from '../../manifests/manifest.ts';

const STUB =
  '{kind} `{name}` has neither `selector` nor `template`, as a patch has, and `{kustomization}` names it under `resources`. It is ' +
  'an object of its own then: where there is none of this name yet, the server refuses it.';
const MOVE = 'Name it under `patches`, beside the object that it changes, or write the whole object.';

const KINDS: ReadonlySet<string> = new Set(['DaemonSet', 'Deployment', 'StatefulSet']);
const PARTS = ['selector', 'template'];

/**
 * A workload of a few fields that a kustomization deploys as a resource: mostly a patch in the wrong list, sometimes meant for an
 * object that the cluster has already. Null for anything else.
 */
export function stubProblem(
  { group, kind, path, value }: Manifest,
  faults: readonly Fault[],
  { snapshot }: Pick<RuleContext, 'snapshot'>,
): Problem | null {
  const [kustomization] = kustomizationsOf(snapshot).naming(path);
  if (group !== 'apps' || !KINDS.has(kind) || kustomization === undefined) return null;
  const missing = new Set(faults.filter(isOfStub).map(({ field }) => field));
  if (!PARTS.every((part) => missing.has(part))) return null;
  return {
    pointer: ['spec'],
    atKey: true,
    judged: value['spec'] ?? null,
    severity: 'warning',
    message: STUB,
    remediation: MOVE,
    values: { kustomization: kustomization.path },
  };
}

/** A fault that a stub has because it is one. */
export function isOfStub(fault: Fault): fault is Extract<Fault, { type: 'missing-field' }> {
  return fault.type === 'missing-field' && fault.pointer.join() === 'spec';
}

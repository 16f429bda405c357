import { kustomizationsOf } from '../../engine/kustomizations.ts';
import type { Problem, RuleContext } from '../../engine/rule.ts';
import type { Fault } from '../../manifests/kubernetes/schema.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { containersOf, valueAt } from '../../manifests/workload.ts';

const STUB =
  '{kind} `{name}` has no `selector` and no image, as a patch has, and `{kustomization}` names it under `resources`. It is an object ' +
  'of its own then: where there is none of this name yet, the server refuses it.';
const MOVE = 'Name it under `patches`, beside the object that it changes, or write the whole object.';

const KINDS: ReadonlySet<string> = new Set(['DaemonSet', 'Deployment', 'StatefulSet']);

/**
 * A workload of a few fields that a kustomization deploys as a resource: mostly a patch in the wrong list, sometimes meant for an
 * object that the cluster has already.
 */
export function isStub(manifest: Manifest, { snapshot }: Pick<RuleContext, 'snapshot'>): boolean {
  const { group, kind, path, value } = manifest;
  const spec = value['spec'];
  return (
    group === 'apps' &&
    KINDS.has(kind) &&
    isRecord(spec) &&
    spec['selector'] === undefined &&
    valueAt(spec, ['template', 'metadata']) === undefined &&
    containersOf(manifest).every((container) => container.value['image'] === undefined) &&
    kustomizationsOf(snapshot).naming(path).length > 0
  );
}

/** The one thing to say of a stub; null for anything else, and where a patch adds what is missing. */
export function stubProblem(
  manifest: Manifest,
  faults: readonly Fault[],
  context: Pick<RuleContext, 'snapshot'>,
): Problem | null {
  const lacksSelector = faults.some((fault) => fault.type === 'missing-field' && fault.field === 'selector');
  if (!lacksSelector || !isStub(manifest, context)) return null;
  const [kustomization] = kustomizationsOf(context.snapshot).naming(manifest.path);
  return {
    pointer: ['spec'],
    atKey: true,
    judged: manifest.value['spec'] ?? null,
    severity: 'warning',
    message: STUB,
    remediation: MOVE,
    values: { kustomization: kustomization?.path ?? '' },
  };
}

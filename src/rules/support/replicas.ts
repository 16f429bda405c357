import type { DeploymentUnit } from '../../graph/deployment-units.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { mayMeet, push, type PlacedObject, type PlacedObjects } from './placed-objects.ts';

/** Kinds that a rule has to name before it asks who scales what. */
export const SCALING_KINDS = ['HorizontalPodAutoscaler', 'ScaledObject'] as const;

const REPLICATED: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'Rollout', 'StatefulSet']);

/** The autoscalers of a revision, by the kind and name of what they scale. */
class Scaling {
  readonly #byTarget = new Map<string, PlacedObject[]>();

  constructor(placed: PlacedObjects) {
    for (const kind of SCALING_KINDS) {
      for (const scaler of placed.ofKind(kind)) {
        const target = valueAt(scaler.object.value, ['spec', 'scaleTargetRef']);
        if (!isRecord(target)) continue;
        const key = `${asText(target['kind']) ?? 'Deployment'}/${asText(target['name']) ?? ''}`;
        push(this.#byTarget, key, scaler);
      }
    }
  }

  of(workload: PlacedObject): PlacedObject[] {
    const { kind, name } = workload.object;
    return (this.#byTarget.get(`${kind}/${name ?? ''}`) ?? []).filter((scaler) => mayMeet(scaler, workload));
  }
}

const known = new WeakMap<PlacedObjects, Scaling>();

/** Made once for all rules that judge a revision. */
export function scalingOf(placed: PlacedObjects): Scaling {
  let scaling = known.get(placed);
  if (scaling === undefined) known.set(placed, (scaling = new Scaling(placed)));
  return scaling;
}

/** How many pods a workload has at least; null when something else decides it, or it is no kind that has a number. */
export function replicasOf(workload: PlacedObject, scaling: Scaling): number | null {
  const { object, units } = workload;
  if (!REPLICATED.has(object.kind) || object.form !== 'whole') return null;
  if (scaling.of(workload).length > 0) return null;
  if (units.some((unit) => unit.patches('replicas') || setsReplicas(unit, object.name))) return null;
  const replicas = valueAt(object.value, ['spec', 'replicas']);
  if (replicas === undefined || replicas === null) return 1;
  const count = typeof replicas === 'bigint' ? Number(replicas) : replicas;
  return typeof count === 'number' && Number.isInteger(count) ? count : null;
}

const counted = new WeakMap<DeploymentUnit, ReadonlySet<string | null>>();

/** `replicas:` of a kustomization. */
function setsReplicas(unit: DeploymentUnit, name: string | null): boolean {
  let names = counted.get(unit);
  if (names === undefined) {
    names = new Set(
      unit.kustomizations.flatMap(({ value }) =>
        listAt(value, ['replicas']).flatMap((item) => (isRecord(item) ? (asText(item['name']) ?? []) : [])),
      ),
    );
    counted.set(unit, names);
  }
  return names.has(name);
}

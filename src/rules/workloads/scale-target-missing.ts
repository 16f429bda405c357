import type { RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { lostObject } from '../support/lost-objects.ts';
import { placedObjectsOf } from '../support/placed-objects.ts';
import { podIndexOf, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';

/** Where each kind names what it scales. */
const SCALERS: Readonly<Record<string, readonly string[]>> = {
  HorizontalPodAutoscaler: ['spec', 'scaleTargetRef'],
  ScaledObject: ['spec', 'scaleTargetRef'],
  VerticalPodAutoscaler: ['spec', 'targetRef'],
};
const SCALABLE: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
  'StatefulSet',
]);

export const scaleTargetMissing: RepositoryRule = {
  scope: 'repository',
  kinds: [...Object.keys(SCALERS), ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const pods = podIndexOf(placed, files);
    return Object.entries(SCALERS).flatMap(([kind, pointer]) =>
      placed.ofKind(kind).flatMap((scaler) => {
        const { object, units } = scaler;
        const reference = valueAt(object.value, pointer);
        if (object.form !== 'whole' || !isRecord(reference)) return [];
        const name = asText(reference['name']);
        const target = asText(reference['kind']) ?? 'Deployment';
        if (name === null || !SCALABLE.has(target) || /\$\{|\{\{|\$\(/.test(name)) return [];
        if (placed.named(target, name, scaler).some(({ object: one }) => one.form !== 'partial')) return [];
        if (units.some(({ patches }) => patches(name)) || placed.mayBeSupplied(scaler, [name])) return [];
        if (!pods.standBeside(scaler) && !lostObject(target, name, context)) return [];
        return [
          {
            path: object.path,
            manifest: object.position,
            pointer: [...pointer, 'name'],
            judged: [target, name],
            values: { target: `${target} ${name}` },
          },
        ];
      }),
    );
  },
};

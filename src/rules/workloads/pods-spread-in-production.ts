import type { RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { placedObjectsOf } from '../support/placed-objects.ts';
import { podIndexOf, WORKLOAD_KINDS } from '../support/pod-index.ts';
import { replicasOf, scalingOf, SCALING_KINDS } from '../support/replicas.ts';

const SPREAD: ReadonlySet<string> = new Set(['Deployment', 'Rollout', 'StatefulSet']);

export const podsSpreadInProduction: RepositoryRule = {
  scope: 'repository',
  kinds: [...SCALING_KINDS, ...WORKLOAD_KINDS],
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const scaling = scalingOf(placed);
    return podIndexOf(placed, files).all.flatMap(({ placed: { object, units }, manifest, spec, ...rest }) => {
      if (!SPREAD.has(object.kind) || object.form !== 'whole' || rest.labels === null) return [];
      const written = replicasOf({ object, units, namespaces: new Set() }, scaling);
      if (written !== null && written < 2) return [];
      const apart =
        isRecord(valueAt(manifest.value, [...spec, 'affinity', 'podAntiAffinity'])) ||
        listAt(manifest.value, [...spec, 'topologySpreadConstraints']).length > 0;
      if (
        apart ||
        units.some(({ patches }) => patches('podAntiAffinity') || patches('topologySpreadConstraints'))
      )
        return [];
      return [
        { path: object.path, manifest: object.position, pointer: spec, atKey: true, judged: object.name },
      ];
    });
  },
};

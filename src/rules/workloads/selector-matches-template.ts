import type { RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { describeSelector, matches, readSelector } from '../support/label-selector.ts';
import { placedObjectsOf } from '../support/placed-objects.ts';
import { podIndexOf, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';

const SELECTING: ReadonlySet<string> = new Set([
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
  'StatefulSet',
]);

export const selectorMatchesTemplate: RepositoryRule = {
  scope: 'repository',
  kinds: [...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    const pods = podIndexOf(placedObjectsOf(files, context), files).all;
    return pods.flatMap(({ placed: { object, units }, manifest, labels }) => {
      if (!SELECTING.has(object.kind) || labels === null) return [];
      const written = valueAt(manifest.value, ['spec', 'selector']);
      const isPlain = object.kind === 'ReplicationController';
      const selector = readSelector(isPlain && isRecord(written) ? { matchLabels: written } : written);
      if (selector === null || matches(selector, labels)) return [];
      if (units.some(({ patches }) => patches('labels') || patches('selector'))) return [];
      return [
        {
          path: object.path,
          manifest: object.position,
          pointer: ['spec', 'selector'],
          judged: [written, [...labels.keys()]],
          values: { selector: describeSelector(selector) },
        },
      ];
    });
  },
};

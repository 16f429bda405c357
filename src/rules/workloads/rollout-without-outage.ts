import type { RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { placedObjectsOf } from '../support/placed-objects.ts';

const ALL =
  'Deployment `{name}` lets a rollout stop all of its pods at once: requests fail from then until new pods are ready.';
const FEWER = 'Set `maxUnavailable` to 0 or to a part of the pods, such as 25%.';

export const rolloutWithoutOutage: RepositoryRule = {
  scope: 'repository',
  kinds: ['Deployment'],
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    return placedObjectsOf(files, context)
      .ofKind('Deployment')
      .flatMap(({ object }) => {
        const strategy = valueAt(object.value, ['spec', 'strategy']);
        if (object.form === 'template' || !isRecord(strategy)) return [];
        const at = { path: object.path, manifest: object.position };
        // A volume that only one node may mount leaves no other way.
        if (strategy['type'] === 'Recreate' && !mountsClaim(object.value))
          return [{ ...at, pointer: ['spec', 'strategy', 'type'], judged: 'Recreate' }];
        if (valueAt(strategy, ['rollingUpdate', 'maxUnavailable']) !== '100%') return [];
        const pointer = ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'];
        return [{ ...at, pointer, judged: '100%', message: ALL, remediation: FEWER }];
      });
  },
};

function mountsClaim(value: unknown): boolean {
  return listAt(value, ['spec', 'template', 'spec', 'volumes']).some(
    (volume) => isRecord(volume) && volume['persistentVolumeClaim'] !== undefined,
  );
}

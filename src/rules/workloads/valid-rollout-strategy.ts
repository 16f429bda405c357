import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { valueAt } from '../../manifests/workload.ts';

const NOT_BOTH =
  '{kind} `{name}` has limits for a rolling update and the strategy `{type}`, which has none: the API server refuses the object.';
const DROP = 'Remove `rollingUpdate`, or set the type to `RollingUpdate`.';

export const validRolloutStrategy: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { file }) {
    if (file?.template === true) return [];
    const root: Pointer = ['spec', manifest.kind === 'Deployment' ? 'strategy' : 'updateStrategy'];
    const strategy = valueAt(manifest.value, root);
    const rolling = isRecord(strategy) ? strategy['rollingUpdate'] : null;
    if (!isRecord(strategy) || !isRecord(rolling)) return [];
    if (
      typeof strategy['type'] === 'string' &&
      strategy['type'] !== 'RollingUpdate' &&
      !strategy['type'].includes('$')
    )
      return notBoth(strategy['type'], [...root, 'rollingUpdate']);
    return cannotMove(manifest, rolling)
      ? [{ pointer: [...root, 'rollingUpdate'], atKey: true, judged: rolling }]
      : [];
  },
};

function notBoth(type: string, pointer: Pointer): Problem[] {
  return [{ pointer, atKey: true, judged: type, message: NOT_BOTH, remediation: DROP, values: { type } }];
}

/** A Deployment surges by a quarter where nothing is written; a DaemonSet does not surge then. */
function cannotMove({ kind }: Manifest, rolling: Readonly<Record<string, unknown>>): boolean {
  if (kind === 'StatefulSet') return isNothing(rolling['maxUnavailable']);
  if (!isNothing(rolling['maxUnavailable'])) return false;
  return isNothing(rolling['maxSurge']) || (kind === 'DaemonSet' && rolling['maxSurge'] === undefined);
}

function isNothing(value: unknown): boolean {
  return value === 0 || value === '0' || value === '0%';
}

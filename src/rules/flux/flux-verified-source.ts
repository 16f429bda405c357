import { isRecord } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { mayBePatched, ofWholeObjects } from '../support/whole-object.ts';

export const fluxVerifiedSource = ofWholeObjects(({ value }, { snapshot }) =>
  isRecord(valueAt(value, ['spec', 'verify'])) || mayBePatched('verify', snapshot)
    ? []
    : [{ pointer: ['spec', 'verify'] }],
);

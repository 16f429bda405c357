import { isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const appProjectSignatureKeys = ofWholeObjects(({ value }) =>
  listAt(value, ['spec', 'signatureKeys']).length > 0 || isRecord(valueAt(value, ['spec', 'sourceIntegrity']))
    ? []
    : [{ pointer: ['spec', 'signatureKeys'] }],
);

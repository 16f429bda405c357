import { valueAt } from '../../manifests/workload.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const appProjectSyncWindows = ofWholeObjects(({ value }) =>
  valueAt(value, ['spec', 'syncWindows']) === undefined ? [{ pointer: ['spec', 'syncWindows'] }] : [],
);

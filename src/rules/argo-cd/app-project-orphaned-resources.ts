import { valueAt } from '../../manifests/workload.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const appProjectOrphanedResources = ofWholeObjects(({ value }) =>
  valueAt(value, ['spec', 'orphanedResources']) === undefined
    ? [{ pointer: ['spec', 'orphanedResources'] }]
    : [],
);

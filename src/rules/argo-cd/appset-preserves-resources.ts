import { valueAt } from '../../manifests/workload.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

const PRESERVE = ['spec', 'syncPolicy', 'preserveResourcesOnDeletion'];

export const appsetPreservesResources = ofWholeObjects(({ value }) =>
  valueAt(value, PRESERVE) === true ? [] : [{ pointer: PRESERVE, judged: valueAt(value, PRESERVE) ?? null }],
);

import { asText } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { mayBePatched, ofWholeObjects } from '../support/whole-object.ts';

const FIELD = 'serviceAccountName';

export const fluxServiceAccount = ofWholeObjects(({ value, name }, { snapshot }) =>
  asText(valueAt(value, ['spec', FIELD])) !== null ||
  valueAt(value, ['spec', 'kubeConfig']) !== undefined ||
  // The one that Flux installs itself with.
  name === 'flux-system' ||
  mayBePatched(FIELD, snapshot) ||
  mayBePatched('--default-service-account', snapshot)
    ? []
    : [{ pointer: ['spec', FIELD] }],
);

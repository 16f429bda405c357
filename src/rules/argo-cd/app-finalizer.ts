import { listAt } from '../../manifests/workload.ts';
import { environmentsOf } from '../support/environments.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

const CASCADE = /^resources-finalizer\.argocd\.argoproj\.io(?:\/|$)/;

export const appFinalizer = ofWholeObjects((manifest, { policy }) => {
  const finalizers = listAt(manifest.value, ['metadata', 'finalizers']);
  const cascades = finalizers.some((one) => typeof one === 'string' && CASCADE.test(one));
  return cascades || environmentsOf(manifest, policy).includes('production')
    ? []
    : [{ pointer: ['metadata', 'finalizers'] }];
});

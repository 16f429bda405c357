import type { ManifestRule } from '../../engine/rule.ts';
import { isTemplated } from '../support/argo-application.ts';

export const appNamespace: ManifestRule = {
  scope: 'manifest',
  judge({ namespace }, { parameters }) {
    const allowed = parameters['namespaces'] as readonly string[];
    if (namespace === null || isTemplated(namespace) || allowed.includes(namespace)) return [];
    return [{ pointer: ['metadata', 'namespace'], judged: namespace, values: { namespace } }];
  },
};

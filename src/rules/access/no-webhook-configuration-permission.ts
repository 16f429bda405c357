import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

export const noWebhookConfigurationPermission: ManifestRule = permissionRule(
  [
    {
      groups: ['admissionregistration.k8s.io'],
      resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    },
  ],
  { named: 'harmless' },
);

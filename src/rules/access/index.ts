import type { CodeRule } from '../../engine/rule.ts';
import { noAccessForEveryAccount } from './no-access-for-every-account.ts';
import { noAnonymousAccess } from './no-anonymous-access.ts';
import { noCertificateApprovalPermission } from './no-certificate-approval-permission.ts';
import { noClusterAdminBinding } from './no-cluster-admin-binding.ts';
import { noClusterAdminInNamespace } from './no-cluster-admin-in-namespace.ts';
import { noClusterWideEditBinding } from './no-cluster-wide-edit-binding.ts';
import { noClusterWideSecretAccess } from './no-cluster-wide-secret-access.ts';
import { noDefaultServiceAccountBinding } from './no-default-service-account-binding.ts';
import { noDeprecatedServiceAccountField } from './no-deprecated-service-account-field.ts';
import { noMastersGroup } from './no-masters-group.ts';
import { noNeedlessAccountToken } from './no-needless-account-token.ts';
import { noNodeProxyPermission } from './no-node-proxy-permission.ts';
import { noPodExecPermission } from './no-pod-exec-permission.ts';
import { noPrivilegeEscalationPermission } from './no-privilege-escalation-permission.ts';
import { noRoleManagementPermission } from './no-role-management-permission.ts';
import { noTokenCreationPermission } from './no-token-creation-permission.ts';
import { noUnlimitedClusterRole } from './no-unlimited-cluster-role.ts';
import { noWebhookConfigurationPermission } from './no-webhook-configuration-permission.ts';
import { noWildcardPermissions } from './no-wildcard-permissions.ts';
import { noWorkloadCreationPermission } from './no-workload-creation-permission.ts';
import { ownServiceAccount } from './own-service-account.ts';
import { serviceAccountExists } from './service-account-exists.ts';

export const ACCESS_RULES: Readonly<Record<string, CodeRule>> = {
  'no-access-for-every-account': noAccessForEveryAccount,
  'no-anonymous-access': noAnonymousAccess,
  'no-certificate-approval-permission': noCertificateApprovalPermission,
  'no-cluster-admin-binding': noClusterAdminBinding,
  'no-cluster-admin-in-namespace': noClusterAdminInNamespace,
  'no-cluster-wide-edit-binding': noClusterWideEditBinding,
  'no-cluster-wide-secret-access': noClusterWideSecretAccess,
  'no-default-service-account-binding': noDefaultServiceAccountBinding,
  'no-deprecated-service-account-field': noDeprecatedServiceAccountField,
  'no-masters-group': noMastersGroup,
  'no-needless-account-token': noNeedlessAccountToken,
  'no-node-proxy-permission': noNodeProxyPermission,
  'no-pod-exec-permission': noPodExecPermission,
  'no-privilege-escalation-permission': noPrivilegeEscalationPermission,
  'no-role-management-permission': noRoleManagementPermission,
  'no-token-creation-permission': noTokenCreationPermission,
  'no-unlimited-cluster-role': noUnlimitedClusterRole,
  'no-webhook-configuration-permission': noWebhookConfigurationPermission,
  'no-wildcard-permissions': noWildcardPermissions,
  'no-workload-creation-permission': noWorkloadCreationPermission,
  'own-service-account': ownServiceAccount,
  'service-account-exists': serviceAccountExists,
};

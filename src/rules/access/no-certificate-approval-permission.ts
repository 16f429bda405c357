import type { ManifestRule } from '../../engine/rule.ts';
import { permissionRule } from '../support/permission-rule.ts';

/** Certificates of these signers are accepted by the API server as who they name. */
const CLIENT_SIGNERS = /^(?:\*|kubernetes\.io\/(?:\*|kube-apiserver-client(?:-kubelet)?))$/;

export const noCertificateApprovalPermission: ManifestRule = permissionRule(
  [
    {
      groups: ['certificates.k8s.io'],
      resources: ['certificatesigningrequests/approval'],
      verbs: ['update', 'patch'],
    },
    { groups: ['certificates.k8s.io'], resources: ['signers'], verbs: ['approve', 'sign'] },
  ],
  { named: { dangerous: CLIENT_SIGNERS } },
);

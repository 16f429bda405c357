const CLUSTER_SCOPED = new Set(
  (
    'Namespace Node PersistentVolume ClusterRole ClusterRoleBinding CustomResourceDefinition APIService StorageClass ' +
    'CSIDriver CSINode VolumeAttachment VolumeAttributesClass PriorityClass IngressClass IPAddress ServiceCIDR ' +
    'RuntimeClass FlowSchema PriorityLevelConfiguration CertificateSigningRequest ClusterTrustBundle DeviceClass ' +
    'ResourceSlice ComponentStatus StorageVersion StorageVersionMigration MutatingWebhookConfiguration ' +
    'ValidatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ' +
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding PodSecurityPolicy TokenReview SubjectAccessReview ' +
    'SelfSubjectReview SelfSubjectAccessReview SelfSubjectRulesReview ClusterIssuer ClusterSecretStore ' +
    'ClusterExternalSecret ClusterPolicy GatewayClass ClusterSecret'
  ).split(' '),
);

/** Whether objects of a kind stand in no namespace, as far as kinds are known here. */
export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind);
}

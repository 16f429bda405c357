import type { CodeRule } from '../engine/rule.ts';
import { allowedImageRegistry } from './allowed-image-registry.ts';
import { allowedSourceRepositories } from './allowed-source-repositories.ts';
import { appDestinationNamespace } from './app-destination-namespace.ts';
import { appFinalizer } from './app-finalizer.ts';
import { appNamespace } from './app-namespace.ts';
import { appOutsideProject } from './app-outside-project.ts';
import { appProjectChanged } from './app-project-changed.ts';
import { appProjectOrphanedResources } from './app-project-orphaned-resources.ts';
import { appProjectSignatureKeys } from './app-project-signature-keys.ts';
import { appProjectSyncWindows } from './app-project-sync-windows.ts';
import { appRetryLimit } from './app-retry-limit.ts';
import { appsetFixedProject } from './appset-fixed-project.ts';
import { appsetPreservesResources } from './appset-preserves-resources.ts';
import { appsetScmGenerator } from './appset-scm-generator.ts';
import { appsetStrictTemplates } from './appset-strict-templates.ts';
import { argocdHardening } from './argocd-hardening.ts';
import { argocdNoExec } from './argocd-no-exec.ts';
import { argocdOpenAccess } from './argocd-open-access.ts';
import { argocdSafeBuilds } from './argocd-safe-builds.ts';
import { argocdSafeNotifications } from './argocd-safe-notifications.ts';
import { argocdTls } from './argocd-tls.ts';
import { configReferenceMissing } from './config-reference-missing.ts';
import { consistentPodSpec } from './consistent-pod-spec.ts';
import { containerResources } from './container-resources.ts';
import { cronJobGuards } from './cron-job-guards.ts';
import { customResourceWithoutSchema } from './custom-resource-without-schema.ts';
import { deployedPathMissing } from './deployed-path-missing.ts';
import { deprecatedApiVersion } from './deprecated-api-version.ts';
import { disruptionBudgetAllowsEviction } from './disruption-budget-allows-eviction.ts';
import { disruptionBudgetInProduction } from './disruption-budget-in-production.ts';
import { ephemeralStorageLimit } from './ephemeral-storage-limit.ts';
import { fluxControllerLockdown } from './flux-controller-lockdown.ts';
import { fluxDecryptionMissing } from './flux-decryption-missing.ts';
import { fluxDependsOn } from './flux-depends-on.ts';
import { fluxServiceAccount } from './flux-service-account.ts';
import { fluxSubstitutionSource } from './flux-substitution-source.ts';
import { fluxVerifiedSource } from './flux-verified-source.ts';
import { imageDigestInProduction } from './image-digest-in-production.ts';
import { ingressNamesHost } from './ingress-names-host.ts';
import { ingressTls } from './ingress-tls.ts';
import { jobTtl } from './job-ttl.ts';
import { knownAnalysisTemplate } from './known-analysis-template.ts';
import { knownApiVersion } from './known-api-version.ts';
import { knownAppProject } from './known-app-project.ts';
import { knownFluxSource } from './known-flux-source.ts';
import { knownSyncOption } from './known-sync-option.ts';
import { kustomizationCycle } from './kustomization-cycle.ts';
import { kustomizationDeprecatedField } from './kustomization-deprecated-field.ts';
import { kustomizationFileUnreferenced } from './kustomization-file-unreferenced.ts';
import { kustomizationNeedsFlags } from './kustomization-needs-flags.ts';
import { kustomizationPatchWithoutTarget } from './kustomization-patch-without-target.ts';
import { kustomizationReferenceMissing } from './kustomization-reference-missing.ts';
import { kustomizationRemoteNotPinned } from './kustomization-remote-not-pinned.ts';
import { limitNearRequest } from './limit-near-request.ts';
import { livenessProbe } from './liveness-probe.ts';
import { loadBalancerSourceRanges } from './load-balancer-source-ranges.ts';
import { memoryLimit } from './memory-limit.ts';
import { namespaceLimits } from './namespace-limits.ts';
import { networkPolicyDefaultDeny } from './network-policy-default-deny.ts';
import { networkPolicyForWorkload } from './network-policy-for-workload.ts';
import { noAccessForEveryAccount } from './no-access-for-every-account.ts';
import { noAnonymousAccess } from './no-anonymous-access.ts';
import { noAutoSyncInProduction } from './no-auto-sync-in-production.ts';
import { noBreakingDefinitionChange } from './no-breaking-definition-change.ts';
import { noCertificateApprovalPermission } from './no-certificate-approval-permission.ts';
import { noClusterAdminBinding } from './no-cluster-admin-binding.ts';
import { noClusterAdminInNamespace } from './no-cluster-admin-in-namespace.ts';
import { noClusterWideEditBinding } from './no-cluster-wide-edit-binding.ts';
import { noClusterWideSecretAccess } from './no-cluster-wide-secret-access.ts';
import { noContainerRuntimeSocket } from './no-container-runtime-socket.ts';
import { noCredentialInFile } from './no-credential-in-file.ts';
import { noCredentialInManifest } from './no-credential-in-manifest.ts';
import { noCrossNamespaceSource } from './no-cross-namespace-source.ts';
import { noDecryptedSopsCopy } from './no-decrypted-sops-copy.ts';
import { noDefaultNamespace } from './no-default-namespace.ts';
import { noDefaultProject } from './no-default-project.ts';
import { noDefaultServiceAccountBinding } from './no-default-service-account-binding.ts';
import { noDeprecatedServiceAccountField } from './no-deprecated-service-account-field.ts';
import { noDirectPush } from './no-direct-push.ts';
import { noDuplicateEnvironmentVariable } from './no-duplicate-environment-variable.ts';
import { noDuplicateObject } from './no-duplicate-object.ts';
import { noIdenticalProbes } from './no-identical-probes.ts';
import { noLeakedCredential } from './no-leaked-credential.ts';
import { noLowUserId } from './no-low-user-id.ts';
import { noMastersGroup } from './no-masters-group.ts';
import { noMutableImageTag } from './no-mutable-image-tag.ts';
import { noNakedPod } from './no-naked-pod.ts';
import { noNeedlessAccountToken } from './no-needless-account-token.ts';
import { noNodeProxyPermission } from './no-node-proxy-permission.ts';
import { noOpenEgress } from './no-open-egress.ts';
import { noOpenIngress } from './no-open-ingress.ts';
import { noPlainKeyInSopsFile } from './no-plain-key-in-sops-file.ts';
import { noPlainSecretBesideSealedSecret } from './no-plain-secret-beside-sealed-secret.ts';
import { noPlaintextSecret } from './no-plaintext-secret.ts';
import { noPodExecPermission } from './no-pod-exec-permission.ts';
import { noPrivateKey } from './no-private-key.ts';
import { noPrivilegeEscalationPermission } from './no-privilege-escalation-permission.ts';
import { noRemovedRegistry } from './no-removed-registry.ts';
import { noReplicasBesideAutoscaler } from './no-replicas-beside-autoscaler.ts';
import { noRoleManagementPermission } from './no-role-management-permission.ts';
import { noRootEquivalentCapability } from './no-root-equivalent-capability.ts';
import { noSealedSecretsKey } from './no-sealed-secrets-key.ts';
import { noSecretInSopsComment } from './no-secret-in-sops-comment.ts';
import { noSensitiveHostPath } from './no-sensitive-host-path.ts';
import { noTokenCreationPermission } from './no-token-creation-permission.ts';
import { noUnlimitedClusterRole } from './no-unlimited-cluster-role.ts';
import { noUnrestrictedAppProject } from './no-unrestricted-app-project.ts';
import { noWeakerSopsConfig } from './no-weaker-sops-config.ts';
import { noWebhookConfigurationPermission } from './no-webhook-configuration-permission.ts';
import { noWildcardPermissions } from './no-wildcard-permissions.ts';
import { noWorkloadCreationPermission } from './no-workload-creation-permission.ts';
import { objectSize } from './object-size.ts';
import { ownServiceAccount } from './own-service-account.ts';
import { pinnedAppRevision } from './pinned-app-revision.ts';
import { pinnedChartVersion } from './pinned-chart-version.ts';
import { pinnedFluxRef } from './pinned-flux-ref.ts';
import { podSecurityAppArmor } from './pod-security-app-armor.ts';
import { podSecurityCapabilities } from './pod-security-capabilities.ts';
import { podSecurityCapabilitiesRestricted } from './pod-security-capabilities-restricted.ts';
import { podSecurityHostNamespaces } from './pod-security-host-namespaces.ts';
import { podSecurityHostPathVolumes } from './pod-security-host-path-volumes.ts';
import { podSecurityHostPorts } from './pod-security-host-ports.ts';
import { podSecurityHostProbes } from './pod-security-host-probes.ts';
import { podSecurityHostProcess } from './pod-security-host-process.ts';
import { podSecurityPrivilegeEscalation } from './pod-security-privilege-escalation.ts';
import { podSecurityPrivileged } from './pod-security-privileged.ts';
import { podSecurityProcMount } from './pod-security-proc-mount.ts';
import { podSecurityProcMountRestricted } from './pod-security-proc-mount-restricted.ts';
import { podSecurityRunAsNonRoot } from './pod-security-run-as-non-root.ts';
import { podSecurityRunAsUser } from './pod-security-run-as-user.ts';
import { podSecuritySeccomp } from './pod-security-seccomp.ts';
import { podSecuritySeccompRestricted } from './pod-security-seccomp-restricted.ts';
import { podSecuritySelinux } from './pod-security-selinux.ts';
import { podSecuritySysctls } from './pod-security-sysctls.ts';
import { podSecurityVolumeTypes } from './pod-security-volume-types.ts';
import { podsSpreadInProduction } from './pods-spread-in-production.ts';
import { priorityClass } from './priority-class.ts';
import { probePortExists } from './probe-port-exists.ts';
import { pullPolicyFitsImage } from './pull-policy-fits-image.ts';
import { readOnlyRootFilesystem } from './read-only-root-filesystem.ts';
import { readinessProbe } from './readiness-probe.ts';
import { replicasInProduction } from './replicas-in-production.ts';
import { requestWithinLimit } from './request-within-limit.ts';
import { requiredLabels } from './required-labels.ts';
import { resourceFitsChangedDefinition } from './resource-fits-changed-definition.ts';
import { rolloutAnalysis } from './rollout-analysis.ts';
import { rolloutInProduction } from './rollout-in-production.ts';
import { rolloutWithoutOutage } from './rollout-without-outage.ts';
import { routeBackendMissing } from './route-backend-missing.ts';
import { safePruneInProduction } from './safe-prune-in-production.ts';
import { scaleTargetMissing } from './scale-target-missing.ts';
import { sealedSecretScopeChanged } from './sealed-secret-scope-changed.ts';
import { selectorMatchesTemplate } from './selector-matches-template.ts';
import { selectorSelectsSomething } from './selector-selects-something.ts';
import { serverSideApplyNeeded } from './server-side-apply-needed.ts';
import { serviceAccountExists } from './service-account-exists.ts';
import { serviceSelectsPods } from './service-selects-pods.ts';
import { signedCommits } from './signed-commits.ts';
import { signersChanged } from './signers-changed.ts';
import { sopsCiphertextMoved } from './sops-ciphertext-moved.ts';
import { sopsDataKeyNotRotated } from './sops-data-key-not-rotated.ts';
import { sopsFileNotEncrypted } from './sops-file-not-encrypted.ts';
import { sopsFileWithoutRule } from './sops-file-without-rule.ts';
import { sopsMacMismatch } from './sops-mac-mismatch.ts';
import { sopsModeMismatch } from './sops-mode-mismatch.ts';
import { sopsRecipientsMismatch } from './sops-recipients-mismatch.ts';
import { uniqueIngressHost } from './unique-ingress-host.ts';
import { validAppDestination } from './valid-app-destination.ts';
import { validAppSource } from './valid-app-source.ts';
import { validAutoscaler } from './valid-autoscaler.ts';
import { validCronSchedule } from './valid-cron-schedule.ts';
import { validCustomResourceDefinition } from './valid-custom-resource-definition.ts';
import { validKustomization } from './valid-kustomization.ts';
import { validLabels } from './valid-labels.ts';
import { validName } from './valid-name.ts';
import { validPolicy } from './valid-policy.ts';
import { validRollout } from './valid-rollout.ts';
import { validRolloutStrategy } from './valid-rollout-strategy.ts';
import { validRule } from './valid-rule.ts';
import { validSchema } from './valid-schema.ts';
import { validSealedSecret } from './valid-sealed-secret.ts';
import { validSecretRules } from './valid-secret-rules.ts';
import { validSigners } from './valid-signers.ts';
import { validSopsConfig } from './valid-sops-config.ts';
import { validSopsFile } from './valid-sops-file.ts';
import { validSopsReference } from './valid-sops-reference.ts';
import { validYaml } from './valid-yaml.ts';

/** The code of every rule whose `rule.yaml` says `code: true`, by its id. Sorted; a test keeps it complete. */
export const CODE_RULES: Readonly<Record<string, CodeRule>> = {
  'allowed-image-registry': allowedImageRegistry,
  'allowed-source-repositories': allowedSourceRepositories,
  'app-destination-namespace': appDestinationNamespace,
  'app-finalizer': appFinalizer,
  'app-namespace': appNamespace,
  'app-outside-project': appOutsideProject,
  'app-project-changed': appProjectChanged,
  'app-project-orphaned-resources': appProjectOrphanedResources,
  'app-project-signature-keys': appProjectSignatureKeys,
  'app-project-sync-windows': appProjectSyncWindows,
  'app-retry-limit': appRetryLimit,
  'appset-fixed-project': appsetFixedProject,
  'appset-preserves-resources': appsetPreservesResources,
  'appset-scm-generator': appsetScmGenerator,
  'appset-strict-templates': appsetStrictTemplates,
  'argocd-hardening': argocdHardening,
  'argocd-no-exec': argocdNoExec,
  'argocd-open-access': argocdOpenAccess,
  'argocd-safe-builds': argocdSafeBuilds,
  'argocd-safe-notifications': argocdSafeNotifications,
  'argocd-tls': argocdTls,
  'config-reference-missing': configReferenceMissing,
  'consistent-pod-spec': consistentPodSpec,
  'container-resources': containerResources,
  'cron-job-guards': cronJobGuards,
  'custom-resource-without-schema': customResourceWithoutSchema,
  'deployed-path-missing': deployedPathMissing,
  'deprecated-api-version': deprecatedApiVersion,
  'disruption-budget-allows-eviction': disruptionBudgetAllowsEviction,
  'disruption-budget-in-production': disruptionBudgetInProduction,
  'ephemeral-storage-limit': ephemeralStorageLimit,
  'flux-controller-lockdown': fluxControllerLockdown,
  'flux-decryption-missing': fluxDecryptionMissing,
  'flux-depends-on': fluxDependsOn,
  'flux-service-account': fluxServiceAccount,
  'flux-substitution-source': fluxSubstitutionSource,
  'flux-verified-source': fluxVerifiedSource,
  'image-digest-in-production': imageDigestInProduction,
  'ingress-names-host': ingressNamesHost,
  'ingress-tls': ingressTls,
  'job-ttl': jobTtl,
  'known-analysis-template': knownAnalysisTemplate,
  'known-api-version': knownApiVersion,
  'known-app-project': knownAppProject,
  'known-flux-source': knownFluxSource,
  'known-sync-option': knownSyncOption,
  'kustomization-cycle': kustomizationCycle,
  'kustomization-deprecated-field': kustomizationDeprecatedField,
  'kustomization-file-unreferenced': kustomizationFileUnreferenced,
  'kustomization-needs-flags': kustomizationNeedsFlags,
  'kustomization-patch-without-target': kustomizationPatchWithoutTarget,
  'kustomization-reference-missing': kustomizationReferenceMissing,
  'kustomization-remote-not-pinned': kustomizationRemoteNotPinned,
  'limit-near-request': limitNearRequest,
  'liveness-probe': livenessProbe,
  'load-balancer-source-ranges': loadBalancerSourceRanges,
  'memory-limit': memoryLimit,
  'namespace-limits': namespaceLimits,
  'network-policy-default-deny': networkPolicyDefaultDeny,
  'network-policy-for-workload': networkPolicyForWorkload,
  'no-access-for-every-account': noAccessForEveryAccount,
  'no-anonymous-access': noAnonymousAccess,
  'no-auto-sync-in-production': noAutoSyncInProduction,
  'no-breaking-definition-change': noBreakingDefinitionChange,
  'no-certificate-approval-permission': noCertificateApprovalPermission,
  'no-cluster-admin-binding': noClusterAdminBinding,
  'no-cluster-admin-in-namespace': noClusterAdminInNamespace,
  'no-cluster-wide-edit-binding': noClusterWideEditBinding,
  'no-cluster-wide-secret-access': noClusterWideSecretAccess,
  'no-container-runtime-socket': noContainerRuntimeSocket,
  'no-credential-in-file': noCredentialInFile,
  'no-credential-in-manifest': noCredentialInManifest,
  'no-cross-namespace-source': noCrossNamespaceSource,
  'no-decrypted-sops-copy': noDecryptedSopsCopy,
  'no-default-namespace': noDefaultNamespace,
  'no-default-project': noDefaultProject,
  'no-default-service-account-binding': noDefaultServiceAccountBinding,
  'no-deprecated-service-account-field': noDeprecatedServiceAccountField,
  'no-direct-push': noDirectPush,
  'no-duplicate-environment-variable': noDuplicateEnvironmentVariable,
  'no-duplicate-object': noDuplicateObject,
  'no-identical-probes': noIdenticalProbes,
  'no-leaked-credential': noLeakedCredential,
  'no-low-user-id': noLowUserId,
  'no-masters-group': noMastersGroup,
  'no-mutable-image-tag': noMutableImageTag,
  'no-naked-pod': noNakedPod,
  'no-needless-account-token': noNeedlessAccountToken,
  'no-node-proxy-permission': noNodeProxyPermission,
  'no-open-egress': noOpenEgress,
  'no-open-ingress': noOpenIngress,
  'no-plain-key-in-sops-file': noPlainKeyInSopsFile,
  'no-plain-secret-beside-sealed-secret': noPlainSecretBesideSealedSecret,
  'no-plaintext-secret': noPlaintextSecret,
  'no-pod-exec-permission': noPodExecPermission,
  'no-private-key': noPrivateKey,
  'no-privilege-escalation-permission': noPrivilegeEscalationPermission,
  'no-removed-registry': noRemovedRegistry,
  'no-replicas-beside-autoscaler': noReplicasBesideAutoscaler,
  'no-role-management-permission': noRoleManagementPermission,
  'no-root-equivalent-capability': noRootEquivalentCapability,
  'no-sealed-secrets-key': noSealedSecretsKey,
  'no-secret-in-sops-comment': noSecretInSopsComment,
  'no-sensitive-host-path': noSensitiveHostPath,
  'no-token-creation-permission': noTokenCreationPermission,
  'no-unlimited-cluster-role': noUnlimitedClusterRole,
  'no-unrestricted-app-project': noUnrestrictedAppProject,
  'no-weaker-sops-config': noWeakerSopsConfig,
  'no-webhook-configuration-permission': noWebhookConfigurationPermission,
  'no-wildcard-permissions': noWildcardPermissions,
  'no-workload-creation-permission': noWorkloadCreationPermission,
  'object-size': objectSize,
  'own-service-account': ownServiceAccount,
  'pinned-app-revision': pinnedAppRevision,
  'pinned-chart-version': pinnedChartVersion,
  'pinned-flux-ref': pinnedFluxRef,
  'pod-security-app-armor': podSecurityAppArmor,
  'pod-security-capabilities': podSecurityCapabilities,
  'pod-security-capabilities-restricted': podSecurityCapabilitiesRestricted,
  'pod-security-host-namespaces': podSecurityHostNamespaces,
  'pod-security-host-path-volumes': podSecurityHostPathVolumes,
  'pod-security-host-ports': podSecurityHostPorts,
  'pod-security-host-probes': podSecurityHostProbes,
  'pod-security-host-process': podSecurityHostProcess,
  'pod-security-privilege-escalation': podSecurityPrivilegeEscalation,
  'pod-security-privileged': podSecurityPrivileged,
  'pod-security-proc-mount': podSecurityProcMount,
  'pod-security-proc-mount-restricted': podSecurityProcMountRestricted,
  'pod-security-run-as-non-root': podSecurityRunAsNonRoot,
  'pod-security-run-as-user': podSecurityRunAsUser,
  'pod-security-seccomp': podSecuritySeccomp,
  'pod-security-seccomp-restricted': podSecuritySeccompRestricted,
  'pod-security-selinux': podSecuritySelinux,
  'pod-security-sysctls': podSecuritySysctls,
  'pod-security-volume-types': podSecurityVolumeTypes,
  'pods-spread-in-production': podsSpreadInProduction,
  'priority-class': priorityClass,
  'probe-port-exists': probePortExists,
  'pull-policy-fits-image': pullPolicyFitsImage,
  'read-only-root-filesystem': readOnlyRootFilesystem,
  'readiness-probe': readinessProbe,
  'replicas-in-production': replicasInProduction,
  'request-within-limit': requestWithinLimit,
  'required-labels': requiredLabels,
  'resource-fits-changed-definition': resourceFitsChangedDefinition,
  'rollout-analysis': rolloutAnalysis,
  'rollout-in-production': rolloutInProduction,
  'rollout-without-outage': rolloutWithoutOutage,
  'route-backend-missing': routeBackendMissing,
  'safe-prune-in-production': safePruneInProduction,
  'scale-target-missing': scaleTargetMissing,
  'sealed-secret-scope-changed': sealedSecretScopeChanged,
  'selector-matches-template': selectorMatchesTemplate,
  'selector-selects-something': selectorSelectsSomething,
  'server-side-apply-needed': serverSideApplyNeeded,
  'service-account-exists': serviceAccountExists,
  'service-selects-pods': serviceSelectsPods,
  'signed-commits': signedCommits,
  'signers-changed': signersChanged,
  'sops-ciphertext-moved': sopsCiphertextMoved,
  'sops-data-key-not-rotated': sopsDataKeyNotRotated,
  'sops-file-not-encrypted': sopsFileNotEncrypted,
  'sops-file-without-rule': sopsFileWithoutRule,
  'sops-mac-mismatch': sopsMacMismatch,
  'sops-mode-mismatch': sopsModeMismatch,
  'sops-recipients-mismatch': sopsRecipientsMismatch,
  'unique-ingress-host': uniqueIngressHost,
  'valid-app-destination': validAppDestination,
  'valid-app-source': validAppSource,
  'valid-autoscaler': validAutoscaler,
  'valid-cron-schedule': validCronSchedule,
  'valid-custom-resource-definition': validCustomResourceDefinition,
  'valid-kustomization': validKustomization,
  'valid-labels': validLabels,
  'valid-name': validName,
  'valid-policy': validPolicy,
  'valid-rollout': validRollout,
  'valid-rollout-strategy': validRolloutStrategy,
  'valid-rule': validRule,
  'valid-schema': validSchema,
  'valid-sealed-secret': validSealedSecret,
  'valid-secret-rules': validSecretRules,
  'valid-signers': validSigners,
  'valid-sops-config': validSopsConfig,
  'valid-sops-file': validSopsFile,
  'valid-sops-reference': validSopsReference,
  'valid-yaml': validYaml,
};

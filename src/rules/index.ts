import type { CodeRule } from '../engine/rule.ts';
import { configReferenceMissing } from './config-reference-missing.ts';
import { consistentPodSpec } from './consistent-pod-spec.ts';
import { deployedPathMissing } from './deployed-path-missing.ts';
import { disruptionBudgetAllowsEviction } from './disruption-budget-allows-eviction.ts';
import { disruptionBudgetInProduction } from './disruption-budget-in-production.ts';
import { fluxDecryptionMissing } from './flux-decryption-missing.ts';
import { ingressNamesHost } from './ingress-names-host.ts';
import { ingressTls } from './ingress-tls.ts';
import { knownApiVersion } from './known-api-version.ts';
import { kustomizationCycle } from './kustomization-cycle.ts';
import { kustomizationDeprecatedField } from './kustomization-deprecated-field.ts';
import { kustomizationFileUnreferenced } from './kustomization-file-unreferenced.ts';
import { kustomizationNeedsFlags } from './kustomization-needs-flags.ts';
import { kustomizationPatchWithoutTarget } from './kustomization-patch-without-target.ts';
import { kustomizationReferenceMissing } from './kustomization-reference-missing.ts';
import { kustomizationRemoteNotPinned } from './kustomization-remote-not-pinned.ts';
import { loadBalancerSourceRanges } from './load-balancer-source-ranges.ts';
import { networkPolicyDefaultDeny } from './network-policy-default-deny.ts';
import { networkPolicyForWorkload } from './network-policy-for-workload.ts';
import { noAutoSyncInProduction } from './no-auto-sync-in-production.ts';
import { noCredentialInFile } from './no-credential-in-file.ts';
import { noCredentialInManifest } from './no-credential-in-manifest.ts';
import { noDecryptedSopsCopy } from './no-decrypted-sops-copy.ts';
import { noDirectPush } from './no-direct-push.ts';
import { noDuplicateEnvironmentVariable } from './no-duplicate-environment-variable.ts';
import { noLeakedCredential } from './no-leaked-credential.ts';
import { noMutableImageTag } from './no-mutable-image-tag.ts';
import { noOpenEgress } from './no-open-egress.ts';
import { noOpenIngress } from './no-open-ingress.ts';
import { noPlainKeyInSopsFile } from './no-plain-key-in-sops-file.ts';
import { noPlainSecretBesideSealedSecret } from './no-plain-secret-beside-sealed-secret.ts';
import { noPlaintextSecret } from './no-plaintext-secret.ts';
import { noPrivateKey } from './no-private-key.ts';
import { noReplicasBesideAutoscaler } from './no-replicas-beside-autoscaler.ts';
import { noSealedSecretsKey } from './no-sealed-secrets-key.ts';
import { noSecretInSopsComment } from './no-secret-in-sops-comment.ts';
import { noUnrestrictedAppProject } from './no-unrestricted-app-project.ts';
import { noWeakerSopsConfig } from './no-weaker-sops-config.ts';
import { podsSpreadInProduction } from './pods-spread-in-production.ts';
import { replicasInProduction } from './replicas-in-production.ts';
import { rolloutWithoutOutage } from './rollout-without-outage.ts';
import { routeBackendMissing } from './route-backend-missing.ts';
import { scaleTargetMissing } from './scale-target-missing.ts';
import { sealedSecretScopeChanged } from './sealed-secret-scope-changed.ts';
import { selectorMatchesTemplate } from './selector-matches-template.ts';
import { selectorSelectsSomething } from './selector-selects-something.ts';
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
import { validAutoscaler } from './valid-autoscaler.ts';
import { validKustomization } from './valid-kustomization.ts';
import { validPolicy } from './valid-policy.ts';
import { validRolloutStrategy } from './valid-rollout-strategy.ts';
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
  'config-reference-missing': configReferenceMissing,
  'consistent-pod-spec': consistentPodSpec,
  'deployed-path-missing': deployedPathMissing,
  'disruption-budget-allows-eviction': disruptionBudgetAllowsEviction,
  'disruption-budget-in-production': disruptionBudgetInProduction,
  'flux-decryption-missing': fluxDecryptionMissing,
  'ingress-names-host': ingressNamesHost,
  'ingress-tls': ingressTls,
  'known-api-version': knownApiVersion,
  'kustomization-cycle': kustomizationCycle,
  'kustomization-deprecated-field': kustomizationDeprecatedField,
  'kustomization-file-unreferenced': kustomizationFileUnreferenced,
  'kustomization-needs-flags': kustomizationNeedsFlags,
  'kustomization-patch-without-target': kustomizationPatchWithoutTarget,
  'kustomization-reference-missing': kustomizationReferenceMissing,
  'kustomization-remote-not-pinned': kustomizationRemoteNotPinned,
  'load-balancer-source-ranges': loadBalancerSourceRanges,
  'network-policy-default-deny': networkPolicyDefaultDeny,
  'network-policy-for-workload': networkPolicyForWorkload,
  'no-auto-sync-in-production': noAutoSyncInProduction,
  'no-credential-in-file': noCredentialInFile,
  'no-credential-in-manifest': noCredentialInManifest,
  'no-decrypted-sops-copy': noDecryptedSopsCopy,
  'no-direct-push': noDirectPush,
  'no-duplicate-environment-variable': noDuplicateEnvironmentVariable,
  'no-leaked-credential': noLeakedCredential,
  'no-mutable-image-tag': noMutableImageTag,
  'no-open-egress': noOpenEgress,
  'no-open-ingress': noOpenIngress,
  'no-plain-key-in-sops-file': noPlainKeyInSopsFile,
  'no-plain-secret-beside-sealed-secret': noPlainSecretBesideSealedSecret,
  'no-plaintext-secret': noPlaintextSecret,
  'no-private-key': noPrivateKey,
  'no-replicas-beside-autoscaler': noReplicasBesideAutoscaler,
  'no-sealed-secrets-key': noSealedSecretsKey,
  'no-secret-in-sops-comment': noSecretInSopsComment,
  'no-unrestricted-app-project': noUnrestrictedAppProject,
  'no-weaker-sops-config': noWeakerSopsConfig,
  'pods-spread-in-production': podsSpreadInProduction,
  'replicas-in-production': replicasInProduction,
  'rollout-without-outage': rolloutWithoutOutage,
  'route-backend-missing': routeBackendMissing,
  'scale-target-missing': scaleTargetMissing,
  'sealed-secret-scope-changed': sealedSecretScopeChanged,
  'selector-matches-template': selectorMatchesTemplate,
  'selector-selects-something': selectorSelectsSomething,
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
  'valid-autoscaler': validAutoscaler,
  'valid-kustomization': validKustomization,
  'valid-policy': validPolicy,
  'valid-rollout-strategy': validRolloutStrategy,
  'valid-schema': validSchema,
  'valid-sealed-secret': validSealedSecret,
  'valid-secret-rules': validSecretRules,
  'valid-signers': validSigners,
  'valid-sops-config': validSopsConfig,
  'valid-sops-file': validSopsFile,
  'valid-sops-reference': validSopsReference,
  'valid-yaml': validYaml,
};

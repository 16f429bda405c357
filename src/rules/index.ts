import type { CodeRule } from '../engine/rule.ts';
import { customResourceWithoutSchema } from './custom-resource-without-schema.ts';
import { deprecatedApiVersion } from './deprecated-api-version.ts';
import { fluxDecryptionMissing } from './flux-decryption-missing.ts';
import { knownApiVersion } from './known-api-version.ts';
import { noAutoSyncInProduction } from './no-auto-sync-in-production.ts';
import { noBreakingDefinitionChange } from './no-breaking-definition-change.ts';
import { noContainerRuntimeSocket } from './no-container-runtime-socket.ts';
import { noCredentialInFile } from './no-credential-in-file.ts';
import { noCredentialInManifest } from './no-credential-in-manifest.ts';
import { noDecryptedSopsCopy } from './no-decrypted-sops-copy.ts';
import { noDirectPush } from './no-direct-push.ts';
import { noLeakedCredential } from './no-leaked-credential.ts';
import { noLowUserId } from './no-low-user-id.ts';
import { noMutableImageTag } from './no-mutable-image-tag.ts';
import { noOpenIngress } from './no-open-ingress.ts';
import { noPlainKeyInSopsFile } from './no-plain-key-in-sops-file.ts';
import { noPlainSecretBesideSealedSecret } from './no-plain-secret-beside-sealed-secret.ts';
import { noPlaintextSecret } from './no-plaintext-secret.ts';
import { noPrivateKey } from './no-private-key.ts';
import { noRootEquivalentCapability } from './no-root-equivalent-capability.ts';
import { noSealedSecretsKey } from './no-sealed-secrets-key.ts';
import { noSecretInSopsComment } from './no-secret-in-sops-comment.ts';
import { noSensitiveHostPath } from './no-sensitive-host-path.ts';
import { noUnrestrictedAppProject } from './no-unrestricted-app-project.ts';
import { noWeakerSopsConfig } from './no-weaker-sops-config.ts';
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
import { readOnlyRootFilesystem } from './read-only-root-filesystem.ts';
import { resourceFitsChangedDefinition } from './resource-fits-changed-definition.ts';
import { sealedSecretScopeChanged } from './sealed-secret-scope-changed.ts';
import { signedCommits } from './signed-commits.ts';
import { signersChanged } from './signers-changed.ts';
import { sopsCiphertextMoved } from './sops-ciphertext-moved.ts';
import { sopsDataKeyNotRotated } from './sops-data-key-not-rotated.ts';
import { sopsFileNotEncrypted } from './sops-file-not-encrypted.ts';
import { sopsFileWithoutRule } from './sops-file-without-rule.ts';
import { sopsMacMismatch } from './sops-mac-mismatch.ts';
import { sopsModeMismatch } from './sops-mode-mismatch.ts';
import { sopsRecipientsMismatch } from './sops-recipients-mismatch.ts';
import { validCustomResourceDefinition } from './valid-custom-resource-definition.ts';
import { validPolicy } from './valid-policy.ts';
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
  'custom-resource-without-schema': customResourceWithoutSchema,
  'deprecated-api-version': deprecatedApiVersion,
  'flux-decryption-missing': fluxDecryptionMissing,
  'known-api-version': knownApiVersion,
  'no-auto-sync-in-production': noAutoSyncInProduction,
  'no-breaking-definition-change': noBreakingDefinitionChange,
  'no-container-runtime-socket': noContainerRuntimeSocket,
  'no-credential-in-file': noCredentialInFile,
  'no-credential-in-manifest': noCredentialInManifest,
  'no-decrypted-sops-copy': noDecryptedSopsCopy,
  'no-direct-push': noDirectPush,
  'no-leaked-credential': noLeakedCredential,
  'no-low-user-id': noLowUserId,
  'no-mutable-image-tag': noMutableImageTag,
  'no-open-ingress': noOpenIngress,
  'no-plain-key-in-sops-file': noPlainKeyInSopsFile,
  'no-plain-secret-beside-sealed-secret': noPlainSecretBesideSealedSecret,
  'no-plaintext-secret': noPlaintextSecret,
  'no-private-key': noPrivateKey,
  'no-root-equivalent-capability': noRootEquivalentCapability,
  'no-sealed-secrets-key': noSealedSecretsKey,
  'no-secret-in-sops-comment': noSecretInSopsComment,
  'no-sensitive-host-path': noSensitiveHostPath,
  'no-unrestricted-app-project': noUnrestrictedAppProject,
  'no-weaker-sops-config': noWeakerSopsConfig,
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
  'read-only-root-filesystem': readOnlyRootFilesystem,
  'resource-fits-changed-definition': resourceFitsChangedDefinition,
  'sealed-secret-scope-changed': sealedSecretScopeChanged,
  'signed-commits': signedCommits,
  'signers-changed': signersChanged,
  'sops-ciphertext-moved': sopsCiphertextMoved,
  'sops-data-key-not-rotated': sopsDataKeyNotRotated,
  'sops-file-not-encrypted': sopsFileNotEncrypted,
  'sops-file-without-rule': sopsFileWithoutRule,
  'sops-mac-mismatch': sopsMacMismatch,
  'sops-mode-mismatch': sopsModeMismatch,
  'sops-recipients-mismatch': sopsRecipientsMismatch,
  'valid-custom-resource-definition': validCustomResourceDefinition,
  'valid-policy': validPolicy,
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

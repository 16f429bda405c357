import type { CodeRule } from '../engine/rule.ts';
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
import { fluxControllerLockdown } from './flux-controller-lockdown.ts';
import { fluxDecryptionMissing } from './flux-decryption-missing.ts';
import { fluxDependsOn } from './flux-depends-on.ts';
import { fluxServiceAccount } from './flux-service-account.ts';
import { fluxSubstitutionSource } from './flux-substitution-source.ts';
import { fluxVerifiedSource } from './flux-verified-source.ts';
import { knownAnalysisTemplate } from './known-analysis-template.ts';
import { knownApiVersion } from './known-api-version.ts';
import { knownAppProject } from './known-app-project.ts';
import { knownFluxSource } from './known-flux-source.ts';
import { knownSyncOption } from './known-sync-option.ts';
import { noAutoSyncInProduction } from './no-auto-sync-in-production.ts';
import { noCredentialInFile } from './no-credential-in-file.ts';
import { noCredentialInManifest } from './no-credential-in-manifest.ts';
import { noCrossNamespaceSource } from './no-cross-namespace-source.ts';
import { noDecryptedSopsCopy } from './no-decrypted-sops-copy.ts';
import { noDefaultProject } from './no-default-project.ts';
import { noDirectPush } from './no-direct-push.ts';
import { noLeakedCredential } from './no-leaked-credential.ts';
import { noMutableImageTag } from './no-mutable-image-tag.ts';
import { noOpenIngress } from './no-open-ingress.ts';
import { noPlainKeyInSopsFile } from './no-plain-key-in-sops-file.ts';
import { noPlainSecretBesideSealedSecret } from './no-plain-secret-beside-sealed-secret.ts';
import { noPlaintextSecret } from './no-plaintext-secret.ts';
import { noPrivateKey } from './no-private-key.ts';
import { noSealedSecretsKey } from './no-sealed-secrets-key.ts';
import { noSecretInSopsComment } from './no-secret-in-sops-comment.ts';
import { noUnrestrictedAppProject } from './no-unrestricted-app-project.ts';
import { noWeakerSopsConfig } from './no-weaker-sops-config.ts';
import { pinnedAppRevision } from './pinned-app-revision.ts';
import { pinnedChartVersion } from './pinned-chart-version.ts';
import { pinnedFluxRef } from './pinned-flux-ref.ts';
import { rolloutAnalysis } from './rollout-analysis.ts';
import { rolloutInProduction } from './rollout-in-production.ts';
import { safePruneInProduction } from './safe-prune-in-production.ts';
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
import { validAppDestination } from './valid-app-destination.ts';
import { validAppSource } from './valid-app-source.ts';
import { validPolicy } from './valid-policy.ts';
import { validRollout } from './valid-rollout.ts';
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
  'flux-controller-lockdown': fluxControllerLockdown,
  'flux-decryption-missing': fluxDecryptionMissing,
  'flux-depends-on': fluxDependsOn,
  'flux-service-account': fluxServiceAccount,
  'flux-substitution-source': fluxSubstitutionSource,
  'flux-verified-source': fluxVerifiedSource,
  'known-analysis-template': knownAnalysisTemplate,
  'known-api-version': knownApiVersion,
  'known-app-project': knownAppProject,
  'known-flux-source': knownFluxSource,
  'known-sync-option': knownSyncOption,
  'no-auto-sync-in-production': noAutoSyncInProduction,
  'no-credential-in-file': noCredentialInFile,
  'no-credential-in-manifest': noCredentialInManifest,
  'no-cross-namespace-source': noCrossNamespaceSource,
  'no-decrypted-sops-copy': noDecryptedSopsCopy,
  'no-default-project': noDefaultProject,
  'no-direct-push': noDirectPush,
  'no-leaked-credential': noLeakedCredential,
  'no-mutable-image-tag': noMutableImageTag,
  'no-open-ingress': noOpenIngress,
  'no-plain-key-in-sops-file': noPlainKeyInSopsFile,
  'no-plain-secret-beside-sealed-secret': noPlainSecretBesideSealedSecret,
  'no-plaintext-secret': noPlaintextSecret,
  'no-private-key': noPrivateKey,
  'no-sealed-secrets-key': noSealedSecretsKey,
  'no-secret-in-sops-comment': noSecretInSopsComment,
  'no-unrestricted-app-project': noUnrestrictedAppProject,
  'no-weaker-sops-config': noWeakerSopsConfig,
  'pinned-app-revision': pinnedAppRevision,
  'pinned-chart-version': pinnedChartVersion,
  'pinned-flux-ref': pinnedFluxRef,
  'rollout-analysis': rolloutAnalysis,
  'rollout-in-production': rolloutInProduction,
  'safe-prune-in-production': safePruneInProduction,
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
  'valid-app-destination': validAppDestination,
  'valid-app-source': validAppSource,
  'valid-policy': validPolicy,
  'valid-rollout': validRollout,
  'valid-schema': validSchema,
  'valid-sealed-secret': validSealedSecret,
  'valid-secret-rules': validSecretRules,
  'valid-signers': validSigners,
  'valid-sops-config': validSopsConfig,
  'valid-sops-file': validSopsFile,
  'valid-sops-reference': validSopsReference,
  'valid-yaml': validYaml,
};

import type { CodeRule } from '../../engine/rule.ts';
import { fluxDecryptionMissing } from './flux-decryption-missing.ts';
import { noCredentialInFile } from './no-credential-in-file.ts';
import { noCredentialInManifest } from './no-credential-in-manifest.ts';
import { noDecryptedSopsCopy } from './no-decrypted-sops-copy.ts';
import { noLeakedCredential } from './no-leaked-credential.ts';
import { noPlainKeyInSopsFile } from './no-plain-key-in-sops-file.ts';
import { noPlainSecretBesideSealedSecret } from './no-plain-secret-beside-sealed-secret.ts';
import { noPlaintextSecret } from './no-plaintext-secret.ts';
import { noPrivateKey } from './no-private-key.ts';
import { noSealedSecretsKey } from './no-sealed-secrets-key.ts';
import { noSecretInSopsComment } from './no-secret-in-sops-comment.ts';
import { noWeakerSopsConfig } from './no-weaker-sops-config.ts';
import { sealedSecretScopeChanged } from './sealed-secret-scope-changed.ts';
import { sopsCiphertextMoved } from './sops-ciphertext-moved.ts';
import { sopsDataKeyNotRotated } from './sops-data-key-not-rotated.ts';
import { sopsFileNotEncrypted } from './sops-file-not-encrypted.ts';
import { sopsFileWithoutRule } from './sops-file-without-rule.ts';
import { sopsMacMismatch } from './sops-mac-mismatch.ts';
import { sopsModeMismatch } from './sops-mode-mismatch.ts';
import { sopsRecipientsMismatch } from './sops-recipients-mismatch.ts';
import { validSealedSecret } from './valid-sealed-secret.ts';
import { validSopsConfig } from './valid-sops-config.ts';
import { validSopsFile } from './valid-sops-file.ts';
import { validSopsReference } from './valid-sops-reference.ts';

export const SECRETS_RULES: Readonly<Record<string, CodeRule>> = {
  'flux-decryption-missing': fluxDecryptionMissing,
  'no-credential-in-file': noCredentialInFile,
  'no-credential-in-manifest': noCredentialInManifest,
  'no-decrypted-sops-copy': noDecryptedSopsCopy,
  'no-leaked-credential': noLeakedCredential,
  'no-plain-key-in-sops-file': noPlainKeyInSopsFile,
  'no-plain-secret-beside-sealed-secret': noPlainSecretBesideSealedSecret,
  'no-plaintext-secret': noPlaintextSecret,
  'no-private-key': noPrivateKey,
  'no-sealed-secrets-key': noSealedSecretsKey,
  'no-secret-in-sops-comment': noSecretInSopsComment,
  'no-weaker-sops-config': noWeakerSopsConfig,
  'sealed-secret-scope-changed': sealedSecretScopeChanged,
  'sops-ciphertext-moved': sopsCiphertextMoved,
  'sops-data-key-not-rotated': sopsDataKeyNotRotated,
  'sops-file-not-encrypted': sopsFileNotEncrypted,
  'sops-file-without-rule': sopsFileWithoutRule,
  'sops-mac-mismatch': sopsMacMismatch,
  'sops-mode-mismatch': sopsModeMismatch,
  'sops-recipients-mismatch': sopsRecipientsMismatch,
  'valid-sealed-secret': validSealedSecret,
  'valid-sops-config': validSopsConfig,
  'valid-sops-file': validSopsFile,
  'valid-sops-reference': validSopsReference,
};

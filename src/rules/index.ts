import type { CodeRule } from '../engine/rule.ts';
import { noAutoSyncInProduction } from './no-auto-sync-in-production.ts';
import { noDirectPush } from './no-direct-push.ts';
import { noLeakedCredential } from './no-leaked-credential.ts';
import { noMutableImageTag } from './no-mutable-image-tag.ts';
import { noOpenIngress } from './no-open-ingress.ts';
import { noPlaintextSecret } from './no-plaintext-secret.ts';
import { noPrivateKey } from './no-private-key.ts';
import { noUnrestrictedAppProject } from './no-unrestricted-app-project.ts';
import { signedCommits } from './signed-commits.ts';
import { sopsFileNotEncrypted } from './sops-file-not-encrypted.ts';
import { sopsRecipientsMismatch } from './sops-recipients-mismatch.ts';
import { validPolicy } from './valid-policy.ts';
import { validSecretRules } from './valid-secret-rules.ts';
import { validSopsFile } from './valid-sops-file.ts';
import { validYaml } from './valid-yaml.ts';

/** The code of every rule whose `rule.yaml` says `code: true`, by its id. Sorted; a test keeps it complete. */
export const CODE_RULES: Readonly<Record<string, CodeRule>> = {
  'no-auto-sync-in-production': noAutoSyncInProduction,
  'no-direct-push': noDirectPush,
  'no-leaked-credential': noLeakedCredential,
  'no-mutable-image-tag': noMutableImageTag,
  'no-open-ingress': noOpenIngress,
  'no-plaintext-secret': noPlaintextSecret,
  'no-private-key': noPrivateKey,
  'no-unrestricted-app-project': noUnrestrictedAppProject,
  'signed-commits': signedCommits,
  'sops-file-not-encrypted': sopsFileNotEncrypted,
  'sops-recipients-mismatch': sopsRecipientsMismatch,
  'valid-policy': validPolicy,
  'valid-secret-rules': validSecretRules,
  'valid-sops-file': validSopsFile,
  'valid-yaml': validYaml,
};

import type { Finding } from '../engine/finding.ts';

/**
 * Findings of these rules may say where a credential stands. The test is on the id, so that rules of operators fall
 * under it too; it would rather hold back one location too many.
 */
export function mayRevealCredential(ruleId: string): boolean {
  return /secret|sops|credential|password|token|key|leak|plain/i.test(ruleId);
}

/** A finding of a push that may say where a credential stands. */
export function revealsCredentialRule(finding: Finding): boolean {
  return finding.introduced && mayRevealCredential(finding.ruleId);
}

/** Rules that report a credential which stands in the open; a revert leaves it in the history. */
export const LEAK_RULES: ReadonlySet<string> = new Set([
  'no-credential-in-file',
  'no-credential-in-manifest',
  'no-decrypted-sops-copy',
  'no-leaked-credential',
  'no-plain-key-in-sops-file',
  'no-plain-secret-beside-sealed-secret',
  'no-plaintext-secret',
  'no-private-key',
  'no-sealed-secrets-key',
  'no-secret-in-environment',
  'no-secret-in-sops-comment',
  'sops-file-not-encrypted',
]);

/** A credential that a push brought and that blocks until it is replaced. */
export function isLeak(finding: Finding): boolean {
  if (!finding.introduced || finding.severity !== 'error') return false;
  return finding.secret != null || LEAK_RULES.has(finding.ruleId);
}

/** A finding that would have kept a pull request from being merged; that there was none is no such finding. */
export function isBlockingFinding(finding: Finding): boolean {
  return isAboutContent(finding) && finding.introduced && finding.severity === 'error';
}

export function isAboutContent({ ruleId }: Finding): boolean {
  return ruleId !== 'no-direct-push';
}

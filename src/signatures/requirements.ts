import type { SignaturePolicy } from '../engine/policy.ts';

/** Whether some commits must be signed by people whom the policy or the key files name. */
export function asksForSigners(policy: SignaturePolicy): boolean {
  return policy.require === 'allowed-signer' || policy.paths.length > 0;
}

/** Whether the word of the host counts, where no key of the base branch settles a signature. */
export function takesVerdict(policy: SignaturePolicy): boolean {
  return policy.githubVerdict ?? policy.require !== 'allowed-signer';
}

/** Whether accounts of the host can be allowed signers, so that no key file is needed. */
export function mayNameAccounts(policy: SignaturePolicy): boolean {
  if (!takesVerdict(policy) && !policy.githubAccountKeys) return false;
  return [...policy.signers, ...policy.paths.map(({ signers }) => signers)]
    .flat()
    .some((signer) => signer.startsWith('github:') || signer.includes('@'));
}

import type { SignatureState } from '../engine/change.ts';
import type { SignaturePolicy, SignatureRequirement } from '../engine/policy.ts';

/** States that no requirement accepts: there is no signature, or it proves the opposite of what it claims. */
const NEVER: ReadonlySet<SignatureState> = new Set(['unsigned', 'bad-signature', 'malformed', 'revoked-key']);

/** Whether a requirement is met; `none` takes what `signed` does, and leaves it to the rule's severity. */
export function isMetBy(required: SignatureRequirement, state: SignatureState): boolean {
  if (required === 'verified' || required === 'allowed-signer') return state === 'valid';
  return !NEVER.has(state);
}

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

import { shortSha } from '../engine/change.ts';
import type { Commit, SignatureState } from '../engine/change.ts';
import type { CommitRule } from '../engine/rule.ts';
import type { SignatureRequirement } from '../engine/policy.ts';

/** States that no requirement accepts: there is no signature, or it proves the opposite of what it claims. */
const NEVER: ReadonlySet<SignatureState> = new Set(['unsigned', 'bad-signature', 'malformed', 'revoked-key']);

const WHAT: Readonly<Record<SignatureState, string>> = {
  valid: 'is signed',
  unsigned: 'is not signed',
  'signer-not-allowed': 'is signed by somebody who is not an allowed signer',
  'identity-mismatch': 'is signed with a key that does not belong to its committer',
  'unknown-key': 'is signed with a key that is not known',
  'expired-key': 'is signed with an expired key',
  'revoked-key': 'is signed with a revoked key',
  'bad-signature': 'has a signature that does not fit its content',
  malformed: 'has a signature that cannot be read',
  unsupported: 'has a signature of a kind that cannot be verified',
  unavailable: 'has a signature that could not be verified',
};

export const signedCommits: CommitRule = {
  scope: 'commit',
  judge(commit, { policy }) {
    if (isAccepted(commit, policy.signatures.require)) return [];
    const { state, reason } = commit.signature;
    const what = reason === null ? WHAT[state] : `${WHAT[state]} (${reason})`;
    return [{ judged: state, values: { commit: shortSha(commit.sha), what } }];
  },
};

function isAccepted(commit: Commit, required: SignatureRequirement): boolean {
  const { state } = commit.signature;
  if (required === 'verified' || required === 'allowed-signer') return state === 'valid';
  return !NEVER.has(state);
}

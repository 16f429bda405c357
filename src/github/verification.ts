import type { Commit, Signature, SignatureState } from '../engine/change.ts';
import type { VerifiedCommit } from './api/commits.ts';

/** GitHub's reasons, and what they mean to our rules. What is not known here is never a pass. */
const STATES: Readonly<Record<string, SignatureState>> = {
  unsigned: 'unsigned',
  unknown_key: 'unknown-key',
  unverified_email: 'identity-mismatch',
  no_user: 'identity-mismatch',
  bad_email: 'identity-mismatch',
  expired_key: 'expired-key',
  malformed_signature: 'malformed',
  invalid: 'bad-signature',
  bad_cert: 'bad-signature',
  not_signing_key: 'bad-signature',
  unknown_signature_type: 'unsupported',
  gpgverify_error: 'unavailable',
  gpgverify_unavailable: 'unavailable',
  ocsp_pending: 'unavailable',
};

const EXPLANATIONS: Readonly<Record<string, string>> = {
  unknown_key: 'no GitHub account has this key',
  unverified_email: "the committer's email address is not verified on GitHub",
  no_user: "no GitHub account has the committer's email address",
  bad_email: "the committer's email address is not one of the key",
  expired_key: 'the key had expired',
  malformed_signature: 'GitHub cannot read the signature',
  invalid: 'GitHub could not verify the signature',
  bad_cert: 'the certificate is not valid',
  not_signing_key: 'the key is not made for signing',
  unknown_signature_type: 'GitHub does not know this kind of signature',
  gpgverify_error: "GitHub's verification failed",
  gpgverify_unavailable: "GitHub's verification was not available",
  ocsp_pending: 'GitHub is still checking whether the certificate was revoked',
};

export interface Verification {
  /** Replaces the signatures of commits that GitHub knows; see `ReviewRequest.verify`. */
  readonly verify: (commits: readonly Commit[]) => Promise<readonly Commit[]>;
  /** What was not verified, as sentences; complete after `verify`. */
  notes(): readonly string[];
}

/** Takes GitHub's word on signatures. Nothing is asked when no commit carries one. */
export function verifyWith(list: () => Promise<readonly VerifiedCommit[]>): Verification {
  const notes: string[] = [];
  return {
    notes: () => notes,
    verify: async (commits) => {
      if (commits.every((commit) => commit.signature.state === 'unsigned')) return commits;
      const listed = new Map((await list()).map((commit) => [commit.sha, commit]));
      const missing = commits.filter((commit) => !listed.has(commit.sha)).length;
      if (missing > 0) {
        notes.push(
          `GitHub lists ${String(commits.length - missing)} of the ${String(commits.length)} commits, so it did not verify the signatures of the other ${String(missing)}.`,
        );
      }
      return commits.map((commit) => {
        const verified = listed.get(commit.sha);
        return verified === undefined
          ? commit
          : { ...commit, signature: signatureOf(commit.signature, verified) };
      });
    },
  };
}

export function signatureOf(raw: Signature, verified: VerifiedCommit): Signature {
  if (verified.verified && verified.reason === 'valid') {
    return { state: 'valid', kind: raw.kind, signer: verified.committer, reason: null };
  }
  const state = STATES[verified.reason] ?? 'unavailable';
  return {
    state,
    kind: state === 'unsigned' ? null : raw.kind,
    signer: null,
    reason: EXPLANATIONS[verified.reason] ?? null,
  };
}

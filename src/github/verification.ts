import type { Commit, SignatureState } from '../engine/change.ts';
import { DEFAULT_KEY_PLACES } from '../engine/signature-policy-file.ts';
import type { Witness } from '../pipeline/verify-commits.ts';
import type { Evidence } from '../signatures/evidence.ts';
import { readKeyring, type Keyring } from '../signatures/keyring.ts';
import type { VerifiedCommit } from './api/commits.ts';
import { listSigningKeys } from './api/signing-keys.ts';
import type { JobContext } from './dependencies.ts';
import { GitHubError } from './errors.ts';

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

/** Accounts whose keys are fetched for one change. */
const MAX_ACCOUNTS = 50;

export interface GitHubWitness extends Witness {
  /** What was not verified, as sentences; complete once the review is. */
  notes(): readonly string[];
}

export interface WitnessSources {
  /** Lists of the change's commits with GitHub's verdicts, asked in turn while one of the commits is missing. */
  readonly lists: readonly (() => Promise<readonly VerifiedCommit[]>)[];
  /** See `Witness.incomplete`; absent where GitHub counts nothing. */
  readonly incomplete?: Witness['incomplete'];
}

/** GitHub as a witness. Nothing is asked unless a signature depends on it. */
export function createWitness(context: JobContext, { lists, incomplete }: WitnessSources): GitHubWitness {
  const notes: string[] = [];
  return {
    notes: () => notes,
    incomplete: incomplete ?? (() => Promise.resolve(null)),
    evidence: async (commits, { verdict, accountKeys, decides }) => {
      const listed = await findListed(commits, lists);
      const missing = commits.length - listed.size;
      if (missing > 0) {
        notes.push(
          `GitHub lists ${String(listed.size)} of the ${String(commits.length)} commits whose signatures need its word, so it did not verify the other ${String(missing)}.`,
        );
      }
      const pending = [...listed.values()].filter((one) => verdictOf(one).state === 'unavailable');
      if (verdict && decides && pending.length > 0 && !context.lastAttempt)
        throw notYet(`${String(pending.length)} commits`);
      const keys = accountKeys
        ? await fetchKeys(context, [...listed.values()], notes)
        : new Map<string, Keyring>();
      return new Map(
        [...listed].map(([sha, one]): [string, Evidence] => [
          sha,
          {
            verdict: verdict ? verdictOf(one) : null,
            account: one.committer,
            keys: one.committer === null ? null : (keys.get(one.committer) ?? null),
          },
        ]),
      );
    },
  };
}

export function verdictOf({
  verified,
  reason,
}: Pick<VerifiedCommit, 'verified' | 'reason'>): NonNullable<Evidence['verdict']> {
  if (verified && reason === 'valid') return { state: 'valid', reason: null };
  return { state: STATES[reason] ?? 'unavailable', reason: EXPLANATIONS[reason] ?? null };
}

async function findListed(
  commits: readonly Commit[],
  lists: WitnessSources['lists'],
): Promise<Map<string, VerifiedCommit>> {
  const wanted = new Set(commits.map(({ sha }) => sha));
  const found = new Map<string, VerifiedCommit>();
  for (const list of lists) {
    if (found.size === wanted.size) break;
    for (const one of await list()) if (wanted.has(one.sha)) found.set(one.sha, one);
  }
  return found;
}

/** Trouble that passes: the job tries again later, and only its last attempt makes do without. */
export function notYet(what: string): GitHubError {
  return new GitHubError(`GitHub has not verified the signatures of ${what} yet`, {
    kind: 'unavailable',
    status: null,
    request: 'the verification of signatures',
    requestId: null,
    permission: null,
    retryAfter: null,
  });
}

async function fetchKeys(
  { api, signal }: JobContext,
  listed: readonly VerifiedCommit[],
  notes: string[],
): Promise<Map<string, Keyring>> {
  const accounts = [...new Set(listed.flatMap(({ committer }) => committer ?? []))].sort();
  if (accounts.length > MAX_ACCOUNTS) {
    notes.push(
      `The commits have ${String(accounts.length)} committers; only the keys of ${String(MAX_ACCOUNTS)} accounts were fetched.`,
    );
  }
  const keyrings = new Map<string, Keyring>();
  for (const account of accounts.slice(0, MAX_ACCOUNTS)) {
    signal.throwIfAborted();
    const { ssh, openpgp } = await listSigningKeys(api, account);
    // Whose keys they are is known already: they may sign for whomever GitHub takes the committer.
    const lines = ssh.map((key) => `* ${key.split(/\s+/).slice(0, 2).join(' ')}`).join('\n');
    const files = [
      { path: DEFAULT_KEY_PLACES.allowedSigners, bytes: Buffer.from(lines) },
      ...openpgp.map((armored, index) => ({
        path: `${DEFAULT_KEY_PLACES.openpgp}/${String(index)}.asc`,
        bytes: Buffer.from(armored),
      })),
    ];
    keyrings.set(account, await readKeyring(files, DEFAULT_KEY_PLACES));
  }
  return keyrings;
}

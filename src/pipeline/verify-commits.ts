import type { Commit } from '../engine/change.ts';
import type { SignaturePolicy } from '../engine/policy.ts';
import type { ParsedCommit } from '../git/commit-object.ts';
import type { Repository } from '../git/repository.ts';
import { authorize } from '../signatures/authorize.ts';
import { isOpen, settle, type Evidence } from '../signatures/evidence.ts';
import type { Keyring } from '../signatures/keyring.ts';
import { asksForSigners, takesVerdict } from '../signatures/requirements.ts';
import { verifySignature, type Verification } from '../signatures/verify.ts';
import { collectTouched } from './touched-facts.ts';

/** The server that hosts the repository, as a witness: what it says of signatures, and how many commits it counts. */
export interface Witness {
  /** Evidence by commit. Throws when it cannot be had now, and may be had later. */
  readonly evidence: (
    commits: readonly Commit[],
    wanted: WantedEvidence,
  ) => Promise<ReadonlyMap<string, Evidence>>;
  /** Why these may not be all commits of the change, as a clause; null when they are. */
  readonly incomplete: (commits: readonly Commit[]) => Promise<string | null>;
}

export interface WantedEvidence {
  readonly verdict: boolean;
  readonly accountKeys: boolean;
  /** Whether a signature that is not settled fails the change. */
  readonly decides: boolean;
}

export interface VerifyOptions {
  readonly keyring: Keyring;
  readonly policy: SignaturePolicy;
  readonly witness: Witness | null;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/** Signatures that are verified at a time. */
const AT_A_TIME = 16;

/** Verifies the signatures of commits, from their raw objects, and judges who may have made them. */
export async function verifyCommits(
  repository: Repository,
  commits: readonly Commit[],
  options: VerifyOptions,
): Promise<readonly Commit[]> {
  const { policy, keyring, now } = options;
  const facts = await collectTouched(repository, commits, options);
  const verdicts = new Map<string, { verification: Verification; people: ParsedCommit['people'] }>();
  const verify = async (parsed: ParsedCommit): Promise<void> => {
    const { commit, signature, people } = parsed;
    const verification = await verifySignature(signature, people.committer.seconds, keyring, now);
    verdicts.set(commit.sha, { verification, people });
  };
  await eachParsed(repository, commits, options, verify);

  const open = commits.filter(({ sha }) => {
    const verdict = verdicts.get(sha);
    return verdict !== undefined && isOpen(verdict.verification);
  });
  const evidence = await askWitness(open, options);
  const witnessed = open.filter(({ sha }) => evidence.has(sha));
  await eachParsed(repository, witnessed, options, async ({ commit: { sha }, signature, people }) => {
    const [known, said] = [verdicts.get(sha), evidence.get(sha)];
    if (known === undefined || said === undefined) return;
    const verification = await settle(known.verification, signature, people, said, now);
    verdicts.set(sha, { verification, people });
  });

  return commits.map((commit): Commit => {
    const verdict = verdicts.get(commit.sha);
    if (verdict === undefined) return commit;
    const { guarded, addsChanges } = facts.get(commit.sha) ?? { guarded: [], addsChanges: false };
    const isMerge = commit.parents.length > 1;
    const signature = authorize(
      verdict.verification,
      { people: verdict.people, isMerge, isPlainMerge: isMerge && !addsChanges, guarded },
      policy,
    );
    return {
      ...commit,
      signature,
      ...(guarded.length === 0 ? {} : { guarded: guarded.map(({ path }) => path) }),
    };
  });
}

async function eachParsed(
  repository: Repository,
  commits: readonly Commit[],
  { signal }: Pick<VerifyOptions, 'signal'>,
  work: (commit: ParsedCommit) => Promise<void>,
): Promise<void> {
  const shas = commits.map(({ sha }) => sha);
  for (let at = 0; at < shas.length;) {
    const batch = await repository.parsedCommits(shas.slice(at), signal);
    for (let start = 0; start < batch.length; start += AT_A_TIME) {
      signal?.throwIfAborted();
      await Promise.all(batch.slice(start, start + AT_A_TIME).map(work));
    }
    at += batch.length;
  }
}

async function askWitness(
  open: readonly Commit[],
  { policy, witness }: VerifyOptions,
): Promise<ReadonlyMap<string, Evidence>> {
  const wanted: WantedEvidence = {
    verdict: takesVerdict(policy),
    accountKeys: policy.githubAccountKeys,
    decides: policy.require === 'verified' || asksForSigners(policy),
  };
  if (witness === null || open.length === 0 || !(wanted.verdict || wanted.accountKeys)) return new Map();
  return witness.evidence(open, wanted);
}

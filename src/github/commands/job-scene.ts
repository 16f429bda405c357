import type { WaiverPolicy } from '../../engine/waiver-policy.ts';
import type { Repository } from '../../git/repository.ts';
import type { RuleSet } from '../../pipeline/rule-set.ts';
import type { Review } from '../../pipeline/review-repository.ts';
import type { PullRequest } from '../api/pull-requests.ts';
import type { JobContext } from '../dependencies.ts';
import { fetchPullRequests, judgePullRequest } from '../judge-pull-requests.ts';
import { CODEOWNERS_PATHS, MAX_CODEOWNERS_BYTES } from '../../engine/code-owners.ts';
import { readCodeOwners, type OwnersOf } from './code-owners.ts';

/** A pull request as it is now, judged when somebody asks. */
export interface Scene {
  readonly pull: PullRequest;
  readonly review: () => Promise<Review>;
  readonly policy: () => Promise<WaiverPolicy>;
  /** Those of the base, with the rules that it brings itself. */
  readonly rules: () => Promise<RuleSet>;
  readonly ownersOf: () => Promise<OwnersOf>;
}

/** Lets `work` look at a pull request; nothing is fetched before it asks. */
export async function withScene<T>(
  context: JobContext,
  pull: PullRequest,
  work: (scene: Scene) => Promise<T>,
): Promise<T> {
  let fetched: Promise<Repository> | null = null;
  const repository = (): Promise<Repository> => (fetched ??= fetchPullRequests(context, [pull]));
  const base = async (): Promise<string> => (await repository()).resolve(`refs/heads/${pull.baseRef}`);
  const once = <V>(make: () => Promise<V>): (() => Promise<V>) => {
    let made: Promise<V> | null = null;
    return () => (made ??= make());
  };
  const decides = once(async () => context.environment.policyAt(await repository(), await base()));
  try {
    return await work({
      pull,
      review: once(async () => (await judgePullRequest(context, await repository(), pull)).review),
      policy: async () => (await decides()).policy.waivers,
      rules: async () => (await decides()).rules,
      ownersOf: once(async () => codeOwnersAt(await repository(), await base())),
    });
  } finally {
    const opened = await (fetched as Promise<Repository> | null)?.catch(() => null);
    opened?.close();
  }
}

async function codeOwnersAt(repository: Repository, base: string): Promise<OwnersOf> {
  const tree = await repository.tree(base);
  const path = CODEOWNERS_PATHS.find((one) => tree.has(one));
  const entry = path === undefined ? undefined : tree.get(path);
  if (entry === undefined || (entry.mode !== 'file' && entry.mode !== 'executable')) return () => [];
  const limits = { maxBytesEach: MAX_CODEOWNERS_BYTES, maxBytesTotal: MAX_CODEOWNERS_BYTES };
  const content = (await repository.readBlobs([entry.oid], limits)).get(entry.oid);
  return content instanceof Uint8Array ? readCodeOwners(new TextDecoder().decode(content)) : () => [];
}

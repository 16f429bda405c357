import type { Policy } from '../../engine/policy.ts';
import type { WaiverPolicy } from '../../engine/waiver-policy.ts';
import type { Repository } from '../../git/repository.ts';
import type { Review } from '../../pipeline/review-repository.ts';
import type { PullRequest } from '../api/pull-requests.ts';
import type { JobContext } from '../dependencies.ts';
import { fetchPullRequests, judgePullRequest } from '../judge-pull-requests.ts';
import { CODE_OWNERS_PATHS, MAX_CODE_OWNERS_BYTES, readCodeOwners, type OwnersOf } from './code-owners.ts';

/** A pull request as it is now, judged when somebody asks. */
export interface Scene {
  readonly pull: PullRequest;
  readonly review: () => Promise<Review>;
  readonly policy: () => Promise<WaiverPolicy>;
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
  try {
    return await work({
      pull,
      review: once(async () => (await judgePullRequest(context, await repository(), pull)).review),
      policy: once(async () => (await policyOf(context, await repository(), await base())).waivers),
      ownersOf: once(async () => codeOwnersAt(await repository(), await base())),
    });
  } finally {
    const opened = await (fetched as Promise<Repository> | null)?.catch(() => null);
    opened?.close();
  }
}

async function policyOf({ environment }: JobContext, repository: Repository, base: string): Promise<Policy> {
  return (await environment.policyAt(repository, base)).policy;
}

async function codeOwnersAt(repository: Repository, base: string): Promise<OwnersOf> {
  const tree = await repository.tree(base);
  const path = CODE_OWNERS_PATHS.find((one) => tree.has(one));
  const entry = path === undefined ? undefined : tree.get(path);
  if (entry === undefined || (entry.mode !== 'file' && entry.mode !== 'executable')) return () => [];
  const limits = { maxBytesEach: MAX_CODE_OWNERS_BYTES, maxBytesTotal: MAX_CODE_OWNERS_BYTES };
  const content = (await repository.readBlobs([entry.oid], limits)).get(entry.oid);
  return content instanceof Uint8Array ? readCodeOwners(new TextDecoder().decode(content)) : () => [];
}

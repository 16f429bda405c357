import { withWaivers } from '../../pipeline/given-waivers.ts';
import { GitError } from '../../git/git-error.ts';
import { listOpenPullRequests, type OpenPullRequest } from '../api/pull-requests.ts';
import { policyIn } from '../binding.ts';
import { givenWaivers } from '../given-waivers.ts';
import type { JobContext } from '../dependencies.ts';
import type { RejudgeJob } from '../job.ts';
import { holdCheck } from '../open-check.ts';
import { fetchRefs } from '../remote.ts';
import { reviewJob } from '../review-job.ts';
import { giveWay, LEFT_BY_HOLDING } from './pace.ts';

const TO_BE_JUDGED = {
  title: 'To be judged again',
  summary:
    'The policy for this pull request changed, so its verdict counts no longer. gitops-warden judges it again as soon as it can.',
};

/**
 * Has open pull requests judged again whose verdict was given under another policy than the one that holds now. Their
 * checks go in progress at once; the reviews follow when nobody else waits for one.
 */
export async function rejudgeRepository(context: JobContext, job: RejudgeJob): Promise<void> {
  // Of one branch the policy is known to have changed, and of all it may not have.
  if (job.branch === null) giveWay(context);
  const { items, truncated } = await listOpenPullRequests(context.api, job.branch);
  if (truncated)
    context.log.warn('More open pull requests than are judged again: the others keep their verdict');
  let renewed = 0;
  for (const [base, pulls] of Map.groupBy(items, ({ baseRef }) => baseRef)) {
    const hash = await policyOn(context, base);
    if (hash === null) continue;
    for (const pull of pulls) {
      context.signal.throwIfAborted();
      if (await isUnder(context, job, pull, hash)) continue;
      giveWay(context, LEFT_BY_HOLDING);
      await renew(context, job, pull);
      renewed += 1;
    }
  }
  context.log.info({ open: items.length, renewed }, 'Pull requests are judged again under another policy');
}

/** The hash of the policy at the tip of a branch; null when the branch is gone, and its pull requests with it. */
async function policyOn(context: JobContext, branch: string): Promise<string | null> {
  const ref = `refs/heads/${branch}`;
  try {
    const repository = await fetchRefs(context, [ref]);
    try {
      return (await context.environment.policyAt(repository, await repository.resolve(ref))).hash;
    } finally {
      repository.close();
    }
  } catch (error) {
    if (error instanceof GitError && error.kind === 'not-found') return null;
    throw error;
  }
}

async function isUnder(
  context: JobContext,
  { regular = false }: RejudgeJob,
  { headSha, number }: OpenPullRequest,
  hash: string,
): Promise<boolean> {
  const standing = await context.environment.ledger.verdictOn(context.repository.id, headSha);
  const policy = standing === null ? null : policyIn(standing.binding);
  if (policy === null) return regular;
  return policy === withWaivers(hash, await givenWaivers(context, number));
}

/** A review that waits or runs reads the policy itself, or is begun anew; it keeps its turn. */
async function renew(context: JobContext, job: RejudgeJob, pull: OpenPullRequest): Promise<void> {
  const { environment } = context;
  const delivery = `${job.delivery}/${String(pull.number)}/${pull.headSha}`;
  const review = reviewJob(job, pull, delivery);
  const isLive = (await environment.liveKeys([review.key])).has(review.key);
  if (!isLive) {
    const attempt = `rejudge-${delivery}`;
    const holding = { ...context, key: review.key, delivery, attempt };
    await holdCheck(holding, pull.headSha, TO_BE_JUDGED, () => Promise.resolve(false));
  }
  await environment.enqueue(isLive ? review : { ...review, background: true });
}

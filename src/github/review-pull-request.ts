import { getPullRequest } from './api/pull-requests.ts';
import type { PullRequest } from './api/pull-requests.ts';
import type { CheckRun } from './api/check-runs.ts';
import { withCheckRun, type CheckResult } from './check-lifecycle.ts';
import type { JobContext } from './dependencies.ts';
import type { ReviewPullRequestJob } from './job.ts';
import { judgePullRequests } from './judge-pull-requests.ts';
import { ownersOfHead } from './remote.ts';
import { giveWay } from './rejudge/pace.ts';
import { reviewJob } from './review-job.ts';
import { forgetReviewed, isCurrent, isJudged, noteReviewed } from './standing-verdict.ts';

/** Heads that may arrive while we work, one after another, before the next event is left to start anew. */
const MAX_MOVES = 5;

/** Judges a pull request as it is now, whatever it was when the event happened. */
export async function reviewPullRequest(context: JobContext, job: ReviewPullRequestJob): Promise<void> {
  const pull = await getPullRequest(context.api, job.number);
  if (!pull.open) {
    context.log.info('The pull request is not open any more: nothing to judge');
    await forgetReviewed(context, pull.number);
    await releaseOthers(context, job, pull);
    return;
  }
  if (job.background === true) giveWay(context);
  if (await isJudged(context, pull)) {
    context.log.info('The verdict on this base, head and policy stands already');
    return;
  }
  await reviewHead(context, pull);
}

/** The worst verdict counts for all pull requests that share a head, and a closed one has no say any more. */
async function releaseOthers(
  context: JobContext,
  job: ReviewPullRequestJob,
  { number, headSha }: PullRequest,
): Promise<void> {
  const { environment, repository } = context;
  const standing = await environment.ledger.verdictOn(repository.id, headSha);
  // Without a verdict, the review of this one may have been stopped by its end, and the check of all with it.
  const sharing = standing?.pullRequests ?? (await ownersOfHead(context, headSha)).pullRequests;
  for (const other of sharing) {
    if (other === number) continue;
    const { open, headSha: now } = await getPullRequest(context.api, other);
    // Closed ones would hand each other the head for ever.
    if (!open || now !== headSha) continue;
    await environment.enqueue(reviewJob(job, { number: other, headSha }, `${job.delivery}/${String(other)}`));
  }
}

/** Gives the head of a pull request its check, and the next one when the head moves meanwhile. */
async function reviewHead(context: JobContext, pull: PullRequest): Promise<void> {
  let current: PullRequest | null = pull;
  for (let moves = 0; current?.open === true && moves <= MAX_MOVES; moves += 1) {
    current = await reviewOnce({ ...context, attempt: `${context.attempt}-${String(moves)}` }, current);
  }
}

async function reviewOnce(context: JobContext, pull: PullRequest): Promise<PullRequest | null> {
  let moved: PullRequest | null = null;
  const judge = async (run: CheckRun): Promise<CheckResult> => {
    const outcome = await judgePullRequests(context, pull, run);
    moved = outcome.moved;
    return outcome.result;
  };
  await withCheckRun(context, pull.headSha, judge, (binding) => isCurrent(context, pull, binding));
  await noteReviewed(context, pull);
  return moved;
}

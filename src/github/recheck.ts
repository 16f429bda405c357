import { getPullRequest } from './api/pull-requests.ts';
import { cancelledResult, withCheckRun } from './check-lifecycle.ts';
import type { JobContext } from './dependencies.ts';
import type { RecheckJob } from './job.ts';
import { ownersOfHead, QUEUE_PREFIX } from './remote.ts';
import { reviewJob } from './review-job.ts';
import { judgeMergeGroup } from './review-merge-group.ts';

/**
 * Judges again what has this commit as its head: a group of the merge queue, or the open pull requests. Each of these
 * gets a job of its own, so that no two workers are at one pull request at the same time.
 */
export async function recheck(context: JobContext, job: RecheckJob): Promise<void> {
  // Whatever event comes first from now on, the head is judged again.
  await context.environment.ledger.unjudged(context.repository.id, job.headSha);
  const owners = await ownersOfHead(context, job.headSha);
  const [group] = owners.mergeGroups;
  if (group !== undefined) {
    await judgeMergeGroup(context, { headSha: job.headSha, headRef: group, baseSha: baseInName(group) });
    return;
  }
  let found = 0;
  for (const number of owners.pullRequests) {
    const pull = await getPullRequest(context.api, number);
    if (!pull.open || pull.headSha !== job.headSha) continue;
    found += 1;
    const delivery = `${job.delivery}/pull/${String(number)}`;
    await context.environment.enqueue(reviewJob(job, { number, headSha: pull.headSha }, delivery));
  }
  if (found > 0) return;
  context.log.info('No open pull request has this head');
  await withCheckRun(context, job.headSha, () =>
    Promise.resolve(
      cancelledResult({
        title: 'Nothing to judge',
        summary: 'No open pull request and no group of the merge queue has this commit as its head.',
      }),
    ),
  );
}

/** The queue names its branches `gh-readonly-queue/BASE/pr-NUMBER-SHA`, SHA being what the group builds on. */
function baseInName(ref: string): string | null {
  return /-([0-9a-f]{40,64})$/.exec(ref.slice(QUEUE_PREFIX.length))?.[1] ?? null;
}

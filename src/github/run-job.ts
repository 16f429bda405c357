import type { JobContext } from './dependencies.ts';
import type { Job } from './job.ts';
import { judgePush } from './judge-push.ts';
import { recheck } from './recheck.ts';
import { judgeMergeGroup } from './review-merge-group.ts';
import { reviewPullRequest } from './review-pull-request.ts';

export async function runJob(context: JobContext, job: Job): Promise<void> {
  switch (job.kind) {
    case 'review-pull-request':
      return reviewPullRequest(context, job);
    case 'recheck':
      return recheck(context, job);
    case 'review-merge-group':
      return judgeMergeGroup(context, job);
    case 'judge-push':
      return judgePush(context, job);
  }
}

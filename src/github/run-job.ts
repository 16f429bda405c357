import { requestWaiver } from './commands/request-waiver.ts';
import { runCommands } from './commands/run-commands.ts';
import type { JobContext } from './dependencies.ts';
import type { RepositoryJob } from './job.ts';
import { issueChanged } from './issue-changed.ts';
import { judgeProtection } from './protection/judge-protection.ts';
import { judgePush } from './judge-push.ts';
import { judgeTag } from './judge-tag.ts';
import { lookAtPosture } from './posture/dashboard.ts';
import { publishAlert } from './publish-alert.ts';
import { recheck } from './recheck.ts';
import { judgeMergeGroup } from './review-merge-group.ts';
import { rejudgeRepository } from './rejudge/rejudge-repository.ts';
import { reviewPullRequest } from './review-pull-request.ts';
import { isGone } from './transient.ts';

/** Does the work of one repository's job. What GitHub does not have any more needs none. */
export async function runJob(context: JobContext, job: RepositoryJob): Promise<void> {
  try {
    await run(context, job);
  } catch (error) {
    if (!isGone(error)) throw error;
    context.log.warn({ err: error }, 'GitHub does not show this to the App any more: nothing to do');
  }
}

async function run(context: JobContext, job: RepositoryJob): Promise<void> {
  switch (job.kind) {
    case 'review-pull-request':
      return reviewPullRequest(context, job);
    case 'recheck':
      return recheck(context, job);
    case 'review-merge-group':
      return judgeMergeGroup(context, job);
    case 'judge-push':
      return judgePush(context, job);
    case 'look-at-posture':
      return lookAtPosture(context);
    case 'rejudge':
      return rejudgeRepository(context, job);
    case 'judge-tag':
      return judgeTag(context, job);
    case 'command':
      return runCommands(context, job);
    case 'request-waiver':
      return requestWaiver(context, job);
    case 'judge-protection':
      return judgeProtection(context, job);
    case 'publish-alert':
      return publishAlert(context, job);
    case 'issue-changed':
      return issueChanged(context, job);
  }
}

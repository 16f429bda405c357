import { plural } from '../report/plain.ts';
import { renderReviewBody } from '../report/comment.ts';
import type { Review } from '../pipeline/review-repository.ts';
import type { PullRequest } from './api/pull-requests.ts';
import type { JobContext } from './dependencies.ts';
import { isUncertain } from './errors.ts';
import { backoff } from './request-retries.ts';
import { changeThreads } from './threads/change-threads.ts';
import { planThreads, type Plan } from './threads/plan-threads.ts';
import { postComments, type Refused } from './threads/post-comments.ts';
import { readThreads } from './threads/read-threads.ts';
import type { Thread } from './threads/thread.ts';

/** Attempts after failures that leave open what took effect. */
const ATTEMPTS = 3;

export interface Publication {
  /** Fingerprints of findings that have a comment of ours in the diff. */
  readonly inline: ReadonlySet<string>;
  /** Which findings have none and why, as sentences. */
  readonly remarks: readonly string[];
}

export interface PublishTarget {
  readonly pull: PullRequest;
  readonly botLogin: string;
}

/**
 * Brings the comments on a pull request in line with a review: reads the threads that stand, plans, and carries the plan
 * out. After a failure that leaves open what took effect, it reads and plans anew, so that nothing is done twice.
 */
export async function publishReview(
  context: JobContext,
  target: PublishTarget,
  review: Review,
): Promise<Publication> {
  const refused = new Map<string, 'line' | 'file'>();
  const plan = (threads: readonly Thread[]): Plan => {
    const { report, hunks, policy } = review;
    return planThreads({ report, hunks, threads, limit: policy.comments.limit, refused });
  };
  const { pull, botLogin } = target;
  if (pull.reviewComments === 0 && !begins(plan([]))) return publicationOf(plan([]), refused);
  for (let failures = 0; ;) {
    const { items, truncated } = await readThreads(context.api, pull.number, botLogin);
    if (truncated) return TOO_MANY;
    const current = plan(items);
    try {
      const more = await carryOut(context, target, review, current, items.length === 0);
      // What was refused in one place gets the next one.
      if (more.size === 0) return publicationOf(current, refused);
      for (const [fingerprint, place] of more) refused.set(fingerprint, place);
    } catch (error) {
      failures += 1;
      if (!isUncertain(error) || failures === ATTEMPTS) throw error;
      // A gateway that gave up may still have passed the write on: it needs a moment to show.
      await context.environment.clock.sleep(backoff(failures));
    }
  }
}

const TOO_MANY: Publication = {
  inline: new Set(),
  remarks: [
    'This pull request has more comments than can be read, so none was added. All findings are here.',
  ],
};

function begins({ lines, files }: Plan): boolean {
  return lines.length + files.length > 0;
}

async function carryOut(
  context: JobContext,
  { pull }: PublishTarget,
  { report }: Review,
  plan: Plan,
  isFirst: boolean,
): Promise<Refused> {
  // What has no place in the diff is said once; from then on it stands in the check alone.
  const body = renderReviewBody(report, isFirst ? [...plan.over, ...plan.elsewhere] : []);
  const refused = await postComments(context, { number: pull.number, headSha: pull.headSha, body }, plan);
  await changeThreads(context, plan.changes);
  return refused;
}

function publicationOf({ commented, over }: Plan, refused: Refused): Publication {
  const lost = [...refused.keys()].filter((fingerprint) => !commented.has(fingerprint)).length;
  return {
    inline: commented,
    remarks: [
      ...(over.length === 0
        ? []
        : [
            `${plural(over.length, 'finding has', 'findings have')} no comment, so that there are not too many.`,
          ]),
      ...(lost === 0
        ? []
        : [
            `GitHub took no comment on ${plural(lost, 'finding')}, so ${lost === 1 ? 'it stands' : 'they stand'} here only.`,
          ]),
    ],
  };
}

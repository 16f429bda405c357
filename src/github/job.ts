import type { QueuedJob } from '../jobs/queue.ts';

export interface RepositoryRef {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
}

interface JobBase extends QueuedJob {
  readonly installationId: number;
  /** The webhook delivery that asked for it. */
  readonly delivery: string;
  readonly repository: RepositoryRef;
}

export interface ReviewPullRequestJob extends JobBase {
  readonly kind: 'review-pull-request';
  readonly number: number;
  /** The head when the event happened; the review asks for the current one. */
  readonly headSha: string;
}

/** Somebody asked for our check on this commit again. */
export interface RecheckJob extends JobBase {
  readonly kind: 'recheck';
  readonly headSha: string;
}

export interface ReviewMergeGroupJob extends JobBase {
  readonly kind: 'review-merge-group';
  readonly headSha: string;
  /** Full name of the queue's branch: `refs/heads/gh-readonly-queue/…`. */
  readonly headRef: string;
  readonly baseSha: string;
}

export interface JudgePushJob extends JobBase {
  readonly kind: 'judge-push';
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly created: boolean;
  readonly deleted: boolean;
  readonly forced: boolean;
  readonly pusher: string;
}

export type Job = ReviewPullRequestJob | RecheckJob | ReviewMergeGroupJob | JudgePushJob;

/** What a job is about, for logs and messages. */
export function jobSubject(job: Job): Readonly<Record<string, string | number>> {
  const common = {
    job: job.kind,
    delivery: job.delivery,
    installation: job.installationId,
    repository: `${job.repository.owner}/${job.repository.name}`,
  };
  if (job.kind === 'review-pull-request') return { ...common, pullRequest: job.number, head: job.headSha };
  if (job.kind === 'judge-push') return { ...common, ref: job.ref, before: job.before, after: job.after };
  return { ...common, head: job.headSha };
}

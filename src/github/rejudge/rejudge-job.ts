import type { RejudgeInstallationJob, RejudgeJob } from '../job.ts';
import type { PullRequestSource } from '../review-job.ts';

/** @param branch whose pull requests are looked at; null: all */
export function rejudgeJob(
  { installationId, repository }: PullRequestSource,
  branch: string | null,
  delivery: string,
): RejudgeJob {
  return {
    kind: 'rejudge',
    installationId,
    repository,
    key: `${String(repository.id)}/rejudge/${branch ?? ''}`,
    supersedes: true,
    delivery,
    branch,
  };
}

export function rejudgeInstallationJob(installationId: number, delivery: string): RejudgeInstallationJob {
  return {
    kind: 'rejudge-installation',
    key: `rejudge-installation/${String(installationId)}`,
    supersedes: true,
    delivery,
    installationId,
  };
}

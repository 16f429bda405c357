import type { RepositoryRef, ReviewPullRequestJob } from './job.ts';

export interface PullRequestSource {
  readonly installationId: number;
  readonly repository: RepositoryRef;
}

/** All events of a pull request make the same job: it judges the pull request as it is when it runs. */
export function reviewJob(
  { installationId, repository }: PullRequestSource,
  pull: { readonly number: number; readonly headSha: string },
  delivery: string,
): ReviewPullRequestJob {
  return {
    kind: 'review-pull-request',
    installationId,
    repository,
    key: `${String(repository.id)}/pull/${String(pull.number)}`,
    supersedes: true,
    delivery,
    number: pull.number,
    headSha: pull.headSha,
  };
}

import type { Annotation, CheckRun, EmbeddedRepository } from '../state.ts';
import { suiteOf } from '../state.ts';
import type { World } from '../world.ts';
import { appJson, nodeId } from './account.ts';
import { pullRequestMinimalJson } from './pull-request.ts';
import { repositoryApiUrl, repositoryPageUrl } from './repository.ts';

/** GitHub names open pull requests of the same repository only: none for a fork. */
function pullRequestsAt(
  world: World,
  repository: EmbeddedRepository,
  sha: string,
): Record<string, unknown>[] {
  return world.state.pullRequests
    .filter(
      (pullRequest) =>
        pullRequest.repository === repository &&
        pullRequest.head.repository === repository &&
        pullRequest.state === 'open' &&
        pullRequest.head.sha === sha,
    )
    .map((pullRequest) => pullRequestMinimalJson(world, pullRequest));
}

export function checkRunJson(world: World, run: CheckRun): Record<string, unknown> {
  const api = `${repositoryApiUrl(world, run.repository)}/check-runs/${run.id}`;
  const page = `${repositoryPageUrl(world, run.repository)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.headSha,
    name: run.name,
    external_id: run.externalId,
    url: api,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${api}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appJson(world),
    pull_requests: pullRequestsAt(world, run.repository, run.headSha),
  };
}

export function annotationJson(world: World, run: CheckRun, annotation: Annotation): Record<string, unknown> {
  const path = annotation.path.split('/').map(encodeURIComponent).join('/');
  return {
    path: annotation.path,
    blob_href: `${repositoryPageUrl(world, run.repository)}/blob/${run.headSha}/${path}`,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    start_column: annotation.startColumn,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: annotation.rawDetails,
  };
}

/** A check suite as webhooks carry it. A fork's head has no branch. */
export function checkSuiteJson(
  world: World,
  repository: EmbeddedRepository,
  sha: string,
  at: string,
): Record<string, unknown> {
  const id = suiteOf(world.state, repository, sha);
  const runs = world.state.checkRuns.filter((run) => run.suiteId === id);
  const pullRequests = pullRequestsAt(world, repository, sha);
  const [first] = pullRequests as { readonly head?: { readonly ref: string } }[];
  const completed = runs.length > 0 && runs.every((run) => run.status === 'completed');
  return {
    id,
    node_id: nodeId('CheckSuite', id),
    head_branch: first?.head?.ref ?? null,
    head_sha: sha,
    status: completed ? 'completed' : 'queued',
    conclusion: completed ? (runs.at(-1)?.conclusion ?? null) : null,
    url: `${repositoryApiUrl(world, repository)}/check-suites/${id}`,
    before: null,
    after: sha,
    pull_requests: pullRequests,
    app: appJson(world),
    created_at: at,
    updated_at: at,
    latest_check_runs_count: runs.length,
    check_runs_url: `${repositoryApiUrl(world, repository)}/check-suites/${id}/check-runs`,
  };
}

import type { EmbeddedGitHub } from '../embedded/embedded-github.ts';
import type { PullRequest } from '../embedded/state.ts';
import type { Told } from './tell.ts';

/** What the App posted, as text: check runs, comments with path and line, and the alert. */
export function describeTold(github: EmbeddedGitHub, told: Told): string {
  const parts = told.pullRequests.map((pullRequest) => describePullRequest(github, pullRequest));
  const alerts = github
    .issues(told.repository)
    .map(
      (issue) =>
        `Issue #${issue.number}: ${issue.title}\n  after ${told.pushed.slice(0, 12)} was pushed to main\n`,
    );
  return [...parts, ...alerts].join('\n');
}

function describePullRequest(github: EmbeddedGitHub, pullRequest: PullRequest): string {
  const lines = [`Pull request #${pullRequest.number}: ${pullRequest.title}`];
  for (const run of github.checkRuns(pullRequest.repository, pullRequest.head.sha)) {
    lines.push(`  check ${run.name}: ${run.conclusion ?? run.status} – ${run.title ?? ''}`);
    for (const { path, startLine: line, message } of run.annotations) {
      lines.push(`  annotation ${path}:${line} ${firstSentence(message)}`);
    }
  }
  for (const comment of github.reviewComments(pullRequest)) {
    lines.push(`  comment ${comment.path}:${comment.line ?? 'file'} ${firstSentence(comment.body)}`);
  }
  return `${lines.join('\n')}\n`;
}

function firstSentence(body: string): string {
  const text =
    body
      .replaceAll(/<!--.*?-->/gs, '')
      .trim()
      .split('\n', 1)[0] ?? '';
  return /^.*?[.!?](?= |$)/.exec(text)?.[0] ?? text;
}

import type { EmbeddedGitHub } from '../embedded/embedded-github.ts';
import type { PullRequest } from '../embedded/state.ts';
import type { Told } from './tell.ts';

/** What the App posted, as text: check runs, comments with path and line, what has no line. */
export function describePullRequests(github: EmbeddedGitHub, pullRequests: readonly PullRequest[]): string {
  return pullRequests.map((pullRequest) => describePullRequest(github, pullRequest)).join('\n');
}

/** The same of the whole story, with its alert. */
export function describeTold(github: EmbeddedGitHub, told: Told): string {
  const alerts = github.issues(told.repository).map((issue) => {
    const found = (issue.body ?? '').split('\n').filter(isFinding);
    return `${[`Issue #${issue.number}: ${issue.title}`, ...found.map(indented)].join('\n')}\n`;
  });
  return [describePullRequests(github, told.pullRequests), ...alerts].join('\n');
}

function describePullRequest(github: EmbeddedGitHub, pullRequest: PullRequest): string {
  const { fullName } = pullRequest.repository;
  const lines = [`Pull request ${fullName}#${String(pullRequest.number)}: ${pullRequest.title}`];
  for (const run of github.checkRuns(pullRequest.repository, pullRequest.head.sha)) {
    lines.push(`  check ${run.name}: ${run.conclusion ?? run.status} – ${run.title ?? ''}`);
    for (const { path, startLine, message, title } of run.annotations) {
      const shared = [...message.matchAll(SHARED)];
      for (const [, line, rule, text] of shared)
        lines.push(`  annotation ${path}:${line ?? ''} [${rule ?? ''}] ${firstSentence(text ?? '')}`);
      if (shared.length === 0)
        lines.push(`  annotation ${path}:${startLine} [${title ?? ''}] ${firstSentence(message)}`);
    }
  }
  for (const comment of github.reviewComments(pullRequest)) {
    lines.push(`  comment ${comment.path}:${comment.line ?? 'file'} ${shortened(comment.body)}`);
  }
  for (const review of github.reviews(pullRequest)) {
    for (const line of review.body.split('\n').filter(isFinding)) lines.push(indented(line));
  }
  return `${lines.join('\n')}\n`;
}

/** A line of an annotation that several findings share. */
const SHARED = /^Line (\d+), ([a-z0-9-]+): (.*)$/gm;

/** Our list items end with the rule, in brackets. */
const RULE = /\(\[?`([a-z0-9-]+)`(?:\]\([^)]*\))?\)/;

function isFinding(line: string): boolean {
  return line.startsWith('- ') && RULE.test(line);
}

function indented(line: string): string {
  return `  without a line: ${shortened(line.slice(2))}`;
}

/** The rule, and the first sentence. */
function shortened(body: string): string {
  const rule = RULE.exec(body)?.[1] ?? '';
  return `[${rule}] ${firstSentence(body)}`;
}

function firstSentence(body: string): string {
  const text =
    body
      .replaceAll(/<!--.*?-->/gs, '')
      .replaceAll('**', '')
      .trim()
      .split('\n', 1)[0] ?? '';
  return /^.*?[.!?](?= |$)/.exec(text)?.[0] ?? text;
}

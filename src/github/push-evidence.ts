import { shortSha } from '../engine/change.ts';
import type { PushedCommit } from '../alerts/alert.ts';
import type { Repository } from '../git/repository.ts';
import { activityOf, type Activity } from './api/activity.ts';
import { listAssociatedPullRequests } from './api/commits.ts';
import type { AssociatedPullRequest } from './api/commits.ts';
import type { JobContext } from './dependencies.ts';

/** More commits than this are not asked about one by one: the push counts as direct. */
const MAX_COMMITS = 50;

/** Commits that are read to follow the branch's own line. */
const MAX_LISTED = 2_000;

/** GitHub ties commits to a pull request a moment after it announces the push. Waits in milliseconds. */
export const EVIDENCE_WAITS: readonly number[] = [2_000, 8_000];

export interface PushedRange {
  readonly branch: string;
  readonly before: string;
  readonly after: string;
}

/** Null when a merged pull request or the merge queue accounts for the push, else why none does, as a sentence. */
export type Evidence = string | null;

const MERGES: ReadonlySet<Activity['type']> = new Set(['pr_merge', 'merge_queue_merge']);

/** The branch's own line from `after` back to `before`, newest first; null when `before` does not lie on it. */
export async function firstParents(
  repository: Repository,
  { before, after }: PushedRange,
): Promise<readonly PushedCommit[] | null> {
  const { commits, truncated } = await repository.commits(before, after, MAX_LISTED);
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const line: PushedCommit[] = [];
  let sha = after;
  while (sha !== before) {
    const commit = bySha.get(sha);
    if (commit === undefined || truncated) return null;
    line.push({ sha, merge: commit.parents.length > 1 });
    sha = commit.parents[0] ?? '';
  }
  return line;
}

/**
 * Asks GitHub where a push came from that only moved the branch forward. Its activity log settles it: it tells a merge
 * from a push of commits that happen to be those of a pull request, which GitHub then calls merged too. Where the log
 * cannot be asked, or has no entry yet, merged pull requests count.
 */
export async function findEvidence(
  context: JobContext,
  range: PushedRange,
  line: readonly PushedCommit[] | null,
): Promise<Evidence> {
  const ref = `refs/heads/${range.branch}`;
  for (const delay of [...context.environment.evidenceWaits, null]) {
    const activity = await activityOf(context.api, { ...range, ref });
    if (activity !== null && 'type' in activity)
      return MERGES.has(activity.type) ? null : notMerged(activity);
    const evidence = await evidenceNow(context, range, line);
    if (activity !== null) context.log.info(activity.notTold);
    const settled = evidence === null && activity !== null;
    if (settled || delay === null) return evidence;
    await context.environment.clock.sleep(delay);
    context.signal.throwIfAborted();
  }
  return null;
}

function notMerged({ type, actor }: Activity): string {
  const by = actor === null ? '' : ` by ${actor}`;
  return `GitHub's activity log has it as a ${type === 'force_push' ? 'force push' : 'push'}${by}, not as a merge.`;
}

async function evidenceNow(
  context: JobContext,
  range: PushedRange,
  line: readonly PushedCommit[] | null,
): Promise<Evidence> {
  if (line === null) return 'The branch did not move forward from its earlier state along its own line.';
  if (line.length > MAX_COMMITS) {
    return `The push has ${String(line.length)} commits, more than the ${String(MAX_COMMITS)} that are asked about one by one.`;
  }
  let newer: ReadonlySet<number> = new Set();
  for (const commit of line) {
    const merged = await mergedInto(context, range, commit.sha);
    // That a commit belongs to a merged pull request is not enough: after a squash its own commits were never
    // merged. It must be what the merge made, or, for a rebase, stand below that.
    const made = merged.filter((pull) => pull.mergeCommit === commit.sha);
    const below = commit.merge ? [] : merged.filter((pull) => newer.has(pull.number));
    const tied = made.length > 0 ? made : below;
    if (tied.length === 0) return noPullRequest(commit.sha);
    newer = new Set(tied.map((pull) => pull.number));
  }
  return null;
}

async function mergedInto(
  context: JobContext,
  { branch }: PushedRange,
  sha: string,
): Promise<readonly AssociatedPullRequest[]> {
  const pulls = await listAssociatedPullRequests(context.api, sha);
  return pulls.filter(
    (pull) => pull.merged && pull.baseRef === branch && pull.baseRepositoryId === context.repository.id,
  );
}

function noPullRequest(sha: string): string {
  return `GitHub knows no pull request whose merge into this branch made commit ${shortSha(sha)}.`;
}

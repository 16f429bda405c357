import { readCommits } from '../git-commits.ts';
import { type MergeMethod, mergeCommits } from '../git-merge.ts';
import { resolveRef, updateRef } from '../git-store.ts';
import { listCommits } from '../git-commits.ts';
import { mergeGroupPayload, type MergeGroup, pushPayload } from '../payloads.ts';
import type { PullRequest } from '../state.ts';
import { accountOf, noReplyAddress, pullRequestMergeBase, type World } from '../world.ts';
import { recordActivity } from './activities.ts';
import { markMerged, moveBranch } from './pull-requests.ts';
import type { Stage } from './stage.ts';

const MERGE_QUEUE = 'github-merge-queue[bot]';

async function mergeMessage(pullRequest: PullRequest, method: MergeMethod): Promise<string> {
  const { number, title, head, repository } = pullRequest;
  if (method === 'merge') {
    return `Merge pull request #${number} from ${head.repository.owner}/${head.ref}\n\n${title}`;
  }
  const shas = await listCommits(repository.gitDirectory, await pullRequestMergeBase(pullRequest), head.sha);
  const commits = await readCommits(repository.gitDirectory, shas);
  return [`${title} (#${number})`, '', ...commits.map((commit) => `* ${commit.message.trim()}`)].join('\n');
}

async function baseTip({ repository, base }: PullRequest): Promise<string> {
  const sha = await resolveRef(repository.gitDirectory, `refs/heads/${base.ref}`);
  if (sha === null) throw new Error(`${repository.fullName} has no branch ${base.ref} any more.`);
  return sha;
}

async function mergeOnto(
  world: World,
  pullRequest: PullRequest,
  base: string,
  method: MergeMethod,
  user: string,
): Promise<string> {
  const merge = {
    base,
    head: pullRequest.head.sha,
    message: await mergeMessage(pullRequest, method),
    author: { name: user, email: noReplyAddress(accountOf(world, user)) },
    at: world.now(),
    signer: world.webFlow,
  };
  const sha = await mergeCommits(pullRequest.repository.gitDirectory, merge, method);
  if (sha === null)
    throw new Error(`Pull request #${pullRequest.number} cannot be merged: there are conflicts.`);
  return sha;
}

/** Merges as the button on the page does: a push to the base, then the pull request is closed. */
export async function mergePullRequest(
  stage: Stage,
  pullRequest: PullRequest,
  method: MergeMethod,
  user: string,
): Promise<string> {
  const { world, webhooks } = stage;
  const { repository, base } = pullRequest;
  if (pullRequest.state !== 'open') throw new Error(`Pull request #${pullRequest.number} is closed.`);
  const before = await baseTip(pullRequest);
  const after = await mergeOnto(world, pullRequest, before, method, user);
  // Merged before its branch is followed: a push of other hands would close it again.
  pullRequest.state = 'closed';
  const ref = `refs/heads/${base.ref}`;
  await updateRef(repository.gitDirectory, ref, after);
  await recordActivity(world, { repository, ref, before, after, actor: user }, 'pr_merge');
  webhooks.send('push', await pushPayload(world, { repository, ref, before, after, user }));
  await markMerged(stage, pullRequest, before, after, user, after);
  return after;
}

/** Puts pull requests of one base into the merge queue, as one group. */
export async function queueMergeGroup(
  stage: Stage,
  pullRequests: readonly PullRequest[],
): Promise<MergeGroup> {
  const { world, webhooks } = stage;
  const last = pullRequests.at(-1);
  if (last === undefined) throw new Error('A merge group needs at least one pull request.');
  const baseSha = await baseTip(last);
  let headSha = baseSha;
  for (const pullRequest of pullRequests) {
    headSha = await mergeOnto(world, pullRequest, headSha, 'merge', MERGE_QUEUE);
  }
  const branch = `gh-readonly-queue/${last.base.ref}/pr-${last.number}-${baseSha}`;
  const group: MergeGroup = {
    repository: last.repository,
    pullRequests,
    headSha,
    headRef: `refs/heads/${branch}`,
    baseSha,
    baseRef: `refs/heads/${last.base.ref}`,
  };
  await moveBranch(stage, group.repository, branch, headSha, MERGE_QUEUE);
  webhooks.send('merge_group', await mergeGroupPayload(world, group, 'checks_requested', MERGE_QUEUE));
  return group;
}

/** Lets a merge group through: the base moves to the group's head. */
export async function mergeQueuedGroup(stage: Stage, group: MergeGroup): Promise<void> {
  const { world, webhooks } = stage;
  const { repository, baseSha: before, headSha: after, baseRef: ref } = group;
  for (const pullRequest of group.pullRequests) pullRequest.state = 'closed';
  await updateRef(repository.gitDirectory, ref, after);
  await recordActivity(world, { repository, ref, before, after, actor: MERGE_QUEUE }, 'merge_queue_merge');
  webhooks.send('push', await pushPayload(world, { repository, ref, before, after, user: MERGE_QUEUE }));
  for (const pullRequest of group.pullRequests) {
    await markMerged(stage, pullRequest, before, after, MERGE_QUEUE, after);
  }
  const branch = group.headRef.slice('refs/heads/'.length);
  const destroyed = await mergeGroupPayload(world, group, 'destroyed', MERGE_QUEUE);
  webhooks.send('merge_group', { ...destroyed, reason: 'merged' });
  await moveBranch(stage, repository, branch, null, MERGE_QUEUE);
}

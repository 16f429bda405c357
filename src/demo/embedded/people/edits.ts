import type { PullRequest } from '../state.ts';
import { timestamp } from '../world.ts';
import { deliver, updatePullRefs } from './pull-requests.ts';
import type { Stage } from './stage.ts';

/** Chooses another base branch. */
export async function retarget(
  stage: Stage,
  pullRequest: PullRequest,
  base: string,
  user: string,
): Promise<void> {
  const { world } = stage;
  const from = { ref: pullRequest.base.ref, sha: pullRequest.base.sha };
  pullRequest.base.ref = base;
  pullRequest.updatedAt = timestamp(world);
  await updatePullRefs(world, pullRequest);
  const changes = { base: { ref: { from: from.ref }, sha: { from: from.sha } } };
  await deliver(stage, pullRequest, 'edited', user, { changes });
}

export async function editTitle(
  stage: Stage,
  pullRequest: PullRequest,
  title: string,
  user: string,
): Promise<void> {
  const from = pullRequest.title;
  pullRequest.title = title;
  pullRequest.updatedAt = timestamp(stage.world);
  await deliver(stage, pullRequest, 'edited', user, { changes: { title: { from } } });
}

export async function closePullRequest(stage: Stage, pullRequest: PullRequest, user: string): Promise<void> {
  pullRequest.state = 'closed';
  pullRequest.closedAt = timestamp(stage.world);
  pullRequest.updatedAt = pullRequest.closedAt;
  await deliver(stage, pullRequest, 'closed', user);
}

export async function reopenPullRequest(stage: Stage, pullRequest: PullRequest, user: string): Promise<void> {
  if (pullRequest.mergedAt !== null) throw new Error('A merged pull request cannot be opened again.');
  pullRequest.state = 'open';
  pullRequest.closedAt = null;
  pullRequest.updatedAt = timestamp(stage.world);
  await updatePullRefs(stage.world, pullRequest);
  await deliver(stage, pullRequest, 'reopened', user);
}

export async function markReady(stage: Stage, pullRequest: PullRequest, user: string): Promise<void> {
  pullRequest.draft = false;
  pullRequest.updatedAt = timestamp(stage.world);
  await deliver(stage, pullRequest, 'ready_for_review', user);
}

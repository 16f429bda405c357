import { issueJson } from '../json/issue.ts';
import { envelope } from '../payloads.ts';
import type { Issue } from '../state.ts';
import { timestamp } from '../world.ts';
import type { Stage } from './stage.ts';

/** Tells the App what somebody did to an issue. */
export function announceIssue({ world, webhooks }: Stage, issue: Issue, action: string, user: string): void {
  webhooks.send('issues', {
    action,
    issue: issueJson(world, issue),
    ...envelope(world, issue.repository, user),
  });
}

export function closeIssue(
  stage: Stage,
  issue: Issue,
  user: string,
  reason: 'completed' | 'not_planned' = 'completed',
): void {
  const at = timestamp(stage.world);
  Object.assign(issue, { state: 'closed', stateReason: reason, closedAt: at, updatedAt: at });
  announceIssue(stage, issue, 'closed', user);
}

export function reopenIssue(stage: Stage, issue: Issue, user: string): void {
  const at = timestamp(stage.world);
  Object.assign(issue, { state: 'open', stateReason: 'reopened', closedAt: null, updatedAt: at });
  announceIssue(stage, issue, 'reopened', user);
}

/** As an administrator may. GitHub gives the number to no other issue. */
export function deleteIssue(stage: Stage, issue: Issue, user: string): void {
  issue.deleted = true;
  announceIssue(stage, issue, 'deleted', user);
}

import { markerLine } from '../../report/plain.ts';
import { ALERT_LABEL } from '../../alerts/github-issue.ts';
import { isOurMarker } from '../issue-changed.ts';
import type { RepositoryJob } from '../job.ts';
import { sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

export const issuesHandler: Handler<'issues'> = { event: 'issues', toJob };

const ACTIONS: ReadonlySet<string> = new Set(['closed', 'reopened', 'deleted', 'transferred']);

/** Whether an issue is ours is told by its author, which the job asks; here only what cannot be ours is left out. */
function toJob({ id, payload }: Delivery<'issues'>): RepositoryJob | null {
  const { action, issue, sender } = payload;
  if (!ACTIONS.has(action) || issue.user?.type !== 'Bot') return null;
  // What an App does to its own issue.
  if (sender.login === issue.user.login) return null;
  const marker = markerLine(issue.body ?? '');
  const isLabelled = issue.labels?.some((label) => label?.name === ALERT_LABEL) === true;
  if (!isLabelled && !isOurMarker(marker)) return null;
  const source = sourceOf(payload);
  return {
    ...source,
    kind: 'issue-changed',
    key: `${String(source.repository.id)}/issue/${String(issue.number)}`,
    supersedes: false,
    delivery: id,
    number: issue.number,
    author: issue.user.login,
    marker: isOurMarker(marker) ? marker : null,
    actor: sender.login,
  };
}

import { leakedCredential, markUndone, type Incident } from '../alerts/incident.ts';
import type { Repository } from '../git/repository.ts';
import type { JobContext } from './dependencies.ts';
import { close, openIncidents, update } from './incidents.ts';
import type { JudgePushJob } from './job.ts';
import { fetchIfThere } from './remote.ts';
import { isUndone, onlyUndoes } from './undone.ts';

/**
 * Ends the incidents of a branch that a push undid. One that brought a credential stays open, because a revert leaves
 * it in the history. True when the push did nothing but undo an incident.
 */
export async function settleIncidents(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
): Promise<boolean> {
  const open = (await openIncidents(context, job.ref)).filter(({ kind }) => kind === 'direct-push');
  if (open.length === 0) return false;
  const complete = await withCommits(context, repository, open.flatMap(commitsOf));
  let only = false;
  try {
    for (const incident of open) {
      if (isCauseOf(incident, job)) continue;
      if (!(await isUndone(complete, incident, job.deleted ? null : job.after))) continue;
      if (await onlyUndoes(complete, incident, job)) only = true;
      await settle(context, job, incident);
    }
  } finally {
    if (complete !== repository) complete.close();
  }
  return only;
}

async function settle(context: JobContext, job: JudgePushJob, incident: Incident): Promise<void> {
  if (leakedCredential(incident)) {
    if (!incident.undone) await update(context, markUndone(incident, context.environment.clock.now()));
    return;
  }
  const how = job.forced || job.deleted || job.created ? 'put-back' : 'reverted';
  await close(context, incident, { how, by: job.pusher });
}

/** The event of a push may come again, also of one that changed no file and so is undone from the start. */
function isCauseOf({ alerts }: Incident, { before, after }: JudgePushJob): boolean {
  return alerts.some(
    (alert) => alert.kind === 'direct-push' && alert.before === before && alert.after === after,
  );
}

function commitsOf({ alerts }: Incident): string[] {
  return alerts.flatMap((alert) => {
    if (alert.kind !== 'direct-push') return [];
    return [...(alert.created ? [] : [alert.before]), ...(alert.deleted ? [] : [alert.after])];
  });
}

/** The repository with these commits in it, as far as GitHub still has them. */
async function withCommits(
  context: JobContext,
  repository: Repository,
  commits: readonly string[],
): Promise<Repository> {
  let complete = repository;
  for (const sha of new Set(commits)) {
    if ((await complete.tryResolve(sha)) !== null) continue;
    const fetched = await fetchIfThere(context, [], [sha]);
    if (fetched === null) continue;
    if (complete !== repository) complete.close();
    complete = fetched;
  }
  return complete;
}

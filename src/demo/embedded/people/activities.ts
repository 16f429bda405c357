import { NO_COMMIT } from '../payloads.ts';
import { isAncestor } from '../git-store.ts';
import type { Activity, EmbeddedRepository } from '../state.ts';
import { timestamp, type World } from '../world.ts';

type Moved = Pick<Activity, 'repository' | 'ref' | 'before' | 'after' | 'actor'>;

/** What GitHub remembers of a push, beside the event. */
export async function recordActivity(
  world: World,
  moved: Moved,
  merge: 'pr_merge' | 'merge_queue_merge' | null = null,
): Promise<void> {
  const type = merge ?? (await pushType(moved));
  world.state.activities.push({ id: world.state.nextId(), ...moved, type, at: timestamp(world) });
}

async function pushType({ repository, before, after }: Moved): Promise<Activity['type']> {
  if (before === NO_COMMIT) return 'branch_creation';
  if (after === NO_COMMIT) return 'branch_deletion';
  return (await isAncestor(repository.gitDirectory, before, after)) ? 'push' : 'force_push';
}

/** Notes that the newest push to a branch was let past its rulesets. */
export function recordBypass(world: World, repository: EmbeddedRepository, branch: string): void {
  const ref = `refs/heads/${branch}`;
  const newest = world.state.activities.findLast((one) => one.repository === repository && one.ref === ref);
  if (newest === undefined) throw new Error(`Nobody has pushed to ${branch}.`);
  const { before, after, actor, at } = newest;
  world.state.ruleSuites.push({
    id: world.state.nextId(),
    repository,
    ref,
    before,
    after,
    actor,
    at,
    result: 'bypass',
  });
}

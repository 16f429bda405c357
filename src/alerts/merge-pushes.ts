import type { DirectPushAlert } from './alert.ts';

/**
 * Pushes that follow each other without anything in between, as one each, newest first: that is the order in which they
 * are undone.
 */
export function mergePushes(pushes: readonly DirectPushAlert[]): DirectPushAlert[] {
  const runs: DirectPushAlert[] = [];
  for (const push of pushes) {
    const last = runs.at(-1);
    if (last?.after === push.before) runs[runs.length - 1] = joined(last, push);
    else runs.push(push);
  }
  return runs.reverse();
}

function joined(first: DirectPushAlert, second: DirectPushAlert): DirectPushAlert {
  const { commits } = first;
  return {
    ...second,
    before: first.before,
    created: first.created && !second.deleted,
    forced: (first.forced || second.forced) && !first.created,
    commits: commits === null || second.commits === null ? null : [...second.commits, ...commits],
  };
}

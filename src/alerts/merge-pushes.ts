import type { DirectPushAlert } from './alert.ts';

/**
 * Pushes that follow each other without anything in between, as one each, newest first: that is the order in which they
 * are undone. Those that end where they began left nothing to undo.
 */
export function mergePushes(pushes: readonly DirectPushAlert[]): DirectPushAlert[] {
  const runs: DirectPushAlert[] = [];
  for (const push of pushes) {
    const last = runs.at(-1);
    if (last?.after === push.before) runs[runs.length - 1] = joined(last, push);
    else runs.push(push);
  }
  return runs.filter(({ before, after }) => before !== after).reverse();
}

/** A branch that was deleted and made anew has another history, as after a force push. */
function joined(first: DirectPushAlert, second: DirectPushAlert): DirectPushAlert {
  const { commits } = first;
  const created = first.created && !second.deleted;
  const deleted = second.deleted && !first.created;
  const rewritten = first.forced || second.forced || (first.deleted && second.created);
  return {
    ...second,
    before: first.before,
    created,
    deleted,
    forced: rewritten && !created && !deleted,
    commits: commits === null || second.commits === null ? null : [...second.commits, ...commits],
  };
}

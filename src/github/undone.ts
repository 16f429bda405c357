import type { DirectPushAlert } from '../alerts/alert.ts';
import type { Incident } from '../alerts/incident.ts';
import { mergePushes } from '../alerts/merge-pushes.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree-entry.ts';
import { isAncestor } from './push-origin.ts';

type Tree = ReadonlyMap<string, TreeEntry>;

/**
 * Whether what the pushes of an incident did is gone: the files that they changed are what they were, and history that
 * they rewrote is back.
 *
 * @param tip the branch's commit; null when the branch is gone
 */
export async function isUndone(
  repository: Repository,
  incident: Incident,
  tip: string | null,
): Promise<boolean> {
  // What is not remembered cannot be compared.
  if (incident.count > incident.alerts.length) return false;
  for (const push of mergePushes(pushesOf(incident))) {
    if (!(await isPushUndone(repository, push, tip))) return false;
  }
  return true;
}

/** Whether a push did nothing but undo an incident. */
export async function onlyUndoes(
  repository: Repository,
  incident: Incident,
  push: {
    readonly before: string;
    readonly after: string;
    readonly created: boolean;
    readonly deleted: boolean;
  },
): Promise<boolean> {
  const [run, ...others] = mergePushes(pushesOf(incident));
  if (run === undefined) return false;
  if (push.deleted) return others.length === 0 && run.created;
  if (push.created) return others.length === 0 && run.deleted && push.after === run.before;
  if (!(await hasAll(repository, [push.before]))) return false;
  if (!(await isUndone(repository, incident, push.after))) return false;
  const undone = new Set<string>();
  for (const one of [run, ...others]) {
    for (const path of await changedBy(repository, one.before, one.after)) undone.add(path);
  }
  return (await changedBy(repository, push.before, push.after)).every((path) => undone.has(path));
}

async function isPushUndone(
  repository: Repository,
  push: DirectPushAlert,
  tip: string | null,
): Promise<boolean> {
  const { before, after } = push;
  if (push.created) return tip === null;
  if (tip === null || !(await hasAll(repository, [before, tip]))) return false;
  if (push.deleted) return isAncestor(repository, before, tip);
  if (!(await hasAll(repository, [after]))) return false;
  const was = await repository.tree(before);
  const is = await repository.tree(tip);
  const paths = changedPaths(was, await repository.tree(after));
  const back = paths.every((path) => isSame(was.get(path), is.get(path)));
  if (!back || !push.forced) return back;
  const whole = paths.length > 0 && changedPaths(was, is).length === 0;
  return whole || isAncestor(repository, before, tip);
}

/** GitHub may have thrown away what no branch holds any more. */
async function hasAll(repository: Repository, commits: readonly string[]): Promise<boolean> {
  const found = await Promise.all(commits.map((sha) => repository.tryResolve(sha)));
  return !found.includes(null);
}

async function changedBy(repository: Repository, before: string, after: string): Promise<string[]> {
  return changedPaths(await repository.tree(before), await repository.tree(after));
}

function changedPaths(before: Tree, after: Tree): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => !isSame(before.get(path), after.get(path)),
  );
}

function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

function pushesOf({ alerts }: Incident): DirectPushAlert[] {
  return alerts.filter((alert): alert is DirectPushAlert => alert.kind === 'direct-push');
}

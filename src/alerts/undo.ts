import { shortSha } from '../engine/change.ts';
import type { DirectPushAlert, PushedCommit, UnsignedTagAlert } from './alert.ts';

/** More commits than this are undone by restoring the tree, in one commit. */
const MAX_REVERTS = 20;

export interface Undo {
  readonly explanation: string;
  /** Lines for a POSIX shell. */
  readonly commands: readonly string[];
}

/**
 * How to undo a push, as commands for a clone of the repository. Nothing in them needs the reader to fill in a blank.
 *
 * @param isNewest whether the branch still stood where the push left it when the alert was raised
 */
export function undoOf(alert: DirectPushAlert, isNewest = true): Undo {
  const branch = branchName(alert.ref);
  if (alert.deleted) return restoreDeleted(alert, branch);
  if (alert.created) return removeCreated(branch);
  if (alert.forced && isNewest) return restoreForced(alert, branch);
  return revert(alert, branch);
}

export function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

/** One word for a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[\w./@:=+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function restoreDeleted(alert: DirectPushAlert, branch: string): Undo {
  return {
    explanation: 'Put the branch back where it was. GitHub still has its last commit.',
    commands: [
      `git fetch origin ${alert.before}`,
      `git push origin ${shellQuote(`${alert.before}:refs/heads/${branch}`)}`,
    ],
  };
}

function removeCreated(branch: string): Undo {
  return {
    explanation: 'Nothing stood there before. If the branch is not wanted, delete it.',
    commands: [`git push origin ${shellQuote(`:refs/heads/${branch}`)}`],
  };
}

function restoreForced(alert: DirectPushAlert, branch: string): Undo {
  return {
    explanation:
      'History was rewritten, so a revert is not enough: put the branch back. The command does nothing if somebody has pushed since. Branch protection must allow you to force push.',
    commands: [
      `git fetch origin ${alert.before}`,
      `git push ${shellQuote(`--force-with-lease=refs/heads/${branch}:${alert.after}`)} origin ${shellQuote(`${alert.before}:refs/heads/${branch}`)}`,
    ],
  };
}

function revert(alert: DirectPushAlert, branch: string): Undo {
  const work = workBranch(alert);
  const { commits, forced } = alert;
  const isListed = commits !== null && commits.length > 0 && commits.length <= MAX_REVERTS;
  return {
    explanation: 'Revert it on a branch, then open a pull request from that branch.',
    commands: [
      `git fetch origin ${shellQuote(`refs/heads/${branch}`)}`,
      ...(isListed && !forced
        ? [`git switch --create ${work} FETCH_HEAD`, ...revertCommands(alert, commits)]
        : restoreTree(alert, work)),
      `git push origin ${work}`,
    ],
  };
}

/** The branch on which a push is reverted. */
function workBranch({ after }: DirectPushAlert): string {
  return `revert-${shortSha(after)}`;
}

/** The page on which the pull request with the revert is opened; null when the push is undone in another way. */
export function revertPage(alert: DirectPushAlert, isNewest = true): string | null {
  if (alert.deleted || alert.created || (alert.forced && isNewest)) return null;
  const branch = branchName(alert.ref).split('/').map(encodeURIComponent).join('/');
  return `${alert.repository.url}/compare/${branch}...${workBranch(alert)}?expand=1`;
}

/** Begins where the push ended, so that the merge of the pull request keeps whatever came after it. */
function restoreTree({ before, after }: DirectPushAlert, work: string): string[] {
  return [
    `git fetch origin ${before} ${after}`,
    `git switch --create ${work} ${after}`,
    `git restore --source=${before} --staged --worktree -- :/`,
    `git commit --message='Restore the state before ${shortSha(after)}'`,
  ];
}

function revertCommands({ before, after }: DirectPushAlert, commits: readonly PushedCommit[]): string[] {
  if (commits.every((commit) => !commit.merge)) return [`git revert --no-edit ${before}..${after}`];
  return commits.map((commit) => `git revert --no-edit ${commit.merge ? '--mainline 1 ' : ''}${commit.sha}`);
}

/** Takes back that a tag was made or moved. Lines for a POSIX shell. */
export function undoTagOf({ ref, before, created }: UnsignedTagAlert): string[] {
  return created
    ? [`git push origin ${shellQuote(`:${ref}`)}`]
    : [`git fetch origin ${before}`, `git push --force origin ${shellQuote(`${before}:${ref}`)}`];
}

/** Makes a tag anew, signed. `^{}` is what the tag stands for, whether it is annotated or not. */
export function signCommands({ ref, after }: UnsignedTagAlert): string[] {
  const name = ref.replace(/^refs\/tags\//, '');
  return [
    `git fetch origin ${after}`,
    `git tag --sign --force ${shellQuote(name)} '${after}^{}'`,
    `git push --force origin ${shellQuote(ref)}`,
  ];
}

import { shortSha } from '../engine/change.ts';
import type { DirectPushAlert, UnsignedTagAlert } from './alert.ts';

/** More commits than this are undone by restoring the tree, in one commit. */
const MAX_REVERTS = 20;

export interface Undo {
  readonly explanation: string;
  /** Lines for a POSIX shell. */
  readonly commands: readonly string[];
}

/** How to undo a push, as commands for a clone of the repository. Nothing in them needs the reader to fill in a blank. */
export function undoOf(alert: DirectPushAlert): Undo {
  const branch = branchName(alert.ref);
  if (alert.deleted) return restoreDeleted(alert, branch);
  if (alert.created) return removeCreated(branch);
  if (alert.forced) return restoreForced(alert, branch);
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
  const work = `revert-${shortSha(alert.after)}`;
  return {
    explanation: 'Revert it on a branch, then open a pull request from that branch.',
    commands: [
      `git fetch origin ${shellQuote(`refs/heads/${branch}`)}`,
      `git switch --create ${work} FETCH_HEAD`,
      ...revertCommands(alert),
      `git push origin ${work}`,
    ],
  };
}

function revertCommands(alert: DirectPushAlert): string[] {
  const { commits } = alert;
  if (commits === null || commits.length === 0 || commits.length > MAX_REVERTS) {
    return [
      `git restore --source=${alert.before} --staged --worktree -- :/`,
      `git commit --message='Restore the state before ${shortSha(alert.after)}'`,
    ];
  }
  if (commits.every((commit) => !commit.merge))
    return [`git revert --no-edit ${alert.before}..${alert.after}`];
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

import { GitError } from './git-error.ts';

const FULL_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT'];
const CLOSED_CODES: readonly unknown[] = ['EROFS', 'EACCES', 'EPERM'];
const FULL = /no space left on device|disk quota exceeded/i;
const CLOSED = /read-only file system|permission denied|insufficient permission/i;

/** Whether an error, of git or of the file system here, says that there is no room left. */
export function isDiskFull(error: unknown): boolean {
  return FULL_CODES.includes(codeOf(error)) || FULL.test(ownMessage(error));
}

/** An error that says what to do about the folder when that is what is wrong; else the error itself. */
export function explainStorage(error: unknown, directory: string): unknown {
  if (isDiskFull(error)) {
    return new GitError(
      'failed',
      `The disk is full: make room for the folder of mirrors ${directory}, or allow the mirrors fewer bytes. What is in it can be deleted at any time`,
    );
  }
  if (CLOSED_CODES.includes(codeOf(error)) || CLOSED.test(ownMessage(error))) {
    return new GitError(
      'failed',
      `The folder of mirrors ${directory} cannot be written: let this user write there, mount it writable, or name another folder`,
    );
  }
  return error;
}

/** The same, when the folder itself is what cannot be used. */
export function explainFolder(error: unknown, directory: string): unknown {
  const explained = explainStorage(error, directory);
  return explained instanceof GitError
    ? explained
    : new GitError('failed', `The folder of mirrors ${directory} cannot be used (${String(codeOf(error))})`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** What git said, without what the remote said. */
function ownMessage(error: unknown): string {
  return error instanceof GitError ? error.message.replaceAll(/remote:[^;]*/g, '') : '';
}

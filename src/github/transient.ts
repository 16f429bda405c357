import { ReceiverError } from '../alerts/receivers/receiver.ts';
import { GitError } from '../git/git-error.ts';
import { StoreError } from '../store/database.ts';
import { GitHubError } from './errors.ts';

const GIT_KINDS: ReadonlySet<string> = new Set(['network', 'timeout', 'corrupt']);
const GITHUB_KINDS: ReadonlySet<string> = new Set(['unavailable', 'rate-limited']);

/** True for trouble that passes by itself, so that it is worth trying again later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof GitHubError) return GITHUB_KINDS.has(error.kind);
  if (error instanceof GitError) return GIT_KINDS.has(error.kind);
  if (error instanceof ReceiverError) return error.transient;
  return error instanceof StoreError;
}

/** How long GitHub or a receiver of alerts asks to wait before anything is tried again, in milliseconds; 0 when it does not. */
export function askedPause(error: unknown): number {
  return error instanceof GitHubError || error instanceof ReceiverError ? (error.retryAfter ?? 0) : 0;
}

/** True when GitHub says that what the job is about does not exist, or not any more. */
export function isGone(error: unknown): boolean {
  return error instanceof GitHubError && (error.kind === 'not-found' || error.kind === 'gone');
}

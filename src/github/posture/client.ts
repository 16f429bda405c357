import type { Octokit } from '@octokit/rest';
import { GitHubError } from '../errors.ts';
import { unknown, type Known } from '../../posture/facts.ts';

/** What reads the settings of one repository: the App's client or one with a personal token. */
export interface PostureClient {
  readonly octokit: Pick<Octokit, 'request'>;
  readonly owner: string;
  readonly repo: string;
}

/**
 * GitHub answers 404 where a token may not know that something exists, so both mean that it was not read. Any other
 * failure is thrown.
 */
export function asUnread<T>(error: unknown, needs: string): Known<T> {
  if (!(error instanceof GitHubError)) throw error;
  if (error.kind === 'permission') return unknown(`the token lacks ${error.permission ?? needs}`);
  if (error.kind === 'not-found' || error.kind === 'gone') {
    return unknown(`the token lacks ${needs}, or this GitHub does not have the setting`);
  }
  throw error;
}

/** GitHub's plans without private gates answer so: then there are none. */
export function isNotInPlan(error: unknown): boolean {
  return error instanceof GitHubError && error.status === 403 && /upgrade to/i.test(error.message);
}

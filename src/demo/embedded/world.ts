import { createHash } from 'node:crypto';
import { diffTrees, type DiffFile } from './git-diff.ts';
import { mergeBase, resolveRef } from './git-store.ts';
import type { CommitSigner } from './signing.ts';
import type { Account, EmbeddedRepository, Permissions, PullRequest, State } from './state.ts';

export interface AppRegistration {
  readonly id: number;
  readonly slug: string;
  readonly publicKeyPem: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  /** `url` null: every delivery fails until one is set. */
  readonly webhook: { readonly url: string | null; readonly secret: string };
}

/** What every part of the embedded GitHub needs to know. */
export interface World {
  readonly state: State;
  readonly app: AppRegistration;
  /** Folder that holds the repositories. */
  readonly directory: string;
  /** Of the web pages and of Git, without a slash at the end. */
  readonly url: string;
  /** Of the REST API, without a slash at the end. */
  readonly apiUrl: string;
  /** Signs what GitHub's web interface commits. */
  readonly webFlow: CommitSigner;
  /** Milliseconds since 1970. */
  now(): number;
}

/** ISO 8601 without milliseconds, as GitHub writes it. */
export function timestamp(world: World): string {
  return new Date(world.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** People are not registered: a login is enough, and the same login is always the same account. */
export function accountOf(world: World, login: string): Account {
  const id =
    10_000 + (createHash('sha256').update(login.toLowerCase()).digest().readUInt32BE(0) % 100_000_000);
  if (login.endsWith('[bot]')) return { login, id, type: 'Bot' };
  const owns = world.state.repositories.some(
    (repository) => repository.owner === login && repository.parent === null,
  );
  return { login, id, type: owns ? 'Organization' : 'User' };
}

/** The address with which GitHub hides a user's own. */
export function noReplyAddress(account: Account): string {
  return `${account.id}+${account.login}@users.noreply.github.com`;
}

/** Where the two branches of a pull request parted. */
export async function pullRequestMergeBase(pullRequest: PullRequest): Promise<string> {
  if (pullRequest.mergeBaseAtMerge !== null) return pullRequest.mergeBaseAtMerge;
  const directory = pullRequest.repository.gitDirectory;
  const tip = (await resolveRef(directory, `refs/heads/${pullRequest.base.ref}`)) ?? pullRequest.base.sha;
  return (await mergeBase(directory, tip, pullRequest.head.sha)) ?? pullRequest.base.sha;
}

export function diffBetween(
  world: World,
  repository: EmbeddedRepository,
  from: string,
  to: string,
): Promise<readonly DiffFile[]> {
  const key = `${repository.id}:${from}:${to}`;
  const known = world.state.diffs.get(key);
  if (known !== undefined) return known;
  const diff = diffTrees(repository.gitDirectory, from, to);
  world.state.diffs.set(key, diff);
  diff.catch(() => world.state.diffs.delete(key));
  return diff;
}

export async function pullRequestDiff(
  world: World,
  pullRequest: PullRequest,
  head = pullRequest.head.sha,
): Promise<readonly DiffFile[]> {
  return diffBetween(world, pullRequest.repository, await pullRequestMergeBase(pullRequest), head);
}

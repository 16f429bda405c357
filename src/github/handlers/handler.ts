import type { Context } from 'probot';
import type { Job, RepositoryRef } from '../job.ts';

/** Events that GitHub sends to every App; they cannot be subscribed to. */
export const ALWAYS_SENT: ReadonlySet<string> = new Set(['installation']);

type EventName =
  | 'pull_request'
  | 'merge_group'
  | 'check_run'
  | 'check_suite'
  | 'push'
  | 'branch_protection_rule'
  | 'repository_ruleset'
  | 'installation'
  | 'issue_comment'
  | 'issues'
  | 'pull_request_review_comment';
type Payload<E extends EventName> = Context<E>['payload'];

export interface Delivery<E extends EventName> {
  readonly id: string;
  readonly payload: Payload<E>;
  /** Our own App. */
  readonly appId: number;
}

/** Turns one webhook event into work. It decides nothing about content and calls nobody. */
export interface Handler<E extends EventName> {
  readonly event: E;
  /** Null: nothing to do. */
  readonly toJob: (delivery: Delivery<E>) => Job | null;
}

interface WithSource {
  readonly installation?: { readonly id: number } | undefined;
  readonly repository?: {
    readonly id: number;
    readonly name: string;
    readonly private: boolean;
    readonly default_branch?: string | undefined;
    readonly owner: { readonly login?: string; readonly name?: string | null } | null;
  };
}

export interface Source {
  readonly installationId: number;
  readonly repository: RepositoryRef;
}

/** @throws {Error} when the event names none, as one from the webhook of a repository or an organisation does */
export function installationOf({ installation }: Pick<WithSource, 'installation'>): number {
  if (installation === undefined)
    throw new Error('The event names no installation: it was not sent by the webhook of the GitHub App.');
  return installation.id;
}

const NAME = /^[\w.-]{1,100}$/;
const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Which installation and repository an event came from.
 *
 * @throws {Error} when the event names none, as one from a repository's own webhook does
 */
export function sourceOf({ installation, repository }: WithSource): Source {
  const owner = repository?.owner?.login ?? repository?.owner?.name ?? '';
  const installationId = installationOf({ installation });
  if (repository === undefined) throw new Error('The event names no repository.');
  if (!NAME.test(owner) || !NAME.test(repository.name) || /^\.+$/.test(repository.name)) {
    throw new Error('The event names a repository that GitHub would not allow.');
  }
  return {
    installationId,
    repository: {
      id: repository.id,
      owner,
      name: repository.name,
      isPrivate: repository.private,
      defaultBranch: repository.default_branch ?? 'main',
    },
  };
}

/** @throws {Error} when the text is no object id */
export function assertSha(text: string): string {
  if (!SHA.test(text)) throw new Error('The event names a commit that is no object id.');
  return text;
}

/** @throws {Error} when the text is no full name of a branch */
export function assertBranchRef(ref: string): string {
  return assertRef(ref, 'refs/heads/', 'branch');
}

/** @throws {Error} when the text is no full name of a tag */
export function assertTagRef(ref: string): string {
  return assertRef(ref, 'refs/tags/', 'tag');
}

function assertRef(ref: string, prefix: string, what: string): string {
  const name = ref.startsWith(prefix) ? ref.slice(prefix.length) : '';
  if (!/^[^\u0000- ~^:?*[\\\u007f]+$/.test(name) || name.includes('..')) {
    throw new Error(`The event names a ${what} that Git would not allow.`);
  }
  return ref;
}

import { PAGE_SIZE, readPages } from './api.ts';
import type { Api } from './api.ts';
import { GitHubError } from '../errors.ts';
import { pushersOf, type Pushers } from './activity.ts';

/** What somebody may do in a repository. */
export interface RepositoryRole {
  /** The name of the role: GitHub's own, or of a custom one. */
  readonly name: string;
  readonly write: boolean;
  readonly maintain: boolean;
  readonly admin: boolean;
}

const NO_ROLE: RepositoryRole = { name: 'none', write: false, maintain: false, admin: false };

/** The role of an account; that of nobody when GitHub does not know it. */
export async function getRole(api: Api, login: string): Promise<RepositoryRole> {
  const role = await orNull(async () => {
    const { data } = await api.octokit.request(
      'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      { owner: api.owner, repo: api.repo, username: login },
    );
    return data;
  });
  if (role === null) return NO_ROLE;
  // A custom role has the rights of the one that it builds on, which only these say.
  const rights = role.user?.permissions;
  const name = role.role_name;
  const admin = rights?.admin ?? role.permission === 'admin';
  const maintain = admin || (rights?.maintain ?? name === 'maintain');
  return { name, admin, maintain, write: maintain || (rights?.push ?? role.permission === 'write') };
}

/** Whether an account belongs to a team. GitHub's 404 stands for no, and for a team that the App may not see. */
export async function isTeamMember(
  api: Api,
  team: { readonly organisation: string; readonly slug: string },
  login: string,
): Promise<boolean> {
  const membership = await orNull(async () => {
    const { data } = await api.octokit.request('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', {
      org: team.organisation,
      team_slug: team.slug,
      username: login,
    });
    return data;
  });
  return membership?.state === 'active';
}

/** Who had a hand in a pull request. */
export interface Participants {
  readonly author: string;
  /** Accounts of authors and committers, lower case, without GitHub's own. */
  readonly committers: ReadonlySet<string>;
  /** Accounts that pushed them to a branch of this repository, lower case; of a fork they are not known. */
  readonly pushers: ReadonlySet<string>;
  /** Owner of the fork from which they come, lower case; null when they come from this repository, or the fork is gone. */
  readonly forkOwner: string | null;
  /** False when GitHub does not list all commits, or not all pushes. */
  readonly complete: boolean;
}

/** GitHub's own account, which commits what people do in the browser. */
const WEB_FLOW = 'web-flow';
const COMMIT_PAGES = 3;

export async function getParticipants(api: Api, number: number): Promise<Participants> {
  const about = { owner: api.owner, repo: api.repo, pull_number: number };
  const { data: pull } = await api.octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', about);
  const { items } = await readPages(COMMIT_PAGES, async (page) => {
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', {
      ...about,
      per_page: PAGE_SIZE,
      page,
    });
    return data;
  });
  const accounts = items.flatMap(({ author, committer }) => [author, committer]);
  const logins = accounts.flatMap(
    (account) => (account as { login?: string } | null)?.login?.toLowerCase() ?? [],
  );
  const shas = items.filter((item) => !isUpdate(item)).map(({ sha }) => sha);
  const pushed = await pushers(api, pull, new Set(shas));
  return {
    author: pull.user.login,
    committers: new Set(logins.filter((login) => login !== WEB_FLOW)),
    pushers: pushed.logins,
    forkOwner: forkOwnerOf(pull),
    complete: items.length >= pull.commits && pushed.complete,
  };
}

interface ListedCommit {
  readonly parents: readonly unknown[];
  readonly committer: object | null;
  readonly commit: { readonly verification?: { readonly verified: boolean } };
}

/** GitHub's own merge of the base, for somebody who only pressed "Update branch". */
function isUpdate({ parents, committer, commit }: ListedCommit): boolean {
  const login = (committer as { login?: string } | null)?.login;
  return parents.length > 1 && login === WEB_FLOW && commit.verification?.verified === true;
}

interface Head {
  readonly head: {
    readonly ref: string;
    /** Null when the fork is gone. */
    readonly repo: { readonly id: number | bigint; readonly owner: { readonly login: string } } | null;
  };
  readonly base: { readonly repo: { readonly id: number | bigint } };
}

function forkOwnerOf({ head, base }: Head): string | null {
  return head.repo === null || head.repo.id === base.repo.id ? null : head.repo.owner.login.toLowerCase();
}

async function pushers(api: Api, { head, base }: Head, commits: ReadonlySet<string>): Promise<Pushers> {
  const nobody: Pushers = { logins: new Set(), complete: true };
  if (head.repo?.id !== base.repo.id) return nobody;
  const known = await pushersOf(api, `refs/heads/${head.ref}`, commits);
  return 'notTold' in known ? nobody : known;
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'not-found') return null;
    throw error;
  }
}

import path from 'node:path';
import {
  collectGarbage as collectGitGarbage,
  copyCommit,
  createBareRepository,
  createCommit,
  type Files,
  listRefs,
  type Person,
  resolveRef,
  resolveRevision,
  updateRef,
} from '../git-store.ts';
import type { CommitSigner } from '../signing.ts';
import { type EmbeddedRepository, findRepository } from '../state.ts';
import { accountOf, noReplyAddress, timestamp, type World } from '../world.ts';
import { DEFAULT_USER } from './stage.ts';

export interface RepositoryOptions {
  readonly defaultBranch?: string;
  readonly protectedBranches?: readonly string[];
  readonly private?: boolean;
  readonly forkOf?: EmbeddedRepository;
  /** Whether the App is installed; by default everywhere but on forks. */
  readonly installed?: boolean;
  /** Whether code scanning is enabled; on GitHub it is for public repositories only, unless somebody pays. */
  readonly codeScanning?: boolean;
}

const FULL_NAME = /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/;

export async function createRepository(
  world: World,
  fullName: string,
  options: RepositoryOptions = {},
): Promise<EmbeddedRepository> {
  const { state } = world;
  if (!FULL_NAME.test(fullName)) throw new Error(`${fullName} is no repository name; write OWNER/NAME.`);
  if (findRepository(state, fullName) !== undefined) throw new Error(`${fullName} exists already.`);
  const [owner = '', name = ''] = fullName.split('/');
  const parent = options.forkOf ?? null;
  const defaultBranch = options.defaultBranch ?? parent?.defaultBranch ?? 'main';
  const gitDirectory = path.join(world.directory, owner, `${name}.git`);
  await createBareRepository(gitDirectory, defaultBranch);
  if (parent !== null) await copyBranches(parent, gitDirectory);
  const repository: EmbeddedRepository = {
    id: state.nextId(),
    owner,
    name,
    fullName,
    private: options.private ?? false,
    defaultBranch,
    protectedBranches: new Set(options.protectedBranches ?? []),
    parent,
    installed: options.installed ?? parent === null,
    codeScanning: options.codeScanning ?? options.private !== true,
    cloneUrl: `${world.url}/${fullName}.git`,
    gitDirectory,
    createdAt: timestamp(world),
  };
  state.repositories.push(repository);
  if (repository.installed && !state.installations.has(owner)) state.installations.set(owner, state.nextId());
  return repository;
}

async function copyBranches(parent: EmbeddedRepository, gitDirectory: string): Promise<void> {
  for (const { name, sha } of await listRefs(parent.gitDirectory, 'refs/heads/')) {
    await copyCommit(gitDirectory, parent.gitDirectory, sha, name);
  }
}

export interface CommitOptions {
  readonly branch: string;
  /** Branch or commit to start from when the branch is new; the default branch when absent. */
  readonly from?: string;
  /** Null deletes a file; files that are not named stay as they are. */
  readonly files: Files;
  readonly message: string;
  /** A login, or any name and address. */
  readonly author?: string | Person;
  readonly sign?: CommitSigner;
  /** Replaces the branch's tip as parent; an empty list makes a root commit. */
  readonly parents?: readonly string[];
  /** False: make the commit and leave the branch where it is. */
  readonly moveBranch?: boolean;
}

function personOf(world: World, author: string | Person): Person {
  if (typeof author !== 'string') return author;
  return { name: author, email: noReplyAddress(accountOf(world, author)) };
}

async function startingPoint(
  { gitDirectory, defaultBranch }: EmbeddedRepository,
  { branch, from }: CommitOptions,
): Promise<string[]> {
  if (from !== undefined) {
    const sha = await resolveRevision(gitDirectory, from);
    if (sha === null) throw new Error(`There is no branch or commit ${from} to start from.`);
    return [sha];
  }
  const tip =
    (await resolveRef(gitDirectory, `refs/heads/${branch}`)) ??
    (await resolveRef(gitDirectory, `refs/heads/${defaultBranch}`));
  return tip === null ? [] : [tip];
}

/** Makes a commit, as somebody would in a clone, and moves the branch. Nothing is delivered: see `push`. */
export async function commit(
  world: World,
  repository: EmbeddedRepository,
  options: CommitOptions,
): Promise<string> {
  const author = personOf(world, options.author ?? DEFAULT_USER);
  const sha = await createCommit(repository.gitDirectory, {
    parents: options.parents ?? (await startingPoint(repository, options)),
    files: options.files,
    message: options.message,
    author,
    committer: author,
    at: world.now(),
    signer: options.sign ?? null,
  });
  if (options.moveBranch !== false) {
    await updateRef(repository.gitDirectory, `refs/heads/${options.branch}`, sha);
  }
  return sha;
}

/** Throws away objects that no branch and no pull request reaches. */
export async function collectGarbage(world: World, repository: EmbeddedRepository): Promise<void> {
  await collectGitGarbage(repository.gitDirectory);
  world.state.diffs.clear();
}

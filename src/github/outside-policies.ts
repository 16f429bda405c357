import type { ProbotOctokit } from 'probot';
import { decodeText } from '../engine/judged-file.ts';
import { ORGANISATION_PATHS, ORGANISATION_REPOSITORY } from '../engine/organisation-file.ts';
import type { PolicyReference } from '../engine/policy-reference.ts';
import type { OutsideAnswer, OutsidePolicies } from '../pipeline/outside-policy.ts';
import type { JobEnvironment } from './dependencies.ts';
import { readRepositoryFile, type FileAddress, type FileAnswer, type KnownFile } from './api/contents.ts';
import { hasAllRepositories } from './api/installations.ts';
import type { RepositoryRef } from './job.ts';

/** What `ORG_POLICY` says of the organisation's file. */
export type OrganisationRequirement = 'off' | 'optional' | 'required';

/** A larger file is no policy. */
const MAX_BYTES = 256 * 1024;
/** Files that are kept in memory, so that GitHub need not send them again. */
const MAX_KNOWN = 1_000;
/** How long an installation is taken to cover what it covers, and to lack what it lacks, in milliseconds. */
const COVERAGE_AGE = 10 * 60_000;

/** One job's view of the policies that stand in other repositories: each file is asked for once. */
export type OutsideFor = (installationId: number, repository: RepositoryRef) => OutsidePolicies;

export interface OutsideOptions {
  readonly requirement: OrganisationRequirement;
  readonly installationClient: (installationId: number) => Promise<ProbotOctokit>;
  /** The client that is authenticated as the App. */
  readonly appClient: () => Promise<ProbotOctokit>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called with a repository whenever a policy extends one of its files. */
  readonly onExtended: (repository: Pick<RepositoryRef, 'owner' | 'name'>) => Promise<void>;
  /** Names the latest push known to have changed an owner's file, on whichever replica it arrived; null: none. */
  readonly latestChange: (owner: string) => Promise<string | null>;
}

/** Whether a repository is the one that keeps the organisation's file. */
export function isOrganisationRepository({ name }: Pick<RepositoryRef, 'name'>): boolean {
  return name.toLowerCase() === ORGANISATION_REPOSITORY;
}

/**
 * Reads policies of other repositories from GitHub. What was read is kept in memory and asked for again with its ETag
 * by every job, so that none is judged by an old one.
 */
export function createOutsidePolicies(options: OutsideOptions): OutsideFor {
  const known = new Map<string, KnownFile>();
  const coverage = new Map<number, { readonly all: boolean; readonly at: number }>();
  /** When an installation had no file by its second name, and what had changed by then. */
  const missing = new Map<number, { readonly at: number; readonly change: string | null }>();

  async function read(installationId: number, address: FileAddress): Promise<FileAnswer> {
    const key = JSON.stringify([installationId, address]);
    const before = known.get(key);
    const octokit = await options.installationClient(installationId);
    const answer = await readRepositoryFile(octokit, address, before ?? null);
    known.delete(key);
    if (answer.state === 'found') known.set(key, answer.file);
    for (const oldest of [...known.keys()].slice(0, Math.max(0, known.size - MAX_KNOWN)))
      known.delete(oldest);
    return answer;
  }

  async function coversAll(installationId: number): Promise<boolean> {
    const last = coverage.get(installationId);
    if (last !== undefined && options.now() - last.at < COVERAGE_AGE) return last.all;
    const all = await hasAllRepositories(await options.appClient(), installationId);
    coverage.set(installationId, { all, at: options.now() });
    return all;
  }

  async function organisation(installationId: number, owner: string): Promise<OutsideAnswer> {
    const change = await options.latestChange(owner);
    const last = missing.get(installationId);
    const isMissing = last?.change === change && options.now() - last.at < COVERAGE_AGE;
    for (const [index, path] of ORGANISATION_PATHS.entries()) {
      // Most owners have none, and every job asks.
      if (index > 0 && isMissing) continue;
      const address = { owner, repo: ORGANISATION_REPOSITORY, path, ref: null };
      const answer = await read(installationId, address);
      if (answer.state !== 'not-found') return toAnswer(answer, address);
      if (index > 0) missing.set(installationId, { at: options.now(), change });
    }
    const name = `\`${owner}/${ORGANISATION_REPOSITORY}\``;
    if (await coversAll(installationId)) {
      const reason = `is not there: write \`${ORGANISATION_PATHS[0]}\` on the default branch of ${name}`;
      return { state: 'absent', reason };
    }
    const reason = `cannot be seen: either ${name} has no \`${ORGANISATION_PATHS[0]}\`, or the App is not installed on it. Install the App there as well, and write the file`;
    return { state: 'hidden', reason };
  }

  async function extended(
    installationId: number,
    { owner, repository, path, ref }: PolicyReference,
  ): Promise<OutsideAnswer> {
    const address = { owner, repo: repository, path, ref };
    await options.onExtended({ owner, name: repository });
    const answer = await read(installationId, address);
    if (answer.state !== 'not-found') return toAnswer(answer, address);
    const reason = `cannot be read: GitHub shows the App no such file. Check the name, and whether the App is installed on \`${owner}/${repository}\``;
    return { state: 'unreadable', reason };
  }

  return (installationId, repository) => {
    const once = memoised();
    const { owner } = repository;
    const source = {
      from: 'owner',
      required: options.requirement === 'required',
      read: () => once('organisation', () => organisation(installationId, owner)),
    } as const;
    return {
      organisation:
        options.requirement === 'off'
          ? null
          : isOrganisationRepository(repository)
            ? { from: 'tree' }
            : source,
      extended: {
        owner,
        read: (reference) => once(JSON.stringify(reference), () => extended(installationId, reference)),
      },
    };
  };
}

function toAnswer(
  answer: Exclude<FileAnswer, { readonly state: 'not-found' }>,
  address: FileAddress,
): OutsideAnswer {
  const path = `${address.owner}/${address.repo}:${address.path}`;
  if (answer.state === 'refused') {
    const permission = answer.permission === null ? '' : ` It lacks the permission \`${answer.permission}\``;
    return { state: 'unreadable', reason: `cannot be read: GitHub refuses it to the App.${permission}` };
  }
  const { length } = answer.state === 'found' ? answer.file.content : [];
  const text = answer.state === 'found' && length <= MAX_BYTES ? decodeText(answer.file.content) : null;
  if (text === null) {
    const reason = `cannot be read: \`${path}\` is no text file of at most ${MAX_BYTES / 1024} KiB`;
    return { state: 'unreadable', reason };
  }
  return { state: 'found', file: { path, text } };
}

/** Whoever judges in a job judges by the policies that one look at GitHub gave. */
export function withOutside(environment: JobEnvironment, outside: OutsidePolicies): JobEnvironment {
  return {
    ...environment,
    review: (request) => environment.review({ ...request, outside }),
    policyAt: (repository, revision) => environment.policyAt(repository, revision, outside),
  };
}

/** Each question is asked once. */
function memoised(): <T>(key: string, ask: () => Promise<T>) => Promise<T> {
  const answers = new Map<string, Promise<unknown>>();
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const asked = (answers.get(key) as Promise<T> | undefined) ?? ask();
    answers.set(key, asked);
    return asked;
  };
}

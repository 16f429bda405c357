import { commitTree, copyCommit, isAncestor, mergeBase, resolveRef, updateRef } from '../git-store.ts';
import { listCommits } from '../git-commits.ts';
import { mergeTrees, WEB_FLOW } from '../git-merge.ts';
import { checkSuitePayload, NO_COMMIT, pullRequestPayload, pushPayload } from '../payloads.ts';
import { type EmbeddedRepository, nextNumber, type PullRequest } from '../state.ts';
import { timestamp, type World } from '../world.ts';
import { recordActivity } from './activities.ts';
import { commit, type CommitOptions } from './repositories.ts';
import { DEFAULT_USER, type Stage } from './stage.ts';

export interface PullRequestOptions {
  readonly title: string;
  readonly body?: string | null;
  /** Branch of `headRepository`. */
  readonly head: string;
  readonly base?: string;
  readonly user?: string;
  readonly draft?: boolean;
  /** The fork that the branch is in; the repository itself when absent. */
  readonly headRepository?: EmbeddedRepository;
}

async function branchTip(repository: EmbeddedRepository, branch: string): Promise<string> {
  const sha = await resolveRef(repository.gitDirectory, `refs/heads/${branch}`);
  if (sha === null) throw new Error(`${repository.fullName} has no branch ${branch}.`);
  return sha;
}

/** Brings `refs/pull/N/head` and `refs/pull/N/merge` up to date. */
export async function updatePullRefs(world: World, pullRequest: PullRequest): Promise<void> {
  const { repository, head, base, number } = pullRequest;
  const directory = repository.gitDirectory;
  const headRef = `refs/pull/${number}/head`;
  if (head.repository === repository) await updateRef(directory, headRef, head.sha);
  else await copyCommit(directory, head.repository.gitDirectory, head.sha, headRef);
  base.sha = await branchTip(repository, base.ref);
  const related = (await mergeBase(directory, base.sha, head.sha)) !== null;
  const tree = related ? await mergeTrees(directory, base.sha, head.sha) : null;
  pullRequest.mergeable = tree !== null;
  pullRequest.mergeCommitSha =
    tree === null
      ? null
      : await commitTree(directory, tree, {
          parents: [base.sha, head.sha],
          message: `Merge ${head.sha} into ${base.sha}`,
          author: WEB_FLOW,
          committer: WEB_FLOW,
          at: world.now(),
          signer: null,
        });
  const ref = `refs/pull/${number}/merge`;
  if (pullRequest.mergeCommitSha !== null || (await resolveRef(directory, ref)) !== null) {
    await updateRef(directory, ref, pullRequest.mergeCommitSha);
  }
}

/** Delivers an event about a pull request. */
export async function deliver(
  { world, webhooks }: Stage,
  pullRequest: PullRequest,
  action: string,
  sender: string,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  webhooks.send('pull_request', await pullRequestPayload(world, pullRequest, action, sender, extra));
}

export async function openPullRequest(
  stage: Stage,
  repository: EmbeddedRepository,
  options: PullRequestOptions,
): Promise<PullRequest> {
  const { world } = stage;
  const headRepository = options.headRepository ?? repository;
  const baseRef = options.base ?? repository.defaultBranch;
  const at = timestamp(world);
  const pullRequest: PullRequest = {
    id: world.state.nextId(),
    number: nextNumber(world.state, repository),
    repository,
    head: {
      repository: headRepository,
      ref: options.head,
      sha: await branchTip(headRepository, options.head),
    },
    base: { ref: baseRef, sha: await branchTip(repository, baseRef) },
    user: options.user ?? DEFAULT_USER,
    title: options.title,
    body: options.body ?? null,
    draft: options.draft ?? false,
    state: 'open',
    mergeable: false,
    mergeCommitSha: null,
    mergedAt: null,
    mergedBy: null,
    closedAt: null,
    createdAt: at,
    updatedAt: at,
    mergeBaseAtMerge: null,
    introduced: [],
  };
  await updatePullRefs(world, pullRequest);
  const related = await mergeBase(repository.gitDirectory, pullRequest.base.sha, pullRequest.head.sha);
  if (related === null) throw new Error(`${options.head} and ${baseRef} have no common history.`);
  if (related === pullRequest.head.sha)
    throw new Error(`${options.head} has no commits that ${baseRef} lacks.`);
  world.state.pullRequests.push(pullRequest);
  await deliver(stage, pullRequest, 'opened', pullRequest.user);
  return pullRequest;
}

export type PushOptions = Omit<CommitOptions, 'moveBranch' | 'message'> & {
  readonly message?: string;
  readonly user?: string;
  /** Allows to leave commits behind. Without `from` the new commit replaces the branch's last one. */
  readonly force?: boolean;
};

/** Commits and pushes. Who pushes to a protected branch here has the right to go round its protection. */
export async function push(
  stage: Stage,
  repository: EmbeddedRepository,
  options: PushOptions,
): Promise<string> {
  const { force = false, user = DEFAULT_USER, ...rest } = options;
  const directory = repository.gitDirectory;
  const before = await resolveRef(directory, `refs/heads/${options.branch}`);
  const replaced =
    force && before !== null && options.from === undefined && options.parents === undefined
      ? { from: (await resolveRef(directory, `${before}^`)) ?? before }
      : {};
  const sha = await commit(stage.world, repository, {
    author: user,
    message: `Update ${Object.keys(options.files).join(', ')}`,
    ...rest,
    ...replaced,
    moveBranch: false,
  });
  if (!force && before !== null && !(await isAncestor(directory, before, sha))) {
    throw new Error(`The push to ${options.branch} is not a fast-forward; set force.`);
  }
  await moveBranch(stage, repository, options.branch, sha, user);
  return sha;
}

/** Pushes a commit that exists already; null deletes the branch. */
export async function moveBranch(
  stage: Stage,
  repository: EmbeddedRepository,
  branch: string,
  sha: string | null,
  user: string,
): Promise<void> {
  const { world, webhooks } = stage;
  const ref = `refs/heads/${branch}`;
  const before = (await resolveRef(repository.gitDirectory, ref)) ?? NO_COMMIT;
  await updateRef(repository.gitDirectory, ref, sha);
  const event = { repository, ref, before, after: sha ?? NO_COMMIT, user };
  await recordActivity(world, { ...event, actor: user });
  if (repository.installed) {
    webhooks.send('push', await pushPayload(world, event));
    if (sha !== null) {
      webhooks.send('check_suite', await checkSuitePayload(world, repository, sha, 'requested', user));
    }
  }
  if (sha !== null) await followBranch(stage, repository, branch, before, sha, user);
}

/** What a push does to the open pull requests of a branch. */
async function followBranch(
  stage: Stage,
  repository: EmbeddedRepository,
  branch: string,
  before: string,
  sha: string,
  user: string,
): Promise<void> {
  const { world } = stage;
  for (const pullRequest of world.state.pullRequests.filter((candidate) => candidate.state === 'open')) {
    if (pullRequest.head.repository === repository && pullRequest.head.ref === branch) {
      pullRequest.head.sha = sha;
      pullRequest.updatedAt = timestamp(world);
      await updatePullRefs(world, pullRequest);
      await deliver(stage, pullRequest, 'synchronize', user, { before, after: sha });
    } else if (pullRequest.repository === repository && pullRequest.base.ref === branch) {
      const { gitDirectory } = repository;
      if (await isAncestor(gitDirectory, pullRequest.head.sha, sha)) {
        // Whoever pushes a pull request's commits to its base has merged it, whichever way they came there.
        await markMerged(stage, pullRequest, before, sha, user, pullRequest.head.sha);
      } else {
        const { sha: recorded } = pullRequest.base;
        await updatePullRefs(world, pullRequest);
        pullRequest.base.sha = recorded;
      }
    }
  }
}

/** Closes a pull request as merged. `before` and `after`: the base around the merge. */
export async function markMerged(
  stage: Stage,
  pullRequest: PullRequest,
  before: string,
  after: string,
  user: string,
  mergeCommitSha: string,
): Promise<void> {
  const { world } = stage;
  const { gitDirectory } = pullRequest.repository;
  const from = before === NO_COMMIT ? null : before;
  pullRequest.mergeBaseAtMerge =
    (from === null ? null : await mergeBase(gitDirectory, from, pullRequest.head.sha)) ??
    pullRequest.base.sha;
  pullRequest.introduced = await listCommits(gitDirectory, from, after);
  pullRequest.state = 'closed';
  pullRequest.mergedAt = timestamp(world);
  pullRequest.closedAt = pullRequest.mergedAt;
  pullRequest.updatedAt = pullRequest.mergedAt;
  pullRequest.mergedBy = user;
  pullRequest.mergeCommitSha = mergeCommitSha;
  await deliver(stage, pullRequest, 'closed', user);
}

export async function pushToPullRequest(
  stage: Stage,
  pullRequest: PullRequest,
  options: Omit<PushOptions, 'branch'>,
): Promise<string> {
  const { repository, ref } = pullRequest.head;
  return push(stage, repository, { user: pullRequest.user, ...options, branch: ref });
}

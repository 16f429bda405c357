import { shortSha } from '../engine/change.ts';
import { branchName } from '../alerts/undo.ts';
import type { AlertReview, DirectPushAlert, PushedCommit } from '../alerts/alert.ts';
import { GitError } from '../git/git-error.ts';
import type { Repository } from '../git/repository.ts';
import { compareCommits } from './api/commits.ts';
import { mayRepeat, troubleResult, withCheckRun } from './check-lifecycle.ts';
import type { JobContext } from './dependencies.ts';
import { describeUnjudgedPush } from './failure.ts';
import type { JudgePushJob } from './job.ts';
import { raiseRecorded, recordPolicyChange } from './push-audit.ts';
import { findEvidence, firstParents } from './push-evidence.ts';
import { discardDamaged, fetchCommits } from './remote.ts';
import { isHandedOn } from './stop.ts';
import { stageOf } from './stages.ts';
import { createWitness } from './verification.ts';
import { isGuarded, isNamedInPolicy } from './watched-branch.ts';

interface PushFacts {
  readonly evidence: string;
  readonly commits: readonly PushedCommit[] | null;
}

/**
 * Tells direct pushes to watched branches from merges, reviews them and raises the alert. When that fails for a
 * branch that GitHub guards, the pushed commit gets a failed check: a push is never passed over in silence.
 */
export async function judgePush(context: JobContext, job: JudgePushJob): Promise<void> {
  const branch = branchName(job.ref);
  const guarded = await isGuarded(context, branch);
  try {
    await judgeOnBranch(context, job, branch, guarded);
  } catch (error) {
    if (!guarded || job.deleted || isHandedOn(context.signal) || mayRepeat(context, error)) throw error;
    context.log.error({ err: error }, 'The push could not be judged');
    await discardDamaged(context, error);
    await withCheckRun(context, job.after, () => Promise.resolve(troubleResult(describeUnjudgedPush(error))));
  }
}

async function judgeOnBranch(
  context: JobContext,
  job: JudgePushJob,
  branch: string,
  guarded: boolean,
): Promise<void> {
  const { repository, missing } = await fetchPush(context, job);
  try {
    await recordPolicyChange(context, job, repository, missing);
    if (!guarded) {
      const revisions = await policyRevisions(context, job, repository);
      if (!(await isNamedInPolicy(context, repository, branch, revisions))) return;
    }
    const facts = await directPush(context, job, repository, missing);
    if (facts === null) {
      context.log.info('Merged pull requests account for the push');
      return;
    }
    await raise(context, job, facts, await reviewPush(context, job, repository, missing));
  } finally {
    repository.close();
  }
}

interface FetchedPush {
  readonly repository: Repository;
  /** Commits that GitHub does not give out any more. */
  readonly missing: readonly string[];
}

async function fetchPush(context: JobContext, job: JudgePushJob): Promise<FetchedPush> {
  const main = `refs/heads/${context.repository.defaultBranch}`;
  const wanted = [...(job.created ? [] : [job.before]), ...(job.deleted ? [] : [job.after])];
  let repository = await fetchIfThere(context, [main], []);
  const missing: string[] = [];
  for (const sha of wanted) {
    if (repository !== null && (await repository.tryResolve(sha)) !== null) continue;
    const fetched = await fetchIfThere(context, [], [sha]);
    if (fetched === null) {
      missing.push(sha);
      continue;
    }
    repository?.close();
    repository = fetched;
  }
  if (repository === null)
    throw new Error('Neither the default branch nor the pushed commits can be fetched.');
  return { repository, missing };
}

async function fetchIfThere(
  context: JobContext,
  refs: readonly string[],
  commits: readonly string[],
): Promise<Repository | null> {
  try {
    return await fetchCommits(context, refs, commits);
  } catch (error) {
    if (error instanceof GitError && error.kind === 'not-found') return null;
    throw error;
  }
}

async function policyRevisions(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
): Promise<readonly string[]> {
  const main = await repository.tryResolve(`refs/heads/${context.repository.defaultBranch}`);
  const before = job.created ? null : await repository.tryResolve(job.before);
  return [main, before].flatMap((revision) => revision ?? []);
}

/** Null when nobody went round the gate. */
async function directPush(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<PushFacts | null> {
  if (job.deleted) return { evidence: 'No pull request deletes a branch that is watched.', commits: null };
  if (job.created) return createdBranch(context, job, repository);
  if (job.forced) return { evidence: 'No pull request rewrites the history of a branch.', commits: null };
  const range = { branch: branchName(job.ref), before: job.before, after: job.after };
  const line = missing.length > 0 ? null : await firstParents(repository, range);
  const evidence = await findEvidence(context, range, line);
  return evidence === null ? null : { evidence, commits: line };
}

/** A new branch is an alert only when it brings commits that the default branch does not have. */
async function createdBranch(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
): Promise<PushFacts | null> {
  const main = `refs/heads/${context.repository.defaultBranch}`;
  if (job.ref === main) return null;
  const tip = await repository.tryResolve(main);
  if (tip === null) return null;
  if ((await repository.mergeBase(tip, job.after).catch(noCommonHistory)) === job.after) return null;
  return { evidence: 'Its commits are not on the default branch.', commits: null };
}

function noCommonHistory(error: unknown): null {
  if (error instanceof GitError && error.kind === 'no-merge-base') return null;
  throw error;
}

interface PushReview {
  readonly review: AlertReview | null;
  readonly notChecked: readonly string[];
}

async function reviewPush(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
  missing: readonly string[],
): Promise<PushReview> {
  if (missing.length > 0) {
    const names = missing.map((sha) => shortSha(sha)).join(', ');
    return {
      review: null,
      notChecked: [`GitHub does not give out ${names} any more, so the push was not reviewed.`],
    };
  }
  const { environment, api, signal } = context;
  const main = `refs/heads/${context.repository.defaultBranch}`;
  const base = job.created ? await repository.resolve(main) : job.before;
  const head = job.deleted ? job.before : job.after;
  const witness = createWitness(context, { lists: [() => compareCommits(api, base, head)] });
  try {
    const { report } = await environment.review({
      repository,
      base,
      head,
      rules: environment.rules,
      witness,
      push: {
        ref: job.ref,
        before: job.before,
        after: job.after,
        forced: job.forced,
        deleted: job.deleted,
        pusher: job.pusher,
      },
      signal,
      stage: stageOf(context),
    });
    const notChecked = [
      ...witness.notes(),
      ...report.failures.map(({ ruleId, reason }) => `Rule ${ruleId} could not run: ${reason}`),
      ...report.notChecked.map(({ path, reason }) => `${path}: ${reason}`),
    ];
    return { review: { findings: report.findings, reach: report.reach, policy: report.policy }, notChecked };
  } catch (error) {
    signal.throwIfAborted();
    if (mayRepeat(context, error)) throw error;
    context.log.error({ err: error }, 'The push could not be reviewed');
    return { review: null, notChecked: ['gitops-warden could not review the push; its log says why.'] };
  }
}

async function raise(
  context: JobContext,
  job: JudgePushJob,
  facts: PushFacts,
  reviewed: PushReview,
): Promise<void> {
  const { environment, repository } = context;
  const { id, owner, name, isPrivate } = repository;
  const alert: DirectPushAlert = {
    kind: 'direct-push',
    repository: { id, owner, name, isPrivate, url: `${environment.serverUrl}/${owner}/${name}` },
    ref: job.ref,
    before: job.before,
    after: job.after,
    created: job.created,
    deleted: job.deleted,
    forced: job.forced,
    pusher: job.pusher,
    ...facts,
    ...reviewed,
  };
  const issue = await raiseRecorded(context, alert, reviewed.review?.findings ?? []);
  context.log.warn(
    { issue: issue.url, opened: issue.opened, pusher: job.pusher },
    'Direct push to a watched branch',
  );
}

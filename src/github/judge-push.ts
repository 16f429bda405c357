import { shortSha, type Push } from '../engine/change.ts';
import { branchName } from '../alerts/undo.ts';
import type { DirectPushAlert } from '../alerts/alert.ts';
import type { Report } from '../engine/report.ts';
import type { Repository } from '../git/repository.ts';
import { compareCommits } from './api/commits.ts';
import { mayRepeat, troubleResult, withCheckRun } from './check-lifecycle.ts';
import type { JobContext } from './dependencies.ts';
import { describeUnjudgedPush } from './failure.ts';
import type { JudgePushJob } from './job.ts';
import { alertRepository } from './alert-repository.ts';
import { isAllowedPush } from './allowed-pusher.ts';
import { raiseAlert } from './incidents.ts';
import { recordPolicyChange } from './push-audit.ts';
import { originOfPush, type PushOrigin } from './push-origin.ts';
import { recordVerdicts } from './record.ts';
import { discardDamaged, fetchIfThere } from './remote.ts';
import { settleIncidents } from './settle-incidents.ts';
import { isHandedOn } from './stop.ts';
import { stageOf } from './stages.ts';
import { createWitness } from './verification.ts';
import { isGuarded, isNamedInPolicy } from './watched-branch.ts';

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
    const origin = await originOfPush(context, job, repository, missing);
    const putBack = await settleIncidents(context, job, repository);
    if (origin === null) {
      context.log.info('Merged pull requests account for the push');
      return;
    }
    if (putBack) {
      context.log.info('The push did nothing but undo an earlier one');
      return;
    }
    await judgeDirect(context, job, { repository, missing }, origin, guarded);
  } finally {
    repository.close();
  }
}

/** Reviews a push that was no merge, and raises the alert; of somebody who may push, only when something blocks. */
async function judgeDirect(
  context: JobContext,
  job: JudgePushJob,
  { repository, missing }: FetchedPush,
  origin: PushOrigin,
  guarded: boolean,
): Promise<void> {
  const allowed = await isAllowedPush(context, job, repository);
  const reviewed = await reviewPush(context, job, { repository, missing }, allowed);
  if (allowed && reviewed.report?.conclusion === 'success') {
    await recordVerdicts(context, [{ number: null, report: reviewed.report }]);
    context.log.info({ pusher: job.pusher }, 'The policy lets the pusher push, and nothing blocks');
    return;
  }
  const { report } = reviewed;
  const alert: DirectPushAlert = {
    kind: 'direct-push',
    repository: alertRepository(context),
    ref: job.ref,
    before: job.before,
    after: job.after,
    created: job.created,
    deleted: job.deleted,
    forced: job.forced,
    bypass: origin.bypass,
    allowed,
    pusher: job.pusher,
    commits: origin.commits,
    evidence: origin.evidence,
    review:
      report === null ? null : { findings: report.findings, reach: report.reach, policy: report.policy },
    notChecked: reviewed.notChecked,
  };
  const incident = await raiseAlert(context, alert, { guarded });
  context.log.warn({ incident: incident.id, pusher: job.pusher }, 'Direct push to a watched branch');
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

async function policyRevisions(
  context: JobContext,
  job: JudgePushJob,
  repository: Repository,
): Promise<readonly string[]> {
  const main = await repository.tryResolve(`refs/heads/${context.repository.defaultBranch}`);
  const before = job.created ? null : await repository.tryResolve(job.before);
  return [main, before].flatMap((revision) => revision ?? []);
}

interface PushReview {
  /** Null when it could not be reviewed. */
  readonly report: Report | null;
  readonly notChecked: readonly string[];
}

async function reviewPush(
  context: JobContext,
  job: JudgePushJob,
  { repository, missing }: FetchedPush,
  allowed: boolean,
): Promise<PushReview> {
  if (missing.length > 0) {
    const names = missing.map((sha) => shortSha(sha)).join(', ');
    return {
      report: null,
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
      // Of somebody who may push, it is no fault that he did.
      ...(allowed ? {} : { push: pushOf(job) }),
      signal,
      stage: stageOf(context),
    });
    const notChecked = [
      ...witness.notes(),
      ...report.failures.map(({ ruleId, reason }) => `Rule ${ruleId} could not run: ${reason}`),
      ...report.notChecked.map(({ path, reason }) => `${path}: ${reason}`),
    ];
    return { report, notChecked };
  } catch (error) {
    signal.throwIfAborted();
    if (mayRepeat(context, error)) throw error;
    context.log.error({ err: error }, 'The push could not be reviewed');
    return { report: null, notChecked: ['gitops-warden could not review the push; its log says why.'] };
  }
}

function pushOf({ ref, before, after, forced, deleted, pusher }: JudgePushJob): Push {
  return { ref, before, after, forced, deleted, pusher };
}

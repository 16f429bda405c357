import { batchAnnotations } from '../report/annotations.ts';
import type { Annotation } from '../report/annotations.ts';
import { updateCheckRun } from './api/check-runs.ts';
import type { CheckOutput, CheckRun } from './api/check-runs.ts';
import { buttonsOf } from './commands/buttons.ts';
import type { JobContext } from './dependencies.ts';
import { describeTrouble } from './failure.ts';
import type { Trouble } from './failure.ts';
import type { StandingVerdict } from '../store/ledger.ts';
import { holdCheck, type IsCurrent } from './open-check.ts';
import { recordVerdicts, type JudgedReport } from './record.ts';
import { discardDamaged } from './remote.ts';
import { describeStop, isHandedOn, stopReason } from './stop.ts';
import { isTransient } from './transient.ts';

export interface CheckResult {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  /** What the verdict is bound to; null when there is no verdict. */
  readonly externalId: string | null;
  readonly output: CheckOutput;
  readonly annotations: readonly Annotation[];
  /** False when something went wrong that another attempt may not meet. */
  readonly final: boolean;
  /** What the verdict is made of; empty when there is none. */
  readonly judged: readonly JudgedReport[];
}

const IN_PROGRESS: CheckOutput = {
  title: 'Review in progress',
  summary: 'gitops-warden is reading the change. The verdict follows here.',
};

/**
 * Holds our check on a commit in progress while `judge` works, and completes it: with the result, as cancelled when a
 * newer event made the job pointless, or as failed with the reason. It stays in progress only when this job goes on
 * with it: at the next attempt after trouble that passes, or elsewhere when this worker stops.
 */
export async function withCheckRun(
  context: JobContext,
  headSha: string,
  judge: (run: CheckRun) => Promise<CheckResult>,
  isCurrent: IsCurrent = () => Promise.resolve(false),
): Promise<void> {
  const held = await holdCheck(context, headSha, IN_PROGRESS, isCurrent);
  if (held === null) {
    context.log.info('The check was completed by an earlier attempt');
    return;
  }
  const { run, attempt } = held;
  const result = await resultOf(context, headSha, () => judge(run));
  // Before it is published: a verdict that is not in the audit trail must not count.
  await recordVerdicts(context, result.judged);
  if (result.judged.length === 0 && result.conclusion === 'failure')
    context.environment.metrics.review('error');
  if (result.conclusion === 'cancelled') context.environment.metrics.review('cancelled');
  try {
    await complete(context, run, result);
  } catch (error) {
    if (isHandedOn(context.signal) || mayRepeat(context, error)) throw error;
    context.log.error(
      { err: error, checkRun: run.id },
      'The check run could not be completed with its result',
    );
    await complete(context, run, troubleResult(describeTrouble(error)));
  }
  await context.environment.openChecks.closed(attempt);
  if (result.externalId !== null) {
    const standing = standingVerdictOf(result.externalId, result);
    await context.environment.ledger.judged(context.repository.id, headSha, standing);
  }
}

/** What is remembered of a result; null when another attempt may come to another one. */
function standingVerdictOf(binding: string, { final, judged }: CheckResult): StandingVerdict | null {
  const unverified = judged.some(({ report }) =>
    report.commits.some(({ signature }) => signature.state === 'unavailable'),
  );
  if (!final || unverified) return null;
  const ends = judged.flatMap(({ report }) => report.waived.flatMap(({ until: end }) => end ?? []));
  const until = ends.reduce<string | null>(
    (first, end) => (first === null || end < first ? end : first),
    null,
  );
  return { binding, pullRequests: judged.flatMap(({ number }) => number ?? []), until };
}

export function cancelledResult({ title, summary }: Trouble): CheckResult {
  return {
    conclusion: 'cancelled',
    externalId: null,
    output: { title, summary },
    annotations: [],
    final: false,
    judged: [],
  };
}

export function troubleResult({ title, summary }: Trouble): CheckResult {
  return {
    conclusion: 'failure',
    externalId: null,
    output: { title, summary },
    annotations: [],
    final: false,
    judged: [],
  };
}

/** True when the next attempt may succeed, so that nothing is told to people yet. */
export function mayRepeat(context: JobContext, error: unknown): boolean {
  return !context.lastAttempt && isTransient(error);
}

async function resultOf(
  context: JobContext,
  headSha: string,
  judge: () => Promise<CheckResult>,
): Promise<CheckResult> {
  try {
    return await judge();
  } catch (error) {
    await discardDamaged(context, error);
    const reason = stopReason(context.signal);
    if (reason?.type === 'superseded') {
      context.log.info('Review superseded');
      return cancelledResult(describeStop(reason.by['headSha'], headSha));
    }
    if (reason !== null || mayRepeat(context, error)) throw error;
    context.log.error({ err: error }, 'Review failed');
    return troubleResult(describeTrouble(error));
  }
}

async function complete(context: JobContext, run: CheckRun, result: CheckResult): Promise<void> {
  const { output, conclusion, externalId } = result;
  const buttons = buttonsOf(
    conclusion,
    result.judged.map(({ report }) => report),
  );
  const batches = result.annotations.length === 0 ? [[]] : batchAnnotations(result.annotations);
  let current = run;
  for (const [index, annotations] of batches.entries()) {
    // Whoever has the job now says what the verdict is.
    if (isHandedOn(context.signal)) context.signal.throwIfAborted();
    const completion = index === batches.length - 1 ? { conclusion, externalId, buttons } : null;
    current = await updateCheckRun(context.api, current, { output, annotations, completion });
  }
}

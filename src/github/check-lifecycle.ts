import { batchAnnotations } from '../report/check-run.ts';
import type { Annotation } from '../report/check-run.ts';
import { startCheckRun, updateCheckRun } from './api/check-runs.ts';
import type { CheckOutput, CheckRun } from './api/check-runs.ts';
import type { JobContext } from './dependencies.ts';
import { describeTrouble } from './failure.ts';
import type { Trouble } from './failure.ts';
import { discardDamaged } from './remote.ts';
import { describeStop, stopReason } from './stop.ts';

export interface CheckResult {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  readonly externalId: string | null;
  readonly output: CheckOutput;
  readonly annotations: readonly Annotation[];
}

/**
 * Holds our check on a commit in progress while `judge` works, and completes it whatever happens: with the result,
 * as cancelled when the job was stopped, else as failed with the reason.
 */
export async function withCheckRun(
  context: JobContext,
  headSha: string,
  judge: (run: CheckRun) => Promise<CheckResult>,
): Promise<void> {
  const run = await startCheckRun(context.api, headSha, context.attempt, {
    title: 'Review in progress',
    summary: 'gitops-warden is reading the change. The verdict follows here.',
  });
  let result: CheckResult;
  try {
    result = await judge(run);
  } catch (error) {
    result = resultOf(context, headSha, error);
    await discardDamaged(context, error);
  }
  try {
    await complete(context, run, result);
  } catch (error) {
    context.log.error(
      { err: error, checkRun: run.id },
      'The check run could not be completed with its result',
    );
    await complete(context, run, troubleResult(describeTrouble(error)));
  }
}

export function cancelledResult({ title, summary }: Trouble): CheckResult {
  return { conclusion: 'cancelled', externalId: null, output: { title, summary }, annotations: [] };
}

function resultOf(context: JobContext, headSha: string, error: unknown): CheckResult {
  const reason = stopReason(context.signal);
  if (reason !== null) {
    context.log.info({ reason: reason.type }, 'Review stopped');
    return cancelledResult(describeStop(reason, headSha));
  }
  context.log.error({ err: error }, 'Review failed');
  return troubleResult(describeTrouble(error));
}

export function troubleResult({ title, summary }: Trouble): CheckResult {
  return { conclusion: 'failure', externalId: null, output: { title, summary }, annotations: [] };
}

async function complete(context: JobContext, run: CheckRun, result: CheckResult): Promise<void> {
  const { output, conclusion, externalId } = result;
  const batches = result.annotations.length === 0 ? [[]] : batchAnnotations(result.annotations);
  let current = run;
  for (const [index, annotations] of batches.entries()) {
    const completion = index === batches.length - 1 ? { conclusion, externalId } : null;
    current = await updateCheckRun(context.api, current, { output, annotations, completion });
  }
}

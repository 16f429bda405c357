import type { OpenCheck } from '../store/open-checks.ts';
import type { Api } from './api/api.ts';
import { findCheckRun, getCheckRun, startCheckRun, updateCheckRun } from './api/check-runs.ts';
import type { CheckOutput, CheckRun } from './api/check-runs.ts';
import type { JobContext } from './dependencies.ts';
import { GitHubError } from './errors.ts';
import { describeStop } from './stop.ts';

/** Whether a verdict that stands on the head is the one that judging it now would give. */
export type IsCurrent = (binding: string) => Promise<boolean>;

/** A check of ours that is in progress. */
export interface HeldCheck {
  readonly run: CheckRun;
  readonly attempt: string;
}

/**
 * Puts our check on a commit, or goes on with the one that an earlier attempt left there. Checks that earlier attempts
 * left on other commits are ended. Null when an earlier attempt of this very job had completed its check already, or
 * one of another job did so and its verdict still counts.
 */
export async function holdCheck(
  context: JobContext,
  headSha: string,
  output: CheckOutput,
  isCurrent: IsCurrent,
): Promise<HeldCheck | null> {
  const { openChecks } = context.environment;
  let held: HeldCheck | null = null;
  let done = false;
  for (const open of await openChecks.ofKey(context.key)) {
    const run = await findOpen(context.api, open);
    const here = open.headSha === headSha;
    if (run?.completed === true && here)
      done ||= open.delivery === context.delivery || (await counts(run, isCurrent));
    else if (run?.completed === false && here && held === null && run.annotations === 0) {
      held = { run, attempt: open.attempt };
      continue;
    } else if (run?.completed === false) {
      await endCheck(context.api, run, describeStop(headSha, open.headSha));
    }
    await openChecks.closed(open.attempt);
  }
  if (done && held === null) return null;
  return held ?? (await beginCheck(context, headSha, output));
}

async function counts({ verdict }: CheckRun, isCurrent: IsCurrent): Promise<boolean> {
  return verdict !== null && (await isCurrent(verdict));
}

async function beginCheck(context: JobContext, headSha: string, output: CheckOutput): Promise<HeldCheck> {
  const { openChecks, ledger } = context.environment;
  const { attempt, installationId, repository } = context;
  // The newest check counts on GitHub: once there is another, the verdict of the one before does not any more.
  await ledger.unjudged(repository.id, headSha);
  await openChecks.open({
    attempt,
    jobKey: context.key,
    delivery: context.delivery,
    headSha,
    source: { installationId, repository: { ...repository } },
  });
  const run = await startCheckRun(context.api, headSha, attempt, output);
  await openChecks.created(attempt, run.id);
  return { run, attempt };
}

/** The check run of an open check, in whatever state; null when it was never made, or is gone. */
export async function findOpen(api: Api, open: OpenCheck): Promise<CheckRun | null> {
  if (open.checkRunId === null) return findCheckRun(api, open.headSha, open.attempt);
  try {
    return await getCheckRun(api, open.checkRunId);
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'not-found') return null;
    throw error;
  }
}

/** Completes a check that nobody will give a verdict. */
export async function endCheck(
  api: Api,
  run: CheckRun,
  output: CheckOutput,
  conclusion: 'cancelled' | 'failure' = 'cancelled',
): Promise<void> {
  await updateCheckRun(api, run, {
    output,
    annotations: [],
    completion: { conclusion, externalId: null, buttons: [] },
  });
}

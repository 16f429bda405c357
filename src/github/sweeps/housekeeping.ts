import { dayOf } from '../../engine/waiver.ts';
import { describeAbandoned } from '../failure.ts';
import type { RepositoryRef } from '../job.ts';
import { endCheck, findOpen } from '../open-check.ts';
import { remindReceivers } from '../remind-receivers.ts';
import { isGone } from '../transient.ts';
import type { OpenCheck } from '../../store/open-checks.ts';
import { mayForget } from './clock-guard.ts';
import type { SweepContext } from './context.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A job may be between two attempts; after this nobody works on its check any more. */
const ABANDONED_AFTER = 2 * MINUTE;
/** GitHub repeats deliveries of the last days only. */
const KEEP_DELIVERIES = 30 * DAY;
const KEEP_JUDGED_HEADS = 90 * DAY;
/** A finding whose waiver has ended says so for so long. */
const KEEP_ENDED_WAIVERS = 365 * DAY;

/** Notes and finishes what nobody works on any more, forgets what is old, and keeps the mirrors within their bounds. */
export async function housekeeping(context: SweepContext): Promise<void> {
  const { environment, log } = context;
  await environment.noteDead();
  await finishAbandonedChecks(context);
  await remindReceivers(environment);
  const now = environment.clock.now();
  if (await mayForget(context, now)) {
    await environment.ledger.forget({
      deliveries: now - KEEP_DELIVERIES,
      judgedHeads: now - KEEP_JUDGED_HEADS,
    });
    await environment.waivers.forget(dayOf(now - KEEP_ENDED_WAIVERS));
    await environment.forgetAudit(now);
  }
  const pruned = await environment.mirrors.prune();
  if (pruned.evicted > 0) log.info(pruned, 'Mirrors that were not used lately are gone');
}

async function finishAbandonedChecks(context: SweepContext): Promise<void> {
  const { environment, log, signal } = context;
  const open = await environment.openChecks.openedBefore(environment.clock.now() - ABANDONED_AFTER);
  const live = await environment.liveKeys([...new Set(open.map(({ jobKey }) => jobKey))]);
  for (const check of open.filter(({ jobKey }) => !live.has(jobKey))) {
    signal.throwIfAborted();
    try {
      await finishAbandoned(context, check);
    } catch (error) {
      if (!isGone(error)) {
        log.error({ err: error, head: check.headSha }, 'A check that nobody works on could not be finished');
        continue;
      }
    }
    await environment.openChecks.closed(check.attempt);
  }
}

async function finishAbandoned({ environment, log }: SweepContext, check: OpenCheck): Promise<void> {
  const { installationId, repository } = check.source as unknown as {
    readonly installationId: number;
    readonly repository: RepositoryRef;
  };
  const api = await environment.apiFor(installationId, repository);
  const run = await findOpen(api, check);
  if (run === null || run.completed) return;
  await endCheck(api, run, describeAbandoned(), 'failure');
  environment.metrics.sweepFound('abandoned_check', 1);
  log.warn({ head: check.headSha, checkRun: run.id }, 'Finished a check that nobody worked on any more');
}

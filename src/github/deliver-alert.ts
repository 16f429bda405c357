import { APP_ACTOR } from '../store/audit-trail.ts';
import type { JobEnvironment, Logger } from './dependencies.ts';
import { describeForOperator } from './failure.ts';
import type { DeliverAlertJob } from './job.ts';
import { isAsTold } from './remind-receivers.ts';
import { isTransient } from './transient.ts';

/** From this attempt on, trouble that passes by itself counts as a failure; half a minute after the first. */
const PATIENCE = 3;

/** One attempt to tell a receiver something. */
export interface DeliveryAttempt {
  readonly environment: JobEnvironment;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
  readonly lastAttempt: boolean;
}

/** Tells one receiver about an incident. Each receiver has a job of its own, so each fails, and is told again, alone. */
export async function deliverAlert(
  { environment, log, signal, attempt, lastAttempt }: DeliveryAttempt,
  job: DeliverAlertJob,
): Promise<void> {
  const { notice, receiver: name } = job;
  const receiver = environment.receivers.find((one) => one.name === name);
  if (receiver === undefined) {
    log.warn({ receiver: name }, 'This receiver is not configured any more: it is not told');
    return;
  }
  if (job.again === true && !(await isAsTold(environment.ledger, notice))) return;
  const facts = {
    actor: notice.actors.at(-1) ?? APP_ACTOR,
    repository: notice.repository.name,
    installation: job.installationId,
    subject: notice.subject,
    reason: null,
    delivery: job.delivery,
  };
  const detail = { alert: notice.kind, channel: name, destination: receiver.destination };
  try {
    await receiver.deliver(notice, { now: environment.clock.now(), signal });
  } catch (error) {
    signal.throwIfAborted();
    // A hiccup is nothing that anybody has to look at.
    const lasting = lastAttempt || attempt >= PATIENCE || !isTransient(error);
    if (lasting) environment.metrics.alert(notice.kind, name, 'failed');
    // Whoever reads the trail wants to know that it fails and that it failed, and not each attempt between.
    if (lasting && (attempt === 1 || attempt === PATIENCE || lastAttempt)) {
      const failed = { ...detail, error: describeForOperator(error) };
      await environment.audit([{ action: 'alert-failed', ...facts, detail: failed }]);
    }
    throw error;
  }
  environment.metrics.alert(notice.kind, name, 'sent');
  // That it was told again is no news.
  if (job.again === true) return;
  await environment.audit([{ action: 'alert-delivered', ...facts, detail }]);
}

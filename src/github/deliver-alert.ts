import { APP_ACTOR } from '../store/audit-trail.ts';
import type { JobEnvironment, Logger } from './dependencies.ts';
import { describeForOperator } from './failure.ts';
import type { DeliverAlertJob } from './job.ts';

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
    environment.metrics.alert(notice.kind, name, 'failed');
    // Whoever reads the trail wants to know that it fails and that it failed, and not each attempt between.
    if (attempt === 1 || lastAttempt) {
      const failed = { ...detail, error: describeForOperator(error) };
      await environment.audit([{ action: 'alert-failed', ...facts, detail: failed }]);
    }
    throw error;
  }
  environment.metrics.alert(notice.kind, name, 'sent');
  await environment.audit([{ action: 'alert-delivered', ...facts, detail }]);
}

import { APP_ACTOR } from '../../store/audit-trail.ts';
import type { JobEnvironment, Logger } from '../dependencies.ts';

/** One sweep at work. */
export interface SweepContext {
  readonly environment: JobEnvironment;
  /** The delivery that stands for this sweep. */
  readonly delivery: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Notes in the audit trail what had been missed; a sweep that found nothing is no news. */
export async function recordSweep(
  { environment, delivery }: SweepContext,
  subject: string,
  examined: number,
  missed: number,
  installation: number | null = null,
): Promise<void> {
  if (missed === 0) return;
  await environment.audit([
    {
      action: 'sweep',
      actor: APP_ACTOR,
      repository: null,
      installation,
      subject,
      reason: 'An event was lost on its way.',
      delivery,
      detail: { examined, missed },
    },
  ]);
}

import { APP_ACTOR } from '../store/audit-trail.ts';
import type { AuditPoint, NewAuditEntry } from '../store/audit-entry.ts';
import { ABANDONED, type ListedJob } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Logger } from './dependencies.ts';
import { kindOf, originOf } from './job.ts';

/** Notes in the audit trail, once, which jobs failed for good: here, elsewhere, or because their workers died. */
export async function noteDeadJobs({ jobs, audit }: Store, metrics: Metrics, log: Logger): Promise<void> {
  const heads: AuditPoint[] = [];
  const dead = await jobs.noteDead(async (sql, found) => {
    heads.push(await audit.appendIn(sql, found.map(entryOf)));
  });
  for (const job of dead) {
    metrics.auditEntry('job-dead');
    // No worker was there to count its end.
    if (job.error === ABANDONED) metrics.jobFinished(kindOf(job.payload), 'dead', 0);
    log.error(
      { deadJob: job.id, key: job.key, attempts: job.attempts },
      'A job failed as often as a job may',
    );
  }
  for (const { seq, hash } of heads) log.info({ auditSeq: seq, auditHash: hash }, 'Audit trail extended');
}

function entryOf({ id, key, attempts, error, payload }: ListedJob): NewAuditEntry {
  return {
    action: 'job-dead',
    actor: APP_ACTOR,
    ...originOf(payload),
    subject: `job/${id}`,
    reason: 'It failed as often as a job may.',
    detail: { key, attempts, error },
  };
}

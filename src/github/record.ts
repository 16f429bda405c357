import { APP_ACTOR } from '../store/audit-trail.ts';
import type { AuditFinding, NewAuditEntry } from '../store/audit-entry.ts';
import type { Finding } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import type { JobContext } from './dependencies.ts';

/** What was judged for one pull request, or for a group of the merge queue. */
export interface JudgedReport {
  /** The pull request; null in the merge queue. */
  readonly number: number | null;
  readonly report: Report;
}

type Entry = NewAuditEntry;
/** What every entry of one job has in common. */
type Facts = Pick<Entry, 'repository' | 'installation' | 'delivery'>;

export function factsOf({ repository, installationId, delivery }: JobContext): Facts {
  return { repository: `${repository.owner}/${repository.name}`, installation: installationId, delivery };
}

/** Puts verdicts into the audit trail, and counts them and their findings. To be called before they are published. */
export async function recordVerdicts(context: JobContext, judged: readonly JudgedReport[]): Promise<void> {
  const { environment } = context;
  await environment.audit(
    judged.map(({ number, report }) => ({
      action: 'verdict',
      actor: APP_ACTOR,
      ...factsOf(context),
      subject: subjectOf(number, report),
      reason: null,
      detail: {
        conclusion: report.conclusion,
        base: report.base,
        head: report.head,
        policyHash: report.policy.hash,
        policySource: report.policy.source,
        findings: report.findings.map(auditFinding),
        failures: report.failures.length,
        notChecked: report.notChecked.length,
      },
    })),
  );
  await environment.audit(judged.flatMap((one) => lapsedEntries(context, one)));
  for (const { report } of judged) {
    environment.metrics.review(report.conclusion);
    for (const { ruleId, severity, introduced } of report.findings) {
      environment.metrics.finding(ruleId, severity, introduced);
    }
  }
}

export function auditFinding({ ruleId, fingerprint, severity, introduced }: Finding): AuditFinding {
  return { ruleId, fingerprint, severity, introduced };
}

/** Findings that count again because their waiver has ended. */
function lapsedEntries(context: JobContext, { number, report }: JudgedReport): NewAuditEntry[] {
  return report.findings.flatMap(({ ruleId, fingerprint, lapsed }) =>
    lapsed === undefined
      ? []
      : [
          {
            action: 'waiver-expired',
            actor: APP_ACTOR,
            ...factsOf(context),
            subject: subjectOf(number, report),
            reason: null,
            detail: { ruleId, fingerprint, until: lapsed.until },
          },
        ],
  );
}

function subjectOf(number: number | null, report: Report): string {
  return number === null ? `commit/${report.head ?? ''}` : `pull/${String(number)}`;
}

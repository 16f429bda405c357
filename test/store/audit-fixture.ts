import type { NewAuditEntry } from '../../src/store/audit-entry.ts';
import type { AuditTrail } from '../../src/store/audit-trail.ts';
import type { AuditEntry } from '../../src/store/audit-entry.ts';
import type { AuditQuery } from '../../src/store/audit-search.ts';

/** An entry about a pull request, unless told otherwise. */
export function verdict(
  number: number,
  more: Partial<Omit<NewAuditEntry, 'action' | 'detail'>> = {},
): NewAuditEntry {
  return {
    action: 'verdict',
    actor: 'gitops-warden',
    repository: 'acme/gitops',
    installation: 7,
    subject: `pull/${String(number)}`,
    reason: null,
    delivery: `delivery-${String(number)}`,
    detail: {
      conclusion: 'failure',
      base: 'b'.repeat(40),
      head: 'a'.repeat(40),
      policyHash: 'c'.repeat(64),
      policySource: 'main:.github/gitops-warden.yml',
      findings: [
        { ruleId: 'no-plaintext-secret', fingerprint: 'd'.repeat(32), severity: 'error', introduced: true },
      ],
      failures: 0,
      notChecked: 0,
    },
    ...more,
  };
}

export function dropped(id: string, reason: string | null, actor = 'ada'): NewAuditEntry {
  return {
    action: 'job-dropped',
    actor,
    repository: null,
    installation: null,
    subject: `job/${id}`,
    reason,
    delivery: null,
    detail: { key: `key-${id}`, attempts: 10, error: null },
  };
}

export async function allOf(audit: AuditTrail, query: AuditQuery = {}): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const page of audit.search(query)) entries.push(...page);
  return entries;
}

import type { WaivedFinding } from '../engine/report.ts';

/** Until when a waiver holds, as a clause. */
export function endOf({ until }: Pick<WaivedFinding, 'until'>): string {
  return until === null ? 'without end' : `until ${until}`;
}

const ORIGINS: Readonly<Record<WaivedFinding['origin'], string>> = {
  policy: 'the policy',
  file: 'the waiver file',
  comment: 'a comment on the pull request',
  inline: 'a comment in the file',
};

/** Where a waiver was given, as a noun. */
export function originOf({ origin }: Pick<WaivedFinding, 'origin'>): string {
  return ORIGINS[origin];
}

/** What a waiver covers, as a clause. */
export function coverOf({ scope, finding }: Pick<WaivedFinding, 'scope' | 'finding'>): string {
  if (scope === 'finding') return 'this finding';
  return scope === 'rule' ? `all of \`${finding.ruleId}\`` : `\`${finding.ruleId}\` in some paths`;
}

/** Who approved it, until when and where, as a clause in plain words. */
export function approvalOf(waived: WaivedFinding): string {
  return `approved by ${waived.approver} in ${originOf(waived)}, ${endOf(waived)}`;
}

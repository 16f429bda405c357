import { SEVERITIES, type Finding } from './finding.ts';

/** Introduced first, then the most severe, then by place. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const keyed = findings.map((finding) => ({ finding, key: sortKey(finding) }));
  keyed.sort((a, b) => {
    for (let index = 0; index < a.key.length; index += 1) {
      const [left, right] = [a.key[index] ?? 0, b.key[index] ?? 0];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  });
  return keyed.map(({ finding }) => finding);
}

function sortKey({ introduced, severity, subject, ruleId, fingerprint }: Finding): (string | number)[] {
  const range = subject.type === 'file' ? subject.range : null;
  return [
    introduced ? 0 : 1,
    SEVERITIES.indexOf(severity),
    // Files before commits and pushes.
    subject.type === 'file' ? subject.path : '\u{10ffff}',
    range?.start.line ?? 0,
    range?.start.column ?? 0,
    ruleId,
    subject.commit ?? '',
    fingerprint,
  ];
}

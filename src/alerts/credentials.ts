import type { Finding } from '../engine/finding.ts';
import { KINDS } from '../secrets/catalogue/index.ts';
import { isLeak } from './findings.ts';

/** How one kind of credential that leaked is revoked. */
export interface Revocation {
  /** Provider and kind: `GitHub personal access token`. */
  readonly title: string;
  /** As sentences. */
  readonly advice: string;
  /** Where the provider documents it; null when it is not known what kind it is. */
  readonly url: string | null;
}

const UNKNOWN: Revocation = {
  title: 'Credentials whose kind is not known',
  advice: 'Each finding says how the credential that it is about is replaced.',
  url: null,
};

/** How to revoke what leaked, each kind once, by name; those of unknown kinds last. */
export function revocationsOf(findings: readonly Finding[]): Revocation[] {
  const known = new Map<string, Revocation>();
  let others = false;
  for (const finding of findings.filter(isLeak)) {
    const kind = finding.secret == null ? undefined : KINDS.get(finding.secret.kind);
    if (kind === undefined) others = true;
    else known.set(kind.title, { title: kind.title, advice: kind.advice, url: kind.url });
  }
  const sorted = [...known.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
  return others ? [...sorted, UNKNOWN] : sorted;
}

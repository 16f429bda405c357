import type { Finding, LapsedWaiver } from './finding.ts';
import { compileGlobs } from './globs.ts';
import { displayName } from './message.ts';
import type { WaivedFinding } from './report.ts';

/** Where a waiver was given: in the policy, in the waiver file, by a comment on the pull request, or in the file itself. */
export const WAIVER_ORIGINS = ['policy', 'file', 'comment', 'inline'] as const;
export type WaiverOrigin = (typeof WAIVER_ORIGINS)[number];

export type WaiverScope =
  | {
      readonly type: 'finding';
      readonly fingerprint: string;
      /** Of the value that was judged; null: whatever value stands there. */
      readonly digest: string | null;
    }
  /** Findings of a rule; with globs, only those in files that match. */
  | { readonly type: 'rule'; readonly ruleId: string; readonly paths: readonly string[] };

/** Somebody's word that a finding may stay, until a day. */
export interface Waiver {
  readonly scope: WaiverScope;
  readonly reason: string;
  readonly approver: string;
  /** The last day on which it holds, in UTC, as YYYY-MM-DD; null: no end. */
  readonly until: string | null;
  readonly origin: WaiverOrigin;
  /** Where it is written, when it is in a file; the line is 1-based. */
  readonly place?: { readonly path: string; readonly line: number | null };
}

export interface WaiverTerms {
  /** In UTC, as YYYY-MM-DD. */
  readonly today: string;
  readonly mayBeWaived: (ruleId: string) => boolean;
}

/** As ISO 8601 date in UTC. @param time milliseconds since the epoch */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Whether a waiver still holds: its last day belongs to it. */
export function isInForce({ until }: Pick<Waiver, 'until'>, today: string): boolean {
  return until === null || until >= today;
}

export interface Applied {
  /** What is left, in its order. */
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
}

/**
 * Sets aside what waivers cover. Only what a change introduces: all else blocks nobody. A finding whose waiver has ended,
 * or whose rule cannot be waived, stays and says so.
 */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  terms: WaiverTerms,
): Applied {
  if (waivers.length === 0) return { findings, waived: [] };
  const waiversOf = indexWaivers(waivers);
  const left: Finding[] = [];
  const waived: WaivedFinding[] = [];
  for (const finding of findings) {
    const covering = finding.introduced ? waiversOf(finding) : [];
    const [best] = covering.toSorted(longestFirst);
    if (best === undefined) left.push(finding);
    else if (!terms.mayBeWaived(finding.ruleId)) left.push(withNote(finding, UNWAIVABLE));
    else if (isInForce(best, terms.today)) waived.push(toWaived(finding, best));
    else left.push(lapsed(finding, best));
  }
  return { findings: left, waived };
}

const UNWAIVABLE =
  'There is a waiver for it that does not count: findings of this rule cannot be waived here.';

type Covers = (path: string | null) => boolean;

/** A commit stands in no path, and not even in all of them. */
function coveredPaths(globs: readonly string[]): Covers {
  if (globs.length === 0) return () => true;
  const matches = compileGlobs(globs);
  return (path) => path !== null && matches(path);
}

function indexWaivers(waivers: readonly Waiver[]): (finding: Finding) => readonly Waiver[] {
  const byFingerprint = new Map<string, Waiver[]>();
  const byRule = new Map<string, { readonly waiver: Waiver; readonly covers: Covers }[]>();
  for (const waiver of waivers) {
    const { scope } = waiver;
    if (scope.type === 'finding') {
      byFingerprint.set(scope.fingerprint, [...(byFingerprint.get(scope.fingerprint) ?? []), waiver]);
    } else {
      const covers = coveredPaths(scope.paths);
      byRule.set(scope.ruleId, [...(byRule.get(scope.ruleId) ?? []), { waiver, covers }]);
    }
  }
  return (finding) => {
    const path = finding.subject.type === 'file' ? finding.subject.path : null;
    const single = (byFingerprint.get(finding.fingerprint) ?? []).filter(({ scope }) =>
      hasDigest(scope, finding),
    );
    const wide = (byRule.get(finding.ruleId) ?? []).filter(({ covers }) => covers(path));
    return [...single, ...wide.map(({ waiver }) => waiver)];
  };
}

function hasDigest(scope: WaiverScope, { valueDigest }: Finding): boolean {
  return scope.type === 'finding' && (scope.digest === null || scope.digest === valueDigest);
}

function longestFirst(a: Waiver, b: Waiver): number {
  const [first, second] = [a.until ?? '9999-12-31', b.until ?? '9999-12-31'];
  return first === second ? 0 : first < second ? 1 : -1;
}

function toWaived(finding: Finding, { scope, reason, approver, until, origin }: Waiver): WaivedFinding {
  const reach = scope.type === 'finding' ? 'finding' : scope.paths.length > 0 ? 'path' : 'rule';
  return { finding, reason, approver, until, origin, scope: reach };
}

/** Where somebody renews it. */
const RENEWAL: Readonly<Record<WaiverOrigin, string>> = {
  policy: 'in the policy on the base branch',
  file: 'in the waiver file on the base branch',
  comment: 'by commenting `/warden waive` on the pull request',
  inline: 'in the file on the base branch',
};

function lapsed(finding: Finding, { approver, until, origin }: Waiver): Finding {
  const ended: LapsedWaiver = { approver, until: until ?? '', origin };
  const note =
    `The waiver for it ended on ${ended.until}. \`${displayName(approver)}\` gave it: mend this now, or ask for a new one, ` +
    `which is given ${RENEWAL[origin]}.`;
  return { ...withNote(finding, note), lapsed: ended };
}

function withNote(finding: Finding, note: string): Finding {
  return { ...finding, message: `${finding.message} ${note}` };
}

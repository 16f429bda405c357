import { activeRules } from './active-rules.ts';
import type { ChangeSet } from './change.ts';
import type { Compared } from './compare.ts';
import type { Finding } from './finding.ts';
import { createValueDigest, ordinalFingerprint, type ValueDigest } from './fingerprint.ts';
import type { RawFinding, RuleObserver } from './judge.ts';
import { Judgement } from './judgement.ts';
import type { ConfigProblem, Policy, PolicySource } from './policy.ts';
import { blockingFindings, type Reach, type Report, type SopsChange, type WaivedFinding } from './report.ts';
import { knownRulesOf, type KindOf, type Rule } from './rule.ts';
import { sortFindings } from './sort.ts';

export interface ReviewOptions {
  readonly policySource?: PolicySource;
  /** Mistakes in the configuration of the base: with any, the conclusion is `failure`. */
  readonly configProblems?: readonly ConfigProblem[];
  readonly reach?: Reach;
  readonly sops?: SopsChange | null;
  /** The page of a rule. */
  readonly ruleUrl?: (ruleId: string) => string | null;
  readonly digest?: ValueDigest;
  /** Names kinds of credentials by their format, for the words of findings. */
  readonly kindOf?: KindOf;
  /** For measurements. */
  readonly observe?: RuleObserver | undefined;
}

const NO_REACH: Reach = { applications: [], clusters: [], environments: [] };
const NO_SOURCE: PolicySource = { source: 'default', hash: '' };

/** Judges a change. Pure: the same change, rules and policy always give the same report. */
export function review(
  change: ChangeSet,
  rules: readonly Rule[],
  policy: Policy,
  options: ReviewOptions = {},
): Report {
  const judged = new Judgement({
    change,
    rules: activeRules(rules, policy),
    knownRules: knownRulesOf(rules),
    policy,
    digest: options.digest ?? createValueDigest(),
    kindOf: options.kindOf,
    observe: options.observe,
  });
  const findings = judged.run();
  const notChecked = judged.notChecked();
  const configProblems = options.configProblems ?? [];
  const toFinding = (raw: RawFinding, introduced: boolean, ordinal: number): Finding => ({
    ruleId: raw.ruleId,
    severity: raw.severity,
    message: raw.message,
    subject: raw.subject,
    related: raw.related,
    suggestion: raw.suggestion,
    fingerprint: ordinalFingerprint(raw.fingerprint, ordinal),
    introduced,
    url: options.ruleUrl?.(raw.ruleId) ?? null,
    secret: raw.secret,
  });
  const toWaived = (raw: RawFinding, introduced: boolean, ordinal: number): WaivedFinding => ({
    finding: toFinding(raw, introduced, ordinal),
    reason: raw.allowed?.reason ?? '',
    approver: raw.allowed?.approver ?? '',
    until: raw.allowed?.until ?? null,
  });
  const sorted = sortFindings(numbered(findings, toFinding, ({ allowed }) => allowed === null));
  const waived = numbered(findings, toWaived, ({ allowed }) => allowed !== null);
  const incomplete = judged.failures.length > 0 || notChecked.some((item) => item.blocks);
  const fails =
    blockingFindings({ findings: sorted }).length > 0 ||
    configProblems.length > 0 ||
    (incomplete && policy.notChecked === 'fail');
  const reportOnly = fails && policy.mode === 'report';
  return {
    conclusion: fails && !reportOnly ? 'failure' : 'success',
    reportOnly,
    base: change.base,
    head: change.head,
    mergeBase: change.mergeBase,
    policy: options.policySource ?? NO_SOURCE,
    configProblems,
    findings: sorted,
    waived,
    failures: judged.failures,
    notChecked,
    commits: change.commits,
    reach: options.reach ?? NO_REACH,
    sops: options.sops ?? null,
    ...(change.policyReview === undefined || change.policyReview.changes.length === 0
      ? {}
      : { policyChanges: change.policyReview.changes }),
    stats: {
      files: change.files.length,
      manifests: judged.manifests,
      commits: change.commits.length,
      milliseconds: 0,
    },
  };
}

/** Ordinals are given over all findings, so that an exception for one does not rename its twin. */
function numbered<T>(
  compared: readonly Compared[],
  make: (raw: RawFinding, introduced: boolean, ordinal: number) => T,
  wanted: (raw: RawFinding) => boolean,
): T[] {
  const seen = new Map<string, number>();
  // Existing ones first, so that a new twin does not take over the fingerprint of an old one.
  return [...compared]
    .sort((a, b) => Number(a.introduced) - Number(b.introduced))
    .flatMap(({ raw, introduced }) => {
      const ordinal = seen.get(raw.fingerprint) ?? 0;
      seen.set(raw.fingerprint, ordinal + 1);
      return wanted(raw) ? [make(raw, introduced, ordinal)] : [];
    });
}

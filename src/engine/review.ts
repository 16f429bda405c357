import { activeRules } from './active-rules.ts';
import type { ChangeSet, NotChecked } from './change.ts';
import type { Compared } from './compare.ts';
import type { Finding } from './finding.ts';
import { createValueDigest, ordinalFingerprint, type ValueDigest } from './fingerprint.ts';
import { describeIgnore } from './inline-ignore.ts';
import type { RawFinding, RuleObserver } from './judge.ts';
import { Judgement } from './judgement.ts';
import type { ConfigProblem, Policy, PolicySource } from './policy.ts';
import { blockingFindings, type Reach, type Report, type SopsChange, type WaivedFinding } from './report.ts';
import { knownRulesOf, type KindOf, type Rule } from './rule.ts';
import { sortFindings } from './sort.ts';
import { applyWaivers, dayOf, type Waiver, type WaiverTerms } from './waiver.ts';
import { mayBeWaived } from './waiver-policy.ts';

export interface ReviewOptions {
  readonly policySource?: PolicySource;
  /** Mistakes in the configuration of the base: with any, the conclusion is `failure`. */
  readonly configProblems?: readonly ConfigProblem[];
  readonly reach?: Reach;
  readonly sops?: SopsChange | null;
  /** The page of a rule. */
  readonly ruleUrl?: (ruleId: string) => string | null;
  readonly digest?: ValueDigest;
  readonly waivers?: readonly Waiver[];
  /** The day on which waivers have to hold, in UTC, as YYYY-MM-DD; when absent, the day of the call. */
  readonly today?: string;
  /** Names kinds of credentials by their format, for the words of findings. */
  readonly kindOf?: KindOf;
  /** For measurements. */
  readonly observe?: RuleObserver | undefined;
}

const NO_REACH: Reach = { applications: [], clusters: [], environments: [] };
const NO_SOURCE: PolicySource = { source: 'default', hash: '' };

/** What the search for credentials found, and what it could not search. */
export type Searched = Pick<ChangeSet, 'leaks' | 'notChecked'>;

/** A review that has begun, while credentials may still be looked for. */
export interface BegunReview {
  /** Judges a little more, as a file or a rule; false when nothing is left but what `finish` does. */
  step(): boolean;
  /** Takes all steps that are left, judges what was found, and reports. To be called once. */
  finish(searched: Searched): Report;
}

/** Judges a change. Pure: the same change, rules and policy always give the same report. */
export function review(
  change: ChangeSet,
  rules: readonly Rule[],
  policy: Policy,
  options: ReviewOptions = {},
): Report {
  const { leaks } = change;
  return beginReview(change, rules, policy, options).finish({
    notChecked: [],
    ...(leaks === undefined ? {} : { leaks }),
  });
}

/**
 * Begins to judge a change. What a search for credentials finds, and not `ChangeSet.leaks`, is given at the end.
 * As pure as `review`, however it is driven.
 */
export function beginReview(
  change: ChangeSet,
  rules: readonly Rule[],
  policy: Policy,
  options: ReviewOptions = {},
): BegunReview {
  const terms = termsOf(rules, policy, change, options);
  const judged = new Judgement({
    change,
    rules: activeRules(rules, policy),
    knownRules: knownRulesOf(rules),
    policy,
    digest: options.digest ?? createValueDigest(),
    kindOf: options.kindOf,
    observe: options.observe,
    mayIgnore: terms.mayIgnore,
  });
  return {
    step: () => judged.step(),
    finish: ({ leaks, notChecked }) => {
      const findings = judged.finish(leaks);
      return reportOf({ findings, judged, unsearched: notChecked, terms }, change, policy, options);
    },
  };
}

interface Judged {
  readonly findings: readonly Compared[];
  readonly judged: Judgement;
  readonly unsearched: readonly NotChecked[];
  readonly terms: Terms;
}

function reportOf(
  { findings, judged, unsearched, terms }: Judged,
  change: ChangeSet,
  policy: Policy,
  options: ReviewOptions,
): Report {
  const notChecked = judged.notChecked(unsearched);
  const configProblems = options.configProblems ?? [];
  const toFinding = findingMaker(options);
  const made = numbered(findings, (raw, introduced, ordinal) => ({
    finding: toFinding(raw, introduced, ordinal),
    exception: exceptionFor(raw),
  }));
  const standing = sortFindings(
    made.filter(({ exception }) => exception === null).map(({ finding }) => finding),
  );
  const excepted = made.flatMap(({ finding, exception }) =>
    exception === null ? [] : [{ finding, ...exception }],
  );
  const { findings: sorted, waived } = applyWaivers(standing, options.waivers ?? [], terms);
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
    waived: [...excepted, ...waived],
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

type MakeFinding = (raw: RawFinding, introduced: boolean, ordinal: number) => Finding;

function findingMaker({ ruleUrl }: ReviewOptions): MakeFinding {
  return (raw, introduced, ordinal) => {
    const fingerprint = ordinalFingerprint(raw.fingerprint, ordinal);
    const remark = raw.ignore === undefined ? '' : describeIgnore(raw.ignore, fingerprint);
    return {
      ruleId: raw.ruleId,
      severity: raw.severity,
      message: `${raw.message} ${remark}`.trim(),
      subject: raw.subject,
      related: raw.related,
      suggestion: raw.suggestion,
      fingerprint,
      introduced,
      url: ruleUrl?.(raw.ruleId) ?? null,
      secret: raw.secret,
      valueDigest: raw.digest,
    };
  };
}

type Exception = Omit<WaivedFinding, 'finding'>;

/** Why a finding is no finding: the policy allows it, or a comment in the file that counts. */
function exceptionFor({ allowed, ignore }: RawFinding): Exception | null {
  if (allowed !== null) return { ...allowed, origin: 'policy', scope: 'finding' };
  if (ignore?.state !== 'in-force') return null;
  return {
    reason: ignore.reason,
    approver: 'whoever merged it',
    until: null,
    origin: 'inline',
    scope: 'finding',
  };
}

interface Terms extends WaiverTerms {
  /** Whether a comment in the file may set aside what a rule finds. */
  readonly mayIgnore: (ruleId: string) => boolean;
}

function termsOf(rules: readonly Rule[], policy: Policy, change: ChangeSet, { today }: ReviewOptions): Terms {
  const definitions = new Map(rules.map(({ definition }) => [definition.id, definition]));
  const may = (ruleId: string): boolean => {
    const definition = definitions.get(ruleId);
    return definition !== undefined && mayBeWaived(policy.waivers, definition);
  };
  return {
    today: today ?? dayOf(Date.now()),
    mayBeWaived: may,
    // The comment stays while the value changes: that must not turn an accepted dummy into a real secret.
    mayIgnore: (ruleId) =>
      may(ruleId) && (change.base === null || definitions.get(ruleId)?.category !== 'secrets'),
  };
}

/** Ordinals are given over all findings, so that an exception for one does not rename its twin. */
function numbered<T>(
  compared: readonly Compared[],
  make: (raw: RawFinding, introduced: boolean, ordinal: number) => T,
): T[] {
  const seen = new Map<string, number>();
  // Existing ones first, so that a new twin does not take over the fingerprint of an old one.
  return [...compared]
    .sort((a, b) => Number(a.introduced) - Number(b.introduced))
    .map(({ raw, introduced }) => {
      const ordinal = seen.get(raw.fingerprint) ?? 0;
      seen.set(raw.fingerprint, ordinal + 1);
      return make(raw, introduced, ordinal);
    });
}

import type { Weakening } from '../../alerts/alert.ts';
import { compileGlobs } from '../../engine/globs.ts';
import { listed, plural } from '../../report/plain.ts';
import { CHECK_NAME } from '../../report/check-run.ts';
import { DEMAND_WORDS } from './demand-words.ts';
import { DEMANDS, type Demand, type ProtectionRule, type RequiredCheck } from './protection-rule.ts';

/** What decides beside the rule itself. */
export interface Surroundings {
  readonly defaultBranch: string;
  /** Further branches that are watched, by name. */
  readonly branches: readonly string[];
  /** Our own App. */
  readonly appId: number;
}

/** What a rule asked for and does not ask for any more. Both sides as far as they are known; null: there is no rule. */
export function weakeningsOf(
  before: ProtectionRule | null,
  after: ProtectionRule | null,
  surroundings: Surroundings,
): Weakening[] {
  if (before?.enforcement !== 'active') return [];
  if (after === null) return removed(before);
  if (after.enforcement !== 'active') return notEnforced(before, after);
  return [
    ...uncovered(before, after, surroundings),
    ...lostRepositories(before, after),
    ...lostDemands(before, after),
    ...lostApprovals(before, after),
    ...lostChecks(before, after, surroundings.appId),
    ...newBypass(before, after),
  ];
}

/** Everything that a rule asks for, as nouns. */
function askedBy(rule: ProtectionRule): string[] {
  return [
    ...DEMANDS.filter((demand) => rule.demands.includes(demand)).map((demand) => DEMAND_WORDS[demand].asked),
    ...(rule.approvals > 0 ? [plural(rule.approvals, 'approval')] : []),
    ...(rule.checks.length > 0
      ? [`the ${rule.checks.length === 1 ? 'check' : 'checks'} ${names(rule.checks.map(({ name }) => name))}`]
      : []),
  ];
}

function removed(rule: ProtectionRule): Weakening[] {
  const asked = askedBy(rule);
  if (asked.length === 0) return [];
  return [
    {
      what: `${nounOf(rule)} is gone.`,
      means: `It asked for ${listed(asked)}, and nothing asks for that any more, unless another rule does.`,
      remedy: `Make ${isRuleset(rule) ? 'the ruleset' : 'the rule'} \`${shown(rule.name)}\` anew, with ${listed(asked)}.`,
    },
  ];
}

function notEnforced(before: ProtectionRule, after: ProtectionRule): Weakening[] {
  const asked = askedBy(before);
  if (asked.length === 0) return [];
  const state = after.enforcement === 'evaluate' ? 'only evaluated' : 'switched off';
  return [
    {
      what: `${nounOf(after)} is ${state}.`,
      means: `It does not keep anything out any more. It asked for ${listed(asked)}.`,
      remedy: 'Set its enforcement status to "Active".',
    },
  ];
}

function uncovered(
  before: ProtectionRule,
  after: ProtectionRule,
  { defaultBranch, branches }: Surroundings,
): Weakening[] {
  const literal = before.include.filter((name) => /^[^~*?[\]{}!]+$/.test(name));
  const lost = [...new Set([defaultBranch, ...branches, ...literal])].filter(
    (branch) => covers(before, branch, defaultBranch) && !covers(after, branch, defaultBranch),
  );
  if (lost.length === 0) return [];
  return [
    {
      what: `${nounOf(after)} does not cover ${names(lost)} any more.`,
      means: `Nothing that it asks for holds there, unless another rule asks for it.`,
      remedy: `Put ${names(lost)} back among its target branches.`,
    },
  ];
}

/** Repositories for which an organisation's ruleset does not hold any more, as far as its lists tell. */
function lostRepositories(before: ProtectionRule, after: ProtectionRule): Weakening[] {
  const { repositories: was } = before;
  const { repositories: is } = after;
  if (was === undefined || is === undefined) return [];
  const dropped = is.include.includes('~ALL') ? [] : was.include.filter((one) => !is.include.includes(one));
  const lost = [...dropped, ...is.exclude.filter((one) => !was.exclude.includes(one))];
  if (lost.length === 0) return [];
  const shownOnes = lost.map((one) => (one === '~ALL' ? 'all repositories' : `\`${shown(one)}\``));
  return [
    {
      what: `${nounOf(after)} does not hold for ${listed(shownOnes)} any more.`,
      means: 'Nothing that it asks for holds there, unless another rule asks for it.',
      remedy: 'Put these repositories back among its targets.',
    },
  ];
}

/** Whether a rule is about a branch. */
export function covers(
  { include, exclude }: Pick<ProtectionRule, 'include' | 'exclude'>,
  branch: string,
  defaultBranch: string,
): boolean {
  const matches = (patterns: readonly string[]): boolean =>
    patterns.includes('~ALL') ||
    (patterns.includes('~DEFAULT_BRANCH') && branch === defaultBranch) ||
    patterns.includes(branch) ||
    compileGlobs(patterns.filter((pattern) => !pattern.startsWith('~')))(branch);
  return matches(include) && !matches(exclude);
}

function lostDemands(before: ProtectionRule, after: ProtectionRule): Weakening[] {
  const lost = DEMANDS.filter((demand) => before.demands.includes(demand) && !after.demands.includes(demand));
  // Without a review there is nothing that could be asked of it.
  const shownOnes = lost.includes('pull-request')
    ? lost.filter((demand) => !['code-owners', 'dismiss-stale', 'last-push-approval'].includes(demand))
    : lost;
  return shownOnes.map((demand) => {
    const { lost: what, means, remedy } = DEMAND_WORDS[demand];
    return { what, means, remedy };
  });
}

function lostApprovals(before: ProtectionRule, after: ProtectionRule): Weakening[] {
  if (after.approvals >= before.approvals) return [];
  const now =
    after.approvals === 0
      ? 'No approval is required any more'
      : `${plural(after.approvals, 'approval')} ${after.approvals === 1 ? 'is' : 'are'} required`;
  return [
    {
      what: `${now}; before, it was ${String(before.approvals)}.`,
      means: 'Fewer people look at a change.',
      remedy: `Set the required approvals to ${String(before.approvals)}.`,
    },
  ];
}

function lostChecks(before: ProtectionRule, after: ProtectionRule, appId: number): Weakening[] {
  const still = new Map(after.checks.map((check) => [check.name, check]));
  return before.checks.flatMap((check): Weakening[] => {
    const now = still.get(check.name);
    const name = names([check.name]);
    if (now === undefined) {
      return [
        {
          what: `The check ${name} is not required any more.`,
          means:
            check.name === CHECK_NAME
              ? 'What gitops-warden refuses can be merged.'
              : 'A merge does not wait for it.',
          remedy: `Add ${name} to the required checks${check.name === CHECK_NAME ? ', with this App as its source' : ''}.`,
        },
      ];
    }
    if (!isLoosened(check, now, appId)) return [];
    return [
      {
        what: `The check ${name} may be reported by ${now.app === null ? 'anybody' : 'another App'}.`,
        means: 'Whoever may write a status can make it green.',
        remedy: `Choose the App as the source of ${name} again.`,
      },
    ];
  });
}

/** Of our own check it counts as well when GitHub does not say where it had to come from before. */
function isLoosened(before: RequiredCheck, now: RequiredCheck, appId: number): boolean {
  if (now.app === undefined) return false;
  if (before.name === CHECK_NAME) {
    return now.app !== appId && (before.app === appId || before.app === undefined);
  }
  return before.app != null && now.app !== before.app;
}

function newBypass(before: ProtectionRule, after: ProtectionRule): Weakening[] {
  if (before.bypass === null || after.bypass === null) return [];
  // Of a classic rule these are the only ones who may push, which counts while that is restricted.
  if (after.source === 'branch-protection' && !both(before, after, 'restricted-push')) return [];
  const { bypass } = before;
  const added = after.bypass.filter(
    (actor) => !bypass.includes(actor) && !bypass.includes(actor.replace(/ \(in pull requests\)$/, '')),
  );
  if (added.length === 0) return [];
  const verb = isRuleset(after) ? 'pass by the ruleset' : 'push';
  return [
    {
      what: `${names(added)} may now ${verb}.`,
      means: 'What these push or merge need not satisfy the rules.',
      remedy: `Remove ${names(added)} from ${isRuleset(after) ? 'the bypass list' : 'those who may push'}.`,
    },
  ];
}

function both(before: ProtectionRule, after: ProtectionRule, demand: Demand): boolean {
  return before.demands.includes(demand) && after.demands.includes(demand);
}

const NOUNS: Readonly<Record<ProtectionRule['source'], string>> = {
  'branch-protection': 'branch protection rule',
  ruleset: 'ruleset',
  'organisation-ruleset': "organisation's ruleset",
};

function isRuleset({ source }: ProtectionRule): boolean {
  return source !== 'branch-protection';
}

function nounOf({ source, name }: ProtectionRule): string {
  return `The ${NOUNS[source]} \`${shown(name)}\``;
}

function names(all: readonly string[]): string {
  return listed(all.map((name) => `\`${shown(name)}\``));
}

function shown(name: string): string {
  return name.replaceAll('`', "'");
}

import { levelOf } from '../../engine/active-rules.ts';
import {
  LEVELS,
  NO_SETTING,
  type Level,
  type Policy,
  type RuleOverride,
  type RuleSetting,
} from '../../engine/policy.ts';
import type { PolicyDifference, PolicyEffect } from '../../engine/policy-difference.ts';
import { weaker } from '../../engine/rule-levels.ts';
import type { RuleDefinition } from '../../engine/rule.ts';
import { changed, difference, isSame, members, opposite, ordered } from './difference.ts';

/** What an operator's and a repository's rules are, by their id. */
export type Definitions = ReadonlyMap<string, RuleDefinition>;

const LEVEL_SAYS = {
  weaker: 'What this rule finds counts for less.',
  stricter: 'What this rule finds counts for more.',
};

/** How the settings of single rules differ. What only another profile changes is said of the profile. */
export function compareRules(before: Policy, after: Policy, definitions: Definitions): PolicyDifference[] {
  const ids = [...new Set([...before.rules.keys(), ...after.rules.keys()])].sort();
  return ids.flatMap((id) => compareRule(id, before, after, definitions.get(id)));
}

function compareRule(
  id: string,
  before: Policy,
  after: Policy,
  definition: RuleDefinition | undefined,
): PolicyDifference[] {
  const [was, is] = [before.rules.get(id) ?? NO_SETTING, after.rules.get(id) ?? NO_SETTING];
  const at = (...more: string[]): string[] => ['rules', id, ...more];
  const level = (policy: Policy): Level =>
    definition === undefined ? (policy.rules.get(id)?.severity ?? 'off') : levelOf(definition, policy);
  const stated = isSame([was.severity, was.least?.severity], [is.severity, is.least?.severity]);
  const names = [...new Set([...was.parameters.keys(), ...is.parameters.keys()])].sort();
  return [
    ...(stated ? [] : ordered(at('severity'), level(before), level(after), LEVELS, LEVEL_SAYS)),
    ...members(at('exclude'), was.exclude, is.exclude, 'weaker', {
      weaker: 'The rule does not look at these paths any more.',
      stricter: 'The rule looks at these paths again.',
    }),
    ...names.flatMap((name) =>
      changed(
        at('parameters', name),
        was.parameters.get(name),
        is.parameters.get(name),
        'The rule judges by another value.',
      ),
    ),
    ...overruled(at('overrides'), was, is),
    ...compareOverrides(at('overrides'), [was.overrides, level(before)], [is.overrides, level(after)]),
  ];
}

/** Overrides that a floor, which is there on one side only, takes their effect. */
function overruled(pointer: string[], before: RuleSetting, after: RuleSetting): PolicyDifference[] {
  if ((before.least === null) === (after.least === null)) return [];
  const [{ overrides }, least] = before.least === null ? [before, after.least] : [after, before.least];
  if (least === null) return [];
  const sure = [least.severity, ...least.overrides.map(({ severity }) => severity)].reduce(weaker);
  return overrides.flatMap((override, index) => {
    if (relation(override.severity, sure) !== 'weaker') return [];
    const { severity, ...conditions } = override;
    const values = [withConditions(keyOf(conditions), severity), sure];
    const [was, is] = before.least === null ? values : values.reverse();
    const effect = before.least === null ? 'stricter' : 'weaker';
    return [difference([...pointer, String(index)], [was, is], effect, OVERRIDE_SAYS[effect])];
  });
}

type Side = readonly [overrides: readonly RuleOverride[], level: Level];

/** Overrides are the same when their conditions are. One that is new is weaker or stricter than the rule itself. */
function compareOverrides(pointer: string[], before: Side, after: Side): PolicyDifference[] {
  const [old, current] = [byConditions(before[0]), byConditions(after[0])];
  const found = [...new Set([...old.keys(), ...current.keys()])].flatMap((conditions) => {
    const [was, is] = [old.get(conditions), current.get(conditions)];
    if (was === is) return [];
    const values = [withConditions(conditions, was), withConditions(conditions, is)] as const;
    const effect =
      was === undefined
        ? relation(is ?? 'off', after[1])
        : is === undefined
          ? opposite(relation(was, before[1]))
          : relation(is, was);
    return [difference(pointer, values, effect, OVERRIDE_SAYS[effect])];
  });
  if (found.length > 0 || isSame([...old.keys()], [...current.keys()])) return found;
  return [
    difference(
      pointer,
      ['one order', 'another order'],
      'other',
      'The first override that matches counts, so another one may count now.',
    ),
  ];
}

const OVERRIDE_SAYS: Readonly<Record<PolicyEffect, string>> = {
  weaker: 'There, what this rule finds counts for less.',
  stricter: 'There, what this rule finds counts for more.',
  other: 'It takes the place of the overrides behind it.',
};

function relation(level: Level, other: Level): PolicyEffect {
  const [a, b] = [LEVELS.indexOf(level), LEVELS.indexOf(other)];
  return a === b ? 'other' : a < b ? 'weaker' : 'stricter';
}

function byConditions(overrides: readonly RuleOverride[]): Map<string, Level> {
  const result = new Map<string, Level>();
  for (const { severity, ...conditions } of overrides) {
    const key = keyOf(conditions);
    if (!result.has(key)) result.set(key, severity);
  }
  return result;
}

function keyOf(conditions: Omit<RuleOverride, 'severity'>): string {
  return JSON.stringify(
    Object.entries(conditions)
      .filter(([, names]) => names.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function withConditions(conditions: string, severity: Level | undefined): string | null {
  if (severity === undefined) return null;
  const entries = JSON.parse(conditions) as [string, string[]][];
  return `${entries.map(([name, values]) => `${name} ${values.join(', ')}`).join('; ')}: ${severity}`;
}

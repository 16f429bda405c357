import { comparePolicies } from '../config/compare/compare-policy.ts';
import { changed } from '../config/compare/difference.ts';
import type { Definitions } from '../config/compare/rules.ts';
import { compareRuleFiles } from '../config/compare/rule-files.ts';
import { compareWaiverFiles } from '../config/compare/waiver-files.ts';
import { applyFloor, toPolicy, WEAKEST_POLICY } from '../config/policy.ts';
import { asksForSignatures } from '../config/signature-policy.ts';
import { ORGANISATION_PATHS, partOf } from '../engine/organisation-file.ts';
import { POLICY_PATHS, type PolicyFile } from '../engine/policy-file.ts';
import { NO_SETTING, type Policy } from '../engine/policy.ts';
import type {
  PlacedDifference,
  PolicyDifference,
  PolicyProblem,
  PolicyReview,
} from '../engine/policy-difference.ts';
import { REPOSITORY_RULES } from '../engine/rule-file.ts';
import type { RuleDefinition } from '../engine/rule.ts';
import { isRecord } from '../manifests/manifest.ts';
import type { YamlDocument } from '../manifests/yaml-document.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import type { ResolvedPolicy } from './base-policy.ts';
import type { Configuration, ConfigurationChange } from './configuration.ts';
import { placeIn } from './place-setting.ts';
import type { RuleSet } from './rule-set.ts';
import type { TextFile } from './text-file.ts';

/**
 * What the policy says beside what decides: how a change edits it, and which of its settings the organisation's floor
 * overrules.
 *
 * @param current what decides
 * @param change null when the change touches no configuration
 */
export function reviewPolicy(current: Configuration, change: ConfigurationChange | null): PolicyReview {
  const [before, after] = change === null ? [current, current] : [change.before, change.after];
  return {
    changes: change === null ? [] : policyChanges(before, after),
    belowFloor: { base: belowFloor(before), head: belowFloor(after) },
    problems: { base: problemsOf(before), head: problemsOf(after) },
  };
}

/** Only what both sides can be read for is compared: what is wrong with a file is said elsewhere. */
function policyChanges(before: Configuration, after: Configuration): PlacedDifference[] {
  const definitions = definitionsOf([...before.rules.rules, ...after.rules.rules]);
  const readable = [before, after].every(({ own, file }) => own !== null || file === null);
  const path = after.file?.path ?? before.file?.path ?? POLICY_PATHS[0];
  const place = placer(path, after.file);
  const extended = changed(
    ['extends'],
    before.own?.extends,
    after.own?.extends,
    'Other files say what this one leaves open.',
  );
  const compared = comparePolicies(before.policy, after.policy, definitions);
  return [
    ...(readable
      ? [...extended, ...compared.filter((one) => !isImplied(one, before, after))].map(place)
      : []),
    ...compareRuleFiles(ownRules(before), ownRules(after)).map((difference) => ({
      ...difference,
      path: `${REPOSITORY_RULES}/${difference.pointer[1] ?? ''}/rule.yaml`,
      line: null,
    })),
    ...waiverChanges(before, after),
    ...organisationChanges(before, after, definitions),
  ];
}

function waiverChanges(before: Configuration, after: Configuration): PlacedDifference[] {
  if ([before, after].some(({ fileProblems }) => fileProblems.waivers.length > 0)) return [];
  return compareWaiverFiles(before.values.waivers, after.values.waivers);
}

/** That commits must be signed follows from what is asked of signatures, which is told already. */
function isImplied({ pointer }: PolicyDifference, before: Configuration, after: Configuration): boolean {
  return (
    pointer[1] === 'signed-commits' &&
    pointer[2] === 'severity' &&
    asksForSignatures(before.policy.signatures) !== asksForSignatures(after.policy.signatures) &&
    [before, after].every(({ own }) => own?.rules?.['signed-commits'] === undefined)
  );
}

/** Of the repository that keeps the organisation's file: what becomes of all others. */
function organisationChanges(
  before: Configuration,
  after: Configuration,
  definitions: Definitions,
): PlacedDifference[] {
  const [was, is] = [before.organisation, after.organisation];
  const path = is.source?.path ?? was.source?.path ?? '';
  const same = was.source?.text === is.source?.text;
  if (same || !(ORGANISATION_PATHS as readonly string[]).includes(path)) return [];
  if ([was, is].some(({ file, source }) => file === null && source !== null)) return [];
  const floorOf = (floor: PolicyFile = {}): Policy =>
    applyFloor(weakest(definitions), floor, [...definitions.values()]);
  const parts = {
    defaults: comparePolicies(
      toPolicy(was.file?.defaults ?? {}),
      toPolicy(is.file?.defaults ?? {}),
      definitions,
    ),
    floor: comparePolicies(floorOf(was.file?.floor), floorOf(is.file?.floor), definitions),
  };
  return Object.entries(parts).flatMap(([part, differences]) => {
    const place = placer(path, is.source, part);
    return differences.map((one) => ({ ...place(one), pointer: [part, ...one.pointer] }));
  });
}

/** What a floor does shows on a policy that asks for nothing. */
function weakest(definitions: Definitions): Policy {
  const off = { ...NO_SETTING, severity: 'off' } as const;
  return { ...WEAKEST_POLICY, rules: new Map([...definitions.keys()].map((id) => [id, off])) };
}

/** What a scan shows of the policy, which it compares with no other. */
export function scannedPolicy(resolved: ResolvedPolicy, rules: RuleSet): PolicyReview {
  return {
    changes: [],
    belowFloor: { base: [], head: belowFloor({ ...resolved, rules }) },
    problems: { base: [], head: [] },
  };
}

/** Settings that the repository's own file states and the floor overrules. */
function belowFloor({
  file,
  own,
  asked,
  policy,
  rules,
  organisation,
}: ResolvedPolicy & Pick<Configuration, 'rules'>): PlacedDifference[] {
  if (file === null || own === null || organisation.file?.floor === undefined) return [];
  const definitions = definitionsOf(rules.rules);
  const place = placer(file.path, file);
  return (
    comparePolicies(asked, policy, definitions)
      .filter((one) => one.effect !== 'weaker' && (one.entry === null || one.before !== null))
      // What a repository says of its environments counts, beside what the floor says.
      .filter(({ pointer }) => pointer[0] !== 'environments')
      .map(place)
      .filter(({ stated }) => stated)
  );
}

function problemsOf({ extendedProblems, organisation }: Configuration): PolicyProblem[] {
  const isHere = (path: string): boolean => (ORGANISATION_PATHS as readonly string[]).includes(path);
  return [...extendedProblems, ...organisation.problems.filter(({ path }) => isHere(path))];
}

type Placed = PlacedDifference & { readonly stated: boolean };

/** @param part the part of the file in which the settings stand */
function placer(path: string, file: TextFile | null, part?: string): (one: PolicyDifference) => Placed {
  const whole = file === null ? undefined : parseYaml(file.path, file.text, 'core').documents[0];
  const document: YamlDocument | undefined = part === undefined ? whole : partOf(whole, part);
  const surrounding = part === undefined ? undefined : document?.rangeOf([], 'key').start.line;
  return (one) => {
    const place = placeIn(isRecord(document?.value) ? document : undefined, one);
    return { ...one, path, ...place, line: place.line ?? surrounding ?? null };
  };
}

function definitionsOf(rules: readonly { readonly definition: RuleDefinition }[]): Definitions {
  return new Map(rules.map(({ definition }) => [definition.id, definition]));
}

/** Rules that the tree brings: the others have a page of their own, and come with the program. */
function ownRules({ rules }: Configuration): Definitions {
  return definitionsOf(rules.rules.filter(({ definition }) => rules.brought.has(definition.id)));
}

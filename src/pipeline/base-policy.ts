import { layered } from '../config/layers.ts';
import { applyFloor, policyHash, toPolicy } from '../config/policy.ts';
import { POLICY_PATHS, readPolicyFile, type PolicyFile } from '../engine/policy-file.ts';
import type { ConfigProblem, Policy, PolicySource } from '../engine/policy.ts';
import type { FileVersion, NotChecked } from '../engine/change.ts';
import { environmentProblems } from '../engine/rule-policy-file.ts';
import { knownRulesOf } from '../engine/rule.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import { readOrganisation, type OrganisationPolicy } from './organisation-policy.ts';
import { NOTHING_OUTSIDE, readExtended, type Extended, type OutsidePolicies } from './outside-policy.ts';
import type { RuleSet } from './rule-set.ts';
import type { TextFile } from './text-file.ts';
import { textInTree } from './tree-text.ts';

export type { TextFile } from './text-file.ts';

export interface ResolvedPolicy {
  readonly policy: Policy;
  /** The file as it is written; null when there is none, or none that can be read. */
  readonly own: PolicyFile | null;
  /** Its text, whether it can be understood or not. */
  readonly file: TextFile | null;
  /** What the repository asks, with all that its policy builds on, before the floor. */
  readonly asked: Policy;
  readonly organisation: OrganisationPolicy;
  readonly source: PolicySource;
  readonly problems: readonly ConfigProblem[];
  /** Those of them that come from files which the policy extends, at the lines that name these. */
  readonly extendedProblems: readonly ConfigProblem[];
  /** What was to be read elsewhere, and was not. */
  readonly notes: readonly NotChecked[];
}

export interface PolicyPlaces {
  /** Instead of the file in the tree. */
  readonly override: TextFile | null;
  /** In the place of the organisation's file: that file, or a policy that is a floor as a whole. */
  readonly floor: TextFile | null;
  /** Nothing is read elsewhere without it. */
  readonly outside?: OutsidePolicies;
}

const NOT_EXTENDED: Extended = { layers: [], sources: [], problems: [], notes: [] };

/**
 * The policy that judges: the file given, else the one in the tree, over what it extends, over the organisation's
 * defaults; raised to the organisation's floor. What cannot be read is a problem and leaves the rest in force.
 *
 * @param findInTree reads a file of the revision whose policy counts
 */
export async function resolvePolicy(
  rules: RuleSet,
  options: PolicyPlaces & {
    readonly findInTree: (path: string) => Promise<FileVersion | null>;
    /** Sections that are left out, because what they need is not there: the floor alone counts there. */
    readonly without?: readonly (keyof PolicyFile)[];
  },
): Promise<ResolvedPolicy> {
  const { override, floor, findInTree } = options;
  const outside: OutsidePolicies = {
    ...(options.outside ?? NOTHING_OUTSIDE),
    ...(floor === null ? {} : { organisation: { from: 'file', file: floor } }),
  };
  const knownRules = knownRulesOf(rules.rules);
  const found =
    override === null ? await textInTree(POLICY_PATHS, findInTree) : { file: override, problems: [] };
  const read = found.file === null ? null : readPolicyFile(found.file.path, found.file.text, knownRules);
  const own = read?.value ?? null;
  const organisation = await readOrganisation(outside.organisation, knownRules, findInTree);
  const extended =
    found.file === null || own === null
      ? NOT_EXTENDED
      : await readExtended(found.file, own, outside, knownRules);
  const together = layered([
    organisation.file?.defaults ?? {},
    ...extended.layers,
    ...(own === null ? [] : [own]),
  ]);
  const asked = toPolicy(withoutSections(together, options.without ?? []));
  const policy = raised(asked, organisation, rules);
  const joined =
    own === null || found.file === null || extended.notes.length > 0
      ? []
      : joinedProblems(found.file, own, together);
  const outsideOnly = {
    problems: [...organisation.problems, ...extended.problems, ...joined],
    notes: [...organisation.notes, ...extended.notes],
  };
  return {
    policy,
    own,
    file: found.file,
    asked,
    organisation,
    source: {
      source: found.file?.path ?? 'default',
      hash: policyHash(policy, rules.hash + hashedTrouble(outsideOnly)),
      ...buildsOn(organisation, extended),
    },
    problems: [...rules.problems, ...found.problems, ...(read?.problems ?? []), ...outsideOnly.problems],
    extendedProblems: [...extended.problems, ...joined],
    notes: outsideOnly.notes,
  };
}

/** Where a floor is not known, none of what a repository says of its own may let everything pass. */
function raised(asked: Policy, { file, unknown }: OrganisationPolicy, rules: RuleSet): Policy {
  const definitions = rules.rules.map((rule) => rule.definition);
  const policy = file?.floor === undefined ? asked : applyFloor(asked, file.floor, definitions);
  return unknown ? { ...policy, mode: 'enforce' } : policy;
}

/** A verdict that was given without a floor does not stand once there is one, and the other way round. */
function hashedTrouble(trouble: {
  readonly problems: readonly unknown[];
  readonly notes: readonly unknown[];
}): string {
  return trouble.problems.length + trouble.notes.length === 0 ? '' : `\n${JSON.stringify(trouble)}`;
}

function buildsOn(
  { source, file, remark }: OrganisationPolicy,
  { sources }: Extended,
): Pick<PolicySource, 'buildsOn' | 'remark'> {
  const all = [...(source === null || file === null ? [] : [source.path]), ...sources];
  return { ...(all.length === 0 ? {} : { buildsOn: all }), ...(remark === null ? {} : { remark }) };
}

/** Environments may come from one file and be named in another: what a file says is judged by all of them together. */
function joinedProblems({ path, text }: TextFile, own: PolicyFile, together: PolicyFile): ConfigProblem[] {
  if (own.rules === undefined || own.environments !== undefined) return [];
  const document = parseYaml(path, text, 'core').documents[0];
  const { rules } = own;
  const { environments } = together;
  return environmentProblems(
    path,
    environments === undefined ? { rules } : { rules, environments },
    document,
  );
}

function withoutSections(file: PolicyFile, sections: readonly (keyof PolicyFile)[]): PolicyFile {
  if (sections.length === 0) return file;
  const left = { ...file };
  for (const section of sections) Reflect.deleteProperty(left, section);
  return left;
}

import { applyFloor, DEFAULT_POLICY, policyHash, toPolicy } from '../config/policy.ts';
import { decodeText } from '../engine/judged-file.ts';
import { POLICY_PATHS, readPolicyFile, type PolicyFile } from '../engine/policy-file.ts';
import type { ConfigProblem, Policy, PolicySource } from '../engine/policy.ts';
import type { FileVersion } from '../engine/change.ts';
import { knownRulesOf } from '../engine/rule.ts';
import type { RuleSet } from './rule-set.ts';

/** A configuration file handed over as text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export interface ResolvedPolicy {
  readonly policy: Policy;
  /** The file as it is written; null when there is none, or none that can be read. */
  readonly own: PolicyFile | null;
  readonly source: PolicySource;
  readonly problems: readonly ConfigProblem[];
}

/**
 * The policy that judges: the file given, else the one in the tree, else the defaults; raised to the floor. What
 * cannot be read is a problem and leaves the defaults in force.
 *
 * @param findInTree reads a file of the revision whose policy counts
 */
export async function resolvePolicy(
  rules: RuleSet,
  options: {
    readonly override: TextFile | null;
    readonly floor: TextFile | null;
    readonly findInTree: (path: string) => Promise<FileVersion | null>;
    /** Sections of the file that are left out, because what they need is not there. */
    readonly without?: readonly (keyof PolicyFile)[];
  },
): Promise<ResolvedPolicy> {
  const problems: ConfigProblem[] = [...rules.problems];
  const knownRules = knownRulesOf(rules.rules);
  const read = (file: TextFile): PolicyFile | null => {
    const result = readPolicyFile(file.path, file.text, knownRules);
    problems.push(...result.problems);
    return result.value;
  };

  const file = options.override ?? (await policyInTree(options.findInTree, problems));
  const own = file === null ? null : withoutSections(read(file), options.without ?? []);
  const floor = options.floor === null ? null : read(options.floor);
  let policy = own === null ? DEFAULT_POLICY : toPolicy(own);
  if (floor !== null) {
    policy = applyFloor(
      policy,
      floor,
      rules.rules.map((rule) => rule.definition),
    );
  }
  return {
    policy,
    own,
    source: { source: file?.path ?? 'default', hash: policyHash(policy, rules.hash) },
    problems,
  };
}

function withoutSections(
  file: PolicyFile | null,
  sections: readonly (keyof PolicyFile)[],
): PolicyFile | null {
  if (file === null || sections.length === 0) return file;
  const left = { ...file };
  for (const section of sections) Reflect.deleteProperty(left, section);
  return left;
}

async function policyInTree(
  find: (path: string) => Promise<FileVersion | null>,
  problems: ConfigProblem[],
): Promise<TextFile | null> {
  const found: TextFile[] = [];
  for (const path of POLICY_PATHS) {
    const version = await find(path);
    if (version === null) continue;
    const plain = version.mode === 'file' || version.mode === 'executable';
    const text = plain && version.content !== null ? decodeText(version.content) : null;
    if (text === null) {
      problems.push({ path, line: null, message: 'is not a readable text file' });
      continue;
    }
    found.push({ path, text });
  }
  if (found.length > 1) {
    problems.push({
      path: POLICY_PATHS[1],
      line: null,
      message: `stands beside ${POLICY_PATHS[0]}, which is the one that counts`,
    });
  }
  return found[0] ?? null;
}

import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { decodeText } from '../engine/judged-file.ts';
import type { ConfigProblem } from '../engine/policy.ts';
import { isRepositoryRule, readRuleFile, ruleComplaint } from '../engine/rule-file.ts';
import type { RuleDefinition } from '../engine/rule.ts';
import type { ConfigKind, ConfigTree } from './config-files.ts';
import type { RuleSet } from './rule-set.ts';

const MAX_RULES = 500;

/** Rule files of a repository. What they hold is read before the policy, which may set their rules. */
export const RULE_FILES: ConfigKind<null> = {
  holds: isRepositoryRule,
  read: () => Promise.resolve({ value: null, problems: [] }),
};

/**
 * Adds the rules that a repository keeps in `.github/gitops-warden/rules/`. One that cannot be used is a problem, and
 * the others hold.
 */
export async function withRepositoryRules(given: RuleSet, tree: ConfigTree): Promise<RuleSet> {
  const paths = [...(await tree.paths())].filter(isRepositoryRule).sort();
  if (paths.length === 0) return given;
  const definitions = new Map<string, RuleDefinition>();
  const problems: ConfigProblem[] = [];
  for (const path of paths.slice(0, MAX_RULES)) {
    const read = await readRule(path, tree);
    if (read.value === null) problems.push(...read.problems);
    else definitions.set(read.value.id, read.value);
  }
  const surplus = paths[MAX_RULES];
  if (surplus !== undefined) {
    const message = `is one of more than ${String(MAX_RULES)} rules of the repository, of which no more are read`;
    problems.push({ path: surplus, line: null, message });
  }
  for (const { definition } of given.rules) {
    if (!definitions.delete(definition.id)) continue;
    const path = paths.find((one) => posix.basename(posix.dirname(one)) === definition.id) ?? '';
    problems.push({ path, line: null, message: `rule \`${definition.id}\` exists already` });
  }
  const own = [...definitions.values()].map((definition) => ({ definition, code: null }));
  const hash = createHash('sha256').update(given.hash);
  for (const { definition } of own)
    hash.update(JSON.stringify(definition, (_key, value: unknown) => plain(value)));
  return {
    ...given,
    rules: [...given.rules, ...own].sort((a, b) => (a.definition.id < b.definition.id ? -1 : 1)),
    problems: [...given.problems, ...problems],
    brought: new Set(own.map(({ definition }) => definition.id)),
    hash: own.length === 0 ? given.hash : hash.digest('hex'),
  };
}

async function readRule(path: string, tree: ConfigTree): Promise<ReturnType<typeof readRuleFile>> {
  const file = await tree.read(path);
  const ordinary = file !== null && (file.mode === 'file' || file.mode === 'executable');
  const text = ordinary && file.content !== null ? decodeText(file.content) : null;
  const refuse = (message: string): ReturnType<typeof readRuleFile> => ({
    value: null,
    problems: [{ path, line: null, message }],
  });
  if (text === null) return refuse('is not a readable text file');
  const read = readRuleFile(path, text);
  if (read.value === null) return read;
  const complaint = ruleComplaint(read.value, posix.basename(posix.dirname(path)));
  return complaint === null ? read : refuse(complaint);
}

function plain(value: unknown): unknown {
  return value instanceof Map ? [...(value as Map<string, unknown>)] : value;
}

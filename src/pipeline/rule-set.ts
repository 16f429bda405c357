import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { NotChecked } from '../engine/change.ts';
import type { ConfigProblem } from '../engine/policy.ts';
import { readRuleFile, ruleComplaint } from '../engine/rule-file.ts';
import type { Category, Rule, RuleDefinition } from '../engine/rule.ts';
import { WHOLE_REPOSITORY } from '../git/not-checked.ts';
import { CODE_RULES } from '../rules/index.ts';
import { PACKAGE_ROOT, rulePageUrl } from './package-root.ts';

/** Every rule that can run, and what is wrong with those that cannot. */
export interface RuleSet {
  /** Sorted by id. */
  readonly rules: readonly Rule[];
  readonly problems: readonly ConfigProblem[];
  /** Ids of those that the judged tree brings itself. */
  readonly brought: ReadonlySet<string>;
  /** Hex SHA-256 over all definitions. */
  readonly hash: string;
  readonly urlOf: (ruleId: string) => string | null;
  /** The text of a rule's README.md; null when it has none. */
  readonly pageOf: (ruleId: string) => Promise<string | null>;
}

/** A folder with rules that cannot be read. */
export class RuleFolderError extends Error {
  override readonly name = 'RuleFolderError';
}

interface LoadedRule {
  readonly rule: Rule;
  readonly directory: string;
  readonly builtIn: boolean;
}

export const BUILT_IN_RULES = path.join(PACKAGE_ROOT, 'rules');

/**
 * Loads the rules that come with gitops-warden, and those of further folders that an operator named. A folder's
 * rule that cannot be used is a problem; the others are loaded all the same.
 *
 * @throws {RuleFolderError} when a named folder cannot be read
 */
export async function loadRuleSet(extraDirectories: readonly string[] = []): Promise<RuleSet> {
  const loaded = new Map<string, LoadedRule>();
  const problems: ConfigProblem[] = [];
  for (const directory of [BUILT_IN_RULES, ...extraDirectories]) {
    for (const one of await loadFolder(directory, problems)) {
      const { id } = one.rule.definition;
      if (loaded.has(id)) {
        problems.push({
          path: path.join(one.directory, 'rule.yaml'),
          line: null,
          message: `rule \`${id}\` exists already`,
        });
      } else {
        loaded.set(id, one);
      }
    }
  }
  const sorted = [...loaded.values()].sort((a, b) => (a.rule.definition.id < b.rule.definition.id ? -1 : 1));
  return {
    rules: sorted.map((one) => one.rule),
    problems,
    brought: new Set(),
    hash: hashOf(sorted.map((one) => one.rule.definition)),
    urlOf: (ruleId) => (loaded.get(ruleId)?.builtIn === true ? rulePageUrl(ruleId) : null),
    pageOf: async (ruleId) => {
      const one = loaded.get(ruleId);
      return one === undefined ? null : readIfPresent(path.join(one.directory, 'README.md'));
    },
  };
}

/** The rules about some things. @param categories none: all rules */
export function onlyAbout(categories: readonly Category[], rules: RuleSet): RuleSet {
  if (categories.length === 0) return rules;
  return {
    ...rules,
    rules: rules.rules.filter(({ definition }) => categories.includes(definition.category)),
  };
}

/** Says that only some rules ran; nothing when all did. */
export function noteOnly(categories: readonly Category[]): NotChecked[] {
  if (categories.length === 0) return [];
  const reason = `was judged by the rules about ${categories.join(', ')} only`;
  return [{ path: WHOLE_REPOSITORY, reason, blocks: false }];
}

async function loadFolder(directory: string, problems: ConfigProblem[]): Promise<LoadedRule[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new RuleFolderError(`The rule folder ${directory} cannot be read (${code}).`);
  });
  const loaded: LoadedRule[] = [];
  const texts = await Promise.all(
    entries.map(async (entry) =>
      entry.isDirectory() ? readIfPresent(path.join(directory, entry.name, 'rule.yaml')) : null,
    ),
  );
  for (const [index, entry] of entries.entries()) {
    const text = texts[index] ?? null;
    if (text === null) continue;
    const folder = path.join(directory, entry.name);
    const file = path.join(folder, 'rule.yaml');
    const read = readRuleFile(file, text, directory === BUILT_IN_RULES);
    if (read.value === null) {
      problems.push(...read.problems);
      continue;
    }
    const complaint = complaintAbout(read.value, entry.name, directory === BUILT_IN_RULES);
    if (complaint !== null) {
      problems.push({ path: file, line: null, message: complaint });
      continue;
    }
    const code = read.value.schema === null ? (CODE_RULES[read.value.id] ?? null) : null;
    loaded.push({
      rule: { definition: read.value, code },
      directory: folder,
      builtIn: directory === BUILT_IN_RULES,
    });
  }
  return loaded;
}

function complaintAbout(definition: RuleDefinition, folder: string, builtIn: boolean): string | null {
  if (!builtIn || definition.id !== folder) return ruleComplaint(definition, folder);
  if (definition.schema !== null) return null;
  const code = CODE_RULES[definition.id];
  if (code === undefined) return `no code is registered for it in src/rules/${definition.category}/index.ts`;
  return code.scope === definition.scope ? null : `its code has the scope ${code.scope}`;
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function hashOf(definitions: readonly RuleDefinition[]): string {
  const plain = JSON.stringify(definitions, (_key, value: unknown) =>
    value instanceof Map ? [...(value as Map<string, unknown>)] : value,
  );
  return createHash('sha256').update(plain).digest('hex');
}

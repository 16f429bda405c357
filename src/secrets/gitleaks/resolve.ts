import { Pattern } from '../pattern/pattern.ts';
import type { AllowlistData, RuleSetData, SecretRuleData } from '../rule-set.ts';
import type { RuleFileProblem } from './problem.ts';
import { readRuleFile, type FileRule, type RuleFile } from './rule-file.ts';

/** Rules and allowlists of a file together with those of what it extends. */
interface Resolved {
  readonly rules: Map<string, FileRule>;
  readonly allowlists: readonly AllowlistData[];
}

export interface ResolvedRules {
  readonly data: RuleSetData;
  readonly problems: readonly RuleFileProblem[];
  /** Every file that was read, by its path. */
  readonly files: readonly string[];
}

/** Files that extend files that extend the first one, and no further: as gitleaks has it. */
const MAX_DEPTH = 2;

/**
 * Reads a rule file with everything that it extends.
 *
 * @param defaults what `useDefault` stands for
 * @param read the text of a file that is extended, by its path as written; null when there is none
 */
export async function resolveRuleFile(
  path: string,
  text: string,
  defaults: RuleSetData,
  read: (path: string) => Promise<string | null>,
): Promise<ResolvedRules> {
  const problems: RuleFileProblem[] = [];
  const files: string[] = [];

  async function resolve(
    name: string,
    content: string,
    depth: number,
  ): Promise<{ resolved: Resolved; file: RuleFile }> {
    const file = readRuleFile(name, content);
    problems.push(...file.problems);
    files.push(name);
    const own: Resolved = { rules: new Map(file.rules), allowlists: file.allowlists };
    const { extend } = file;
    if (depth === MAX_DEPTH) return { resolved: own, file };
    if (extend.useDefault && extend.path !== '') {
      problems.push({
        path: name,
        line: null,
        message: 'extends both the default rules and a file: keep one',
      });
      return { resolved: own, file };
    }
    if (extend.useDefault) return { resolved: merge(own, fromData(defaults), extend.disabledRules), file };
    if (extend.path === '') return { resolved: own, file };
    const more = await read(extend.path);
    if (more === null) {
      problems.push({
        path: name,
        line: null,
        message: `extends \`${extend.path}\`, which is no file of the repository`,
      });
      return { resolved: own, file };
    }
    const base = await resolve(extend.path, more, depth + 1);
    return { resolved: merge(own, base.resolved, extend.disabledRules), file };
  }

  const { resolved, file } = await resolve(path, text, 0);
  for (const rule of resolved.rules.values()) {
    if (rule.regex === null && rule.path === null) {
      problems.push({ path, line: null, message: `rule \`${rule.id}\` has neither a regex nor a path` });
      resolved.rules.delete(rule.id);
    } else if (rule.regex !== null && rule.secretGroup > new Pattern(rule.regex).groups) {
      problems.push({
        path,
        line: null,
        message: `rule \`${rule.id}\` asks for a group that its regex does not have`,
      });
      resolved.rules.delete(rule.id);
    }
  }
  for (const { rules, allowlist } of file.targeted) {
    for (const id of rules) {
      const rule = resolved.rules.get(id);
      if (rule === undefined) {
        problems.push({
          path,
          line: null,
          message: `an allowlist targets a rule \`${id}\`, which does not exist`,
        });
      } else {
        resolved.rules.set(id, { ...rule, allowlists: [...rule.allowlists, allowlist] });
      }
    }
  }
  const rules = [...resolved.rules.values()].map((rule): SecretRuleData => ({ ...rule, enforced: false }));
  return { data: { rules, allowlists: resolved.allowlists }, problems, files };
}

function fromData(data: RuleSetData): Resolved {
  return { rules: new Map(data.rules.map((rule) => [rule.id, rule])), allowlists: data.allowlists };
}

/** A rule of the base gives way, key by key, to one of the same id; its lists grow. */
function merge(own: Resolved, base: Resolved, disabled: readonly string[]): Resolved {
  const rules = new Map(own.rules);
  for (const [id, rule] of base.rules) {
    if (disabled.includes(id)) continue;
    const mine = own.rules.get(id);
    rules.set(id, mine === undefined ? rule : override(rule, mine));
  }
  return { rules, allowlists: [...own.allowlists, ...base.allowlists] };
}

function override(base: FileRule, own: FileRule): FileRule {
  return {
    ...base,
    description: own.description === '' ? base.description : own.description,
    entropy: own.entropy === 0 ? base.entropy : own.entropy,
    secretGroup: own.secretGroup === 0 ? base.secretGroup : own.secretGroup,
    regex: own.regex ?? base.regex,
    path: own.path ?? base.path,
    tags: [...base.tags, ...own.tags],
    keywords: [...base.keywords, ...own.keywords],
    allowlists: [...base.allowlists, ...own.allowlists],
  };
}

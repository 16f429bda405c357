import { parse, TomlError } from 'smol-toml';
import { Pattern } from '../pattern/pattern.ts';
import type { AllowlistData, RequiredData, SecretRuleData } from '../rule-set.ts';
import { Fields, type Table } from './fields.ts';
import type { RuleFileProblem } from './problem.ts';
import type { TomlPath } from './toml-lines.ts';

/** A rule as one file writes it, before what it extends is known. */
export type FileRule = Omit<SecretRuleData, 'enforced'>;

export interface TargetedAllowlist {
  readonly rules: readonly string[];
  readonly allowlist: AllowlistData;
}

/** One file of rules, without what it extends. */
export interface RuleFile {
  readonly path: string;
  readonly rules: ReadonlyMap<string, FileRule>;
  readonly allowlists: readonly AllowlistData[];
  readonly targeted: readonly TargetedAllowlist[];
  readonly extend: {
    readonly useDefault: boolean;
    readonly path: string;
    readonly disabledRules: readonly string[];
  };
  readonly problems: readonly RuleFileProblem[];
}

const MAX_RULES = 2_000;
const MAX_STOPWORDS = 20_000;

/** Reads a file of gitleaks' language. What is wrong is left out and named with its line. */
export function readRuleFile(path: string, text: string): RuleFile {
  const fields = new Fields(path, text);
  const empty = { useDefault: false, path: '', disabledRules: [] };
  let root: Table;
  try {
    root = parse(text);
  } catch (error) {
    const broken = error instanceof TomlError ? error : null;
    const reason = broken === null ? 'is no TOML' : `is no TOML: ${firstLine(broken.message)}`;
    const problems = [{ path, line: broken?.line ?? null, message: reason }];
    return { path, rules: new Map(), allowlists: [], targeted: [], extend: empty, problems };
  }
  const rules = readRules(fields, root);
  const lists = readGlobalAllowlists(fields, root);
  const extend = fields.table(root, 'extend', []) ?? {};
  return {
    path,
    rules,
    allowlists: lists.flatMap(({ rules: targets, allowlist }) => (targets.length === 0 ? [allowlist] : [])),
    targeted: lists.filter((list) => list.rules.length > 0),
    extend: {
      useDefault: fields.flag(extend, 'useDefault', ['extend']),
      path: fields.text(extend, 'path', ['extend']),
      disabledRules: fields.texts(extend, 'disabledRules', ['extend']),
    },
    problems: fields.problems,
  };
}

function readRules(fields: Fields, root: Table): Map<string, FileRule> {
  const tables = fields.tables(root, 'rules', []);
  if (tables.length > MAX_RULES)
    fields.report(['rules'], `has more than ${MAX_RULES} rules; the rest is left out`);
  const rules = new Map<string, FileRule>();
  tables.slice(0, MAX_RULES).forEach((table, index) => {
    const at = ['rules', index];
    const rule = readRule(fields, table, at);
    if (rule !== null) rules.set(rule.id, rule);
  });
  tables.forEach((table, index) => {
    for (const { id } of readRequired(fields, table, ['rules', index])) {
      if (!rules.has(id))
        fields.report(
          ['rules', index, 'required'],
          `requires a rule \`${id}\`, which the file does not have`,
        );
    }
  });
  return rules;
}

function readRule(fields: Fields, table: Table, at: TomlPath): FileRule | null {
  const id = fields.text(table, 'id', at);
  if (id.trim() === '') {
    fields.report(at, 'has a rule without an `id`');
    return null;
  }
  const before = fields.problems.length;
  const regex = fields.text(table, 'regex', at);
  const path = fields.text(table, 'path', at);
  const pattern = usable(fields, regex, [...at, 'regex'], `the regex of rule \`${id}\``);
  usable(fields, path, [...at, 'path'], `the path of rule \`${id}\``);
  const secretGroup = fields.number(table, 'secretGroup', at);
  if (
    pattern !== null &&
    (secretGroup > pattern.groups || secretGroup < 0 || !Number.isInteger(secretGroup))
  ) {
    fields.report(
      [...at, 'secretGroup'],
      `rule \`${id}\` asks for group ${secretGroup} of ${pattern.groups}`,
    );
  }
  const rule: FileRule = {
    id,
    description: fields.text(table, 'description', at),
    regex: regex === '' ? null : regex,
    path: path === '' ? null : path,
    secretGroup,
    entropy: fields.number(table, 'entropy', at),
    keywords: fields.texts(table, 'keywords', at).map((keyword) => keyword.toLowerCase()),
    tags: fields.texts(table, 'tags', at),
    skipReport: fields.flag(table, 'skipReport', at),
    required: readRequired(fields, table, at),
    allowlists: readRuleAllowlists(fields, table, at, id),
  };
  return fields.problems.length === before ? rule : null;
}

function readRequired(fields: Fields, table: Table, at: TomlPath): RequiredData[] {
  return fields.tables(table, 'required', at).flatMap((one, index) => {
    const here = [...at, 'required', index];
    const id = fields.text(one, 'id', here);
    if (id === '') {
      fields.report(here, 'requires a rule without an `id`');
      return [];
    }
    const withinLines = fields.wholeNumberOrNull(one, 'withinLines', here);
    return [{ id, withinLines, withinColumns: fields.wholeNumberOrNull(one, 'withinColumns', here) }];
  });
}

function readRuleAllowlists(fields: Fields, table: Table, at: TomlPath, id: string): AllowlistData[] {
  const legacy = fields.table(table, 'allowlist', at);
  const lists = fields.tables(table, 'allowlists', at);
  if (legacy !== undefined && lists.length > 0) {
    fields.report(
      [...at, 'allowlist'],
      `rule \`${id}\` has both \`allowlist\` and \`allowlists\`: keep the latter`,
    );
  }
  return [
    ...(legacy === undefined ? [] : [readAllowlist(fields, legacy, [...at, 'allowlist'])]),
    ...lists.map((list, index) => readAllowlist(fields, list, [...at, 'allowlists', index])),
  ];
}

function readGlobalAllowlists(fields: Fields, root: Table): TargetedAllowlist[] {
  const legacy = fields.table(root, 'allowlist', []);
  const lists = fields.tables(root, 'allowlists', []);
  if (legacy !== undefined && lists.length > 0) {
    fields.report(['allowlist'], 'has both `[allowlist]` and `[[allowlists]]`: keep the latter');
  }
  const read = (list: Table, at: TomlPath): TargetedAllowlist => ({
    rules: fields.texts(list, 'targetRules', at),
    allowlist: readAllowlist(fields, list, at),
  });
  return [
    ...(legacy === undefined ? [] : [read(legacy, ['allowlist'])]),
    ...lists.map((list, index) => read(list, ['allowlists', index])),
  ];
}

function readAllowlist(fields: Fields, table: Table, at: TomlPath): AllowlistData {
  const condition = fields.text(table, 'condition', at).toUpperCase();
  if (!['', 'OR', '||', 'AND', '&&'].includes(condition)) {
    fields.report([...at, 'condition'], 'has a `condition` that is neither `AND` nor `OR`');
  }
  const target = fields.text(table, 'regexTarget', at);
  if (!['', 'secret', 'match', 'line'].includes(target)) {
    fields.report([...at, 'regexTarget'], 'has a `regexTarget` that is neither `secret`, `match` nor `line`');
  }
  const [commits = [], paths = [], regexes = [], stopwords = []] = [
    'commits',
    'paths',
    'regexes',
    'stopwords',
  ].map((key) => fields.texts(table, key, at));
  if (commits.length + paths.length + regexes.length + stopwords.length === 0) {
    fields.report(at, 'has an allowlist that names no commits, paths, regexes or stopwords');
  }
  const patterns = (key: string, sources: readonly string[]): string[] =>
    sources.filter((source) => usable(fields, source, [...at, key], `a pattern of \`${key}\``) !== null);
  return {
    condition: condition === 'AND' || condition === '&&' ? 'and' : 'or',
    commits: commits.map((commit) => commit.trim().toLowerCase()),
    paths: patterns('paths', paths),
    regexTarget: target === 'match' || target === 'line' ? target : 'secret',
    regexes: patterns('regexes', regexes),
    stopwords: stopwords.slice(0, MAX_STOPWORDS).map((word) => word.toLowerCase()),
  };
}

/** Null, and reported, for a pattern that cannot run; null for an empty one. */
function usable(fields: Fields, source: string, at: TomlPath, what: string): Pattern | null {
  if (source === '') return null;
  try {
    return new Pattern(source).verify();
  } catch (error) {
    fields.report(at, `${what} ${error instanceof Error ? error.message : 'cannot be used'}`);
    return null;
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.replace(/^Invalid TOML document: /, '') ?? '';
}

import { createHash } from 'node:crypto';
import { KeywordIndex } from './keywords.ts';
import { Pattern } from './pattern/pattern.ts';

/** What is not a secret, in the terms of gitleaks. */
export interface AllowlistData {
  readonly condition: 'or' | 'and';
  /** Lower-case. */
  readonly commits: readonly string[];
  readonly paths: readonly string[];
  readonly regexTarget: 'secret' | 'match' | 'line';
  readonly regexes: readonly string[];
  /** Lower-case. */
  readonly stopwords: readonly string[];
}

export interface RequiredData {
  readonly id: string;
  readonly withinLines: number | null;
  readonly withinColumns: number | null;
}

/** One rule as plain data, which can be hashed and handed to a worker. */
export interface SecretRuleData {
  readonly id: string;
  readonly description: string;
  readonly regex: string | null;
  readonly path: string | null;
  /** 0: the first group that is not empty. */
  readonly secretGroup: number;
  /** 0: any. */
  readonly entropy: number;
  readonly keywords: readonly string[];
  readonly tags: readonly string[];
  readonly skipReport: boolean;
  readonly required: readonly RequiredData[];
  readonly allowlists: readonly AllowlistData[];
  /** Nothing that the repository says can silence it: the organisation's floor asks for it. */
  readonly enforced: boolean;
}

export interface RuleSetData {
  readonly rules: readonly SecretRuleData[];
  readonly allowlists: readonly AllowlistData[];
}

export interface Allowlist extends Omit<AllowlistData, 'paths' | 'regexes'> {
  readonly paths: readonly Pattern[];
  readonly regexes: readonly Pattern[];
}

export interface SecretRule extends Omit<SecretRuleData, 'regex' | 'path' | 'allowlists'> {
  readonly pattern: Pattern | null;
  readonly path: Pattern | null;
  readonly allowlists: readonly Allowlist[];
  readonly generic: boolean;
}

/** Rules that are ready to run. */
export interface RuleSet {
  readonly rules: readonly SecretRule[];
  readonly byId: ReadonlyMap<string, SecretRule>;
  readonly allowlists: readonly Allowlist[];
  /** Indexes of the rules that a text concerns, by the keywords in it. */
  readonly select: (text: string) => readonly number[];
}

/** @param data its patterns have been checked */
export function compileRuleSet(data: RuleSetData): RuleSet {
  const rules = data.rules.map((rule): SecretRule => {
    const { regex, path, allowlists, ...rest } = rule;
    return {
      ...rest,
      pattern: regex === null ? null : new Pattern(regex, true),
      path: path === null ? null : new Pattern(path, true),
      allowlists: allowlists.map(compileAllowlist),
      generic: rule.id.toLowerCase().includes('generic'),
    };
  });
  return {
    rules,
    byId: new Map(rules.map((rule) => [rule.id, rule])),
    allowlists: data.allowlists.map(compileAllowlist),
    select: selectorOf(rules),
  };
}

function compileAllowlist(data: AllowlistData): Allowlist {
  const compile = (source: string): Pattern => new Pattern(source, true);
  return { ...data, paths: data.paths.map(compile), regexes: data.regexes.map(compile) };
}

function selectorOf(rules: readonly SecretRule[]): RuleSet['select'] {
  const always: number[] = [];
  const byKeyword = new Map<string, number[]>();
  rules.forEach((rule, index) => {
    if (rule.keywords.length === 0) always.push(index);
    for (const keyword of rule.keywords) {
      const indexes = byKeyword.get(keyword);
      if (indexes === undefined) byKeyword.set(keyword, [index]);
      else indexes.push(index);
    }
  });
  const words = [...byKeyword.keys()];
  const lists = [...byKeyword.values()];
  const index = new KeywordIndex(words);
  // The index knows ASCII; the rare keyword beyond it is looked for by itself.
  const others = words.flatMap((word, number) => (/^[\x00-\x7f]*$/.test(word) ? [] : [{ word, number }]));
  return (text) => {
    const selected = new Uint8Array(rules.length);
    for (const number of always) selected[number] = 1;
    index.findIn(text).forEach((hit, number) => {
      if (hit === 1) for (const rule of lists[number] ?? []) selected[rule] = 1;
    });
    const lower = others.length === 0 ? '' : text.toLowerCase();
    for (const { word, number } of others) {
      if (lower.includes(word)) for (const rule of lists[number] ?? []) selected[rule] = 1;
    }
    return [...selected.keys()].filter((number) => selected[number] === 1);
  };
}

/** Hex SHA-256 over everything that decides what is found. */
export function ruleSetHash(data: RuleSetData): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex');
}

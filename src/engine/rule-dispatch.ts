import type { Manifest } from '../manifests/manifest.ts';
import type { ActiveRule } from './active-rules.ts';

/** A rule, and its place in the order of all. */
export interface RankedRule {
  readonly active: ActiveRule;
  readonly rank: number;
}

/** The manifest and file rules for one path. */
export class RulesForPath {
  readonly fileRules: readonly RankedRule[];
  readonly #manifestRules: readonly RankedRule[];
  readonly #byKind = new Map<string, Map<string, readonly RankedRule[]>>();

  constructor(rules: readonly RankedRule[]) {
    const ofScope = (scope: 'file' | 'manifest'): RankedRule[] =>
      rules.filter(({ active }) => active.rule.definition.scope === scope);
    this.fileRules = ofScope('file');
    this.#manifestRules = ofScope('manifest');
  }

  /** The manifest rules about such an object, whatever environment it is in. */
  about(manifest: Manifest): readonly RankedRule[] {
    let versions = this.#byKind.get(manifest.kind);
    if (versions === undefined)
      this.#byKind.set(manifest.kind, (versions = new Map<string, readonly RankedRule[]>()));
    let rules = versions.get(manifest.apiVersion);
    if (rules === undefined) {
      rules = this.#manifestRules.filter(({ active }) => active.isAbout(manifest));
      versions.set(manifest.apiVersion, rules);
    }
    return rules;
  }
}

/** Says which rules look at a file, without asking each of them for each file. */
export class RuleDispatch {
  readonly #rules: readonly RankedRule[];
  readonly #matchers: readonly ActiveRule['appliesToPath'][];
  readonly #known = new Map<string, RulesForPath>();

  constructor(rules: readonly ActiveRule[]) {
    this.#rules = rules.map((active, rank) => ({ active, rank }));
    this.#matchers = [...new Set(rules.map(({ appliesToPath }) => appliesToPath))];
  }

  for(path: string): RulesForPath {
    const answers = this.#matchers.map((matches) => matches(path));
    const key = answers.map(Number).join('');
    let found = this.#known.get(key);
    if (found === undefined) {
      const matching = new Set(this.#matchers.filter((_, index) => answers[index]));
      found = new RulesForPath(this.#rules.filter(({ active }) => matching.has(active.appliesToPath)));
      this.#known.set(key, found);
    }
    return found;
  }
}

const known = new WeakMap<readonly ActiveRule[], RuleDispatch>();

/** Made once for a list of rules. */
export function dispatchOf(rules: readonly ActiveRule[]): RuleDispatch {
  let dispatch = known.get(rules);
  if (dispatch === undefined) known.set(rules, (dispatch = new RuleDispatch(rules)));
  return dispatch;
}

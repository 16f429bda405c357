import { asList, asText, isRecord } from '../../manifests/manifest.ts';
import type { Demand, ProtectionChange, ProtectionRule, RequiredCheck } from './protection-rule.ts';

type Fields = Readonly<Record<string, unknown>>;
type RulesetSource = Exclude<ProtectionRule['source'], 'branch-protection'>;

/** A rule of a ruleset. */
interface Rule {
  readonly type: string;
  readonly parameters: Fields;
}

const RULES: Readonly<Record<string, Demand>> = {
  pull_request: 'pull-request',
  required_signatures: 'signatures',
  required_linear_history: 'linear-history',
  non_fast_forward: 'no-force-push',
  deletion: 'no-deletion',
  update: 'restricted-push',
  merge_queue: 'merge-queue',
  required_deployments: 'deployments',
};
const REVIEW_PARAMETERS: readonly (readonly [string, Demand])[] = [
  ['dismiss_stale_reviews_on_push', 'dismiss-stale'],
  ['require_code_owner_review', 'code-owners'],
  ['require_last_push_approval', 'last-push-approval'],
  ['required_review_thread_resolution', 'conversations'],
];

/** Reads a `repository_ruleset` event; null for a ruleset that is not about branches, or that GitHub does not spell out. */
export function rulesetChange(
  action: string,
  ruleset: Fields,
  changes: unknown,
  source: RulesetSource = 'ruleset',
): ProtectionChange | null {
  if (action !== 'created' && action !== 'edited' && action !== 'deleted') return null;
  if ((asText(ruleset['target']) ?? 'branch') !== 'branch' || !Array.isArray(ruleset['rules'])) return null;
  const current = rulesetOf(ruleset, rulesIn(ruleset['rules']), source);
  if (action === 'created') return { action, before: null, after: current, touchesChecks: true };
  if (action === 'deleted') return { action, before: current, after: null, touchesChecks: true };
  const changed = isRecord(changes) ? changes : {};
  return { action, before: earlierRuleset(ruleset, changed, source), after: current, touchesChecks: true };
}

/** What the ruleset was before, as far as the event tells; of those who may pass by it says nothing. */
function earlierRuleset(ruleset: Fields, changes: Fields, source: RulesetSource): ProtectionRule {
  const current = rulesIn(ruleset['rules']);
  const rules = isRecord(changes['rules']) ? changes['rules'] : {};
  const added = new Set(rulesIn(rules['added']).map(({ type }) => type));
  const earlier = new Map(current.filter(({ type }) => !added.has(type)).map((rule) => [rule.type, rule]));
  for (const rule of rulesIn(rules['deleted'])) earlier.set(rule.type, rule);
  for (const update of asList(rules['updated']).filter(isRecord)) {
    const [rule] = rulesIn([update['rule']]);
    const parameters = rule === undefined ? null : earlierParameters(update['changes']);
    if (rule !== undefined && parameters !== null) earlier.set(rule.type, { ...rule, parameters });
  }
  const conditions = isRecord(changes['conditions']) ? changes['conditions'] : {};
  // Those of an organisation's ruleset are about repositories, too.
  const condition = asList(conditions['updated'])
    .filter(isRecord)
    .filter((one) => !isRecord(one['condition']) || isRecord(one['condition']['ref_name']))
    .map((one) => (isRecord(one['changes']) ? one['changes'] : {}));
  const before = rulesetOf(
    {
      ...ruleset,
      ...(from(changes['name']) === null ? {} : { name: from(changes['name']) }),
      ...(from(changes['enforcement']) === null ? {} : { enforcement: from(changes['enforcement']) }),
    },
    [...earlier.values()],
    source,
  );
  const list = (name: 'include' | 'exclude'): readonly string[] => {
    const change = condition.find((one) => isRecord(one[name]));
    return change !== undefined && isRecord(change[name]) ? branchesIn(change[name]['from']) : before[name];
  };
  return { ...before, include: list('include'), exclude: list('exclude') };
}

/** GitHub sends the earlier parameters as a text of JSON. */
function earlierParameters(changes: unknown): Fields | null {
  const text =
    isRecord(changes) && isRecord(changes['configuration']) ? changes['configuration']['from'] : null;
  if (isRecord(text)) return text;
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : null;
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function from(change: unknown): string | null {
  return isRecord(change) ? asText(change['from']) : null;
}

function rulesIn(value: unknown): Rule[] {
  return asList(value).flatMap((rule) => {
    const type = isRecord(rule) ? asText(rule['type']) : null;
    if (type === null || !isRecord(rule)) return [];
    return [{ type, parameters: isRecord(rule['parameters']) ? rule['parameters'] : {} }];
  });
}

function rulesetOf(ruleset: Fields, rules: readonly Rule[], source: RulesetSource): ProtectionRule {
  const conditions = isRecord(ruleset['conditions']) ? ruleset['conditions'] : {};
  const names = isRecord(conditions['ref_name']) ? conditions['ref_name'] : {};
  const enforcement = ruleset['enforcement'];
  const review = rules.find(({ type }) => type === 'pull_request')?.parameters ?? {};
  const checks = rules.find(({ type }) => type === 'required_status_checks')?.parameters ?? {};
  const approvals = review['required_approving_review_count'];
  const demands = rules.flatMap(({ type }) => RULES[type] ?? []);
  for (const [name, demand] of REVIEW_PARAMETERS) if (review[name] === true) demands.push(demand);
  if (checks['strict_required_status_checks_policy'] === true) demands.push('up-to-date');
  return {
    source,
    id: typeof ruleset['id'] === 'number' ? ruleset['id'] : 0,
    name: asText(ruleset['name']) ?? '',
    enforcement: enforcement === 'active' || enforcement === 'evaluate' ? enforcement : 'disabled',
    include: branchesIn(names['include']),
    exclude: branchesIn(names['exclude']),
    ...(source === 'ruleset' ? {} : { repositories: repositoriesIn(conditions) }),
    demands,
    approvals: typeof approvals === 'number' ? approvals : 0,
    checks: asList(checks['required_status_checks']).flatMap(checkOf),
    bypass: Array.isArray(ruleset['bypass_actors'])
      ? asList(ruleset['bypass_actors']).flatMap(actorOf)
      : null,
  };
}

function checkOf(value: unknown): RequiredCheck[] {
  const name = isRecord(value) ? asText(value['context']) : null;
  if (name === null || !isRecord(value)) return [];
  const app = value['integration_id'];
  return [{ name, app: typeof app === 'number' && app > 0 ? app : null }];
}

/** `Team 12`, and when it may only pass by with a pull request, that too. */
function actorOf(value: unknown): string[] {
  const type = isRecord(value) ? asText(value['actor_type']) : null;
  if (type === null || !isRecord(value)) return [];
  const id = typeof value['actor_id'] === 'number' ? ` ${String(value['actor_id'])}` : '';
  return [`${type}${id}${value['bypass_mode'] === 'pull_request' ? ' (in pull requests)' : ''}`];
}

/** Custom properties choose repositories by what they are; of these only the names are compared. */
function repositoriesIn(conditions: Fields): { readonly include: string[]; readonly exclude: string[] } {
  const names = isRecord(conditions['repository_name']) ? conditions['repository_name'] : {};
  const ids = isRecord(conditions['repository_id']) ? conditions['repository_id'] : {};
  const texts = (value: unknown): string[] => asList(value).flatMap((item) => asText(item) ?? []);
  const numbers = asList(ids['repository_ids']).flatMap((id) =>
    typeof id === 'number' ? [`number ${String(id)}`] : [],
  );
  return { include: [...texts(names['include']), ...numbers], exclude: texts(names['exclude']) };
}

function branchesIn(value: unknown): string[] {
  return asList(value).flatMap((item) => asText(item)?.replace(/^refs\/heads\//, '') ?? []);
}

import { organisationPayload, protectionPayload } from '../payloads.ts';
import { sourceOf } from '../routes/settings.ts';
import type { BranchProtection, EmbeddedRepository, Ruleset } from '../state.ts';
import type { Stage } from './stage.ts';

/** Fields of a rule as GitHub's webhooks have them. */
export type RuleFields = Readonly<Record<string, unknown>>;

/** What GitHub's page gives a new rule. */
const NEW_RULE: RuleFields = {
  pull_request_reviews_enforcement_level: 'off',
  required_approving_review_count: 0,
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: false,
  require_last_push_approval: false,
  authorized_dismissal_actors_only: false,
  ignore_approvals_from_contributors: false,
  required_status_checks: [],
  required_status_checks_enforcement_level: 'off',
  strict_required_status_checks_policy: false,
  signature_requirement_enforcement_level: 'off',
  linear_history_requirement_enforcement_level: 'off',
  admin_enforced: false,
  create_protected: false,
  allow_force_pushes_enforcement_level: 'off',
  allow_deletions_enforcement_level: 'off',
  merge_queue_enforcement_level: 'off',
  required_deployments_enforcement_level: 'off',
  required_conversation_resolution_level: 'off',
  lock_branch_enforcement_level: 'off',
  authorized_actors_only: false,
  authorized_actor_names: [],
};

export interface ProtectOptions {
  /** The pattern that names the rule. */
  readonly pattern: string;
  readonly fields?: RuleFields;
  /** From which App each required check must come; any for those that are left out. */
  readonly checkApps?: Readonly<Record<string, number>>;
}

/** Makes or changes a branch protection rule, as an administrator does on the page. */
export function protectBranch(
  { world, webhooks }: Stage,
  repository: EmbeddedRepository,
  { pattern, fields = {}, checkApps }: ProtectOptions,
  user: string,
): void {
  const { branchProtections } = world.state;
  const known = branchProtections.find((one) => one.repository === repository && one.pattern === pattern);
  if (known === undefined) {
    const made: BranchProtection = {
      id: world.state.nextId(),
      repository,
      pattern,
      fields: { ...NEW_RULE, ...fields },
      checkApps: checkApps ?? {},
    };
    branchProtections.push(made);
    webhooks.send('branch_protection_rule', rulePayload(world, made, 'created', user));
    return;
  }
  const changes = Object.fromEntries(
    Object.entries(fields)
      .filter(([name, value]) => JSON.stringify(known.fields[name]) !== JSON.stringify(value))
      .map(([name]) => [name, { from: known.fields[name] }]),
  );
  known.fields = { ...known.fields, ...fields };
  known.checkApps = checkApps ?? known.checkApps;
  webhooks.send('branch_protection_rule', { ...rulePayload(world, known, 'edited', user), changes });
}

export function unprotectBranch(
  { world, webhooks }: Stage,
  repository: EmbeddedRepository,
  pattern: string,
  user: string,
): void {
  const { branchProtections } = world.state;
  const at = branchProtections.findIndex((one) => one.repository === repository && one.pattern === pattern);
  const [rule] = at < 0 ? [] : branchProtections.splice(at, 1);
  if (rule === undefined) throw new Error(`${repository.fullName} has no protection rule ${pattern}.`);
  webhooks.send('branch_protection_rule', rulePayload(world, rule, 'deleted', user));
}

function rulePayload(
  world: Stage['world'],
  { id, repository, pattern, fields }: BranchProtection,
  action: string,
  user: string,
) {
  const at = new Date(world.now()).toISOString();
  const rule = { id, repository_id: repository.id, name: pattern, created_at: at, updated_at: at, ...fields };
  return protectionPayload(world, repository, action, user, { rule });
}

export type RulesetFields = Partial<
  Pick<Ruleset, 'enforcement' | 'include' | 'exclude' | 'rules' | 'bypassActors' | 'repositories'>
>;

/** Makes or changes a ruleset for branches. @param place a repository, or the login of an organisation */
export function setRuleset(
  { world, webhooks }: Stage,
  place: EmbeddedRepository | string,
  name: string,
  fields: RulesetFields,
  user: string,
): void {
  const { rulesets } = world.state;
  const known = rulesets.find((one) => placeOf(one) === place && one.name === name);
  if (known === undefined) {
    const made: Ruleset = {
      id: world.state.nextId(),
      repository: typeof place === 'string' ? null : place,
      organisation: typeof place === 'string' ? place : place.owner,
      repositories: ['~ALL'],
      name,
      enforcement: 'active',
      include: ['~DEFAULT_BRANCH'],
      exclude: [],
      rules: [],
      bypassActors: [],
      ...fields,
    };
    rulesets.push(made);
    webhooks.send('repository_ruleset', rulesetPayload(world, made, 'created', user));
    return;
  }
  const changes = rulesetChanges(known, fields);
  Object.assign(known, fields);
  webhooks.send('repository_ruleset', { ...rulesetPayload(world, known, 'edited', user), changes });
}

function placeOf({ repository, organisation }: Ruleset): EmbeddedRepository | string {
  return repository ?? organisation;
}

export function removeRuleset(
  { world, webhooks }: Stage,
  place: EmbeddedRepository | string,
  name: string,
  user: string,
): void {
  const { rulesets } = world.state;
  const at = rulesets.findIndex((one) => placeOf(one) === place && one.name === name);
  const [ruleset] = at < 0 ? [] : rulesets.splice(at, 1);
  if (ruleset === undefined) throw new Error(`There is no ruleset ${name}.`);
  webhooks.send('repository_ruleset', rulesetPayload(world, ruleset, 'deleted', user));
}

/** GitHub says nothing here of who may bypass. */
function rulesetChanges(before: Ruleset, after: RulesetFields): Record<string, unknown> {
  const earlier = new Map(before.rules.map((rule) => [rule.type, rule]));
  const rules = after.rules ?? before.rules;
  const later = new Map(rules.map((rule) => [rule.type, rule]));
  const updated = rules.flatMap((rule) => {
    const old = earlier.get(rule.type);
    if (old === undefined || JSON.stringify(old) === JSON.stringify(rule)) return [];
    return [{ rule, changes: { configuration: { from: JSON.stringify(old.parameters ?? {}) } } }];
  });
  const lists = (['include', 'exclude'] as const).filter(
    (list) => after[list] !== undefined && JSON.stringify(after[list]) !== JSON.stringify(before[list]),
  );
  return {
    ...(after.enforcement === undefined || after.enforcement === before.enforcement
      ? {}
      : { enforcement: { from: before.enforcement } }),
    ...(lists.length === 0 && before.repositories === (after.repositories ?? before.repositories)
      ? {}
      : {
          conditions: {
            added: [],
            deleted: [],
            updated: [
              ...(after.repositories === undefined
                ? []
                : [
                    {
                      condition: { repository_name: { include: after.repositories, exclude: [] } },
                      changes: { include: { from: before.repositories } },
                    },
                  ]),
              {
                condition: { ref_name: { include: after.include, exclude: after.exclude } },
                changes: Object.fromEntries(lists.map((list) => [list, { from: before[list] }])),
              },
            ],
          },
        }),
    rules: {
      added: rules.filter(({ type }) => !earlier.has(type)),
      deleted: before.rules.filter(({ type }) => !later.has(type)),
      updated,
    },
  };
}

function rulesetPayload(world: Stage['world'], ruleset: Ruleset, action: string, user: string) {
  const { id, repository, name, enforcement, include, exclude, rules, bypassActors } = ruleset;
  const at = new Date(world.now()).toISOString();
  const names = { repository_name: { include: ruleset.repositories, exclude: [], protected: false } };
  const fields = {
    repository_ruleset: {
      id,
      name,
      target: 'branch',
      ...sourceOf(ruleset),
      enforcement,
      conditions: { ref_name: { include, exclude }, ...(repository === null ? names : {}) },
      rules,
      bypass_actors: bypassActors,
      created_at: at,
      updated_at: at,
    },
  };
  if (repository !== null) return protectionPayload(world, repository, action, user, fields);
  return organisationPayload(world, ruleset.organisation, action, user, fields);
}

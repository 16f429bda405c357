import { asList, asText, isRecord } from '../../manifests/manifest.ts';
import type { Demand, ProtectionChange, ProtectionRule } from './protection-rule.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Levels that switch a demand on when they are not `off`. */
const LEVELS: readonly (readonly [string, Demand])[] = [
  ['pull_request_reviews_enforcement_level', 'pull-request'],
  ['required_conversation_resolution_level', 'conversations'],
  ['signature_requirement_enforcement_level', 'signatures'],
  ['linear_history_requirement_enforcement_level', 'linear-history'],
  ['merge_queue_enforcement_level', 'merge-queue'],
  ['required_deployments_enforcement_level', 'deployments'],
  ['lock_branch_enforcement_level', 'locked'],
];
/** Demands that only count together with required reviews. */
const REVIEW_FLAGS: readonly (readonly [string, Demand])[] = [
  ['dismiss_stale_reviews_on_push', 'dismiss-stale'],
  ['require_code_owner_review', 'code-owners'],
  ['require_last_push_approval', 'last-push-approval'],
];

/** Reads a `branch_protection_rule` event. */
export function branchProtectionChange(
  action: string,
  rule: Fields,
  changes: unknown,
): ProtectionChange | null {
  if (action !== 'created' && action !== 'edited' && action !== 'deleted') return null;
  const changed = isRecord(changes) ? changes : {};
  const current = ruleOf(rule);
  if (action === 'created') return { action, before: null, after: current, touchesChecks: true };
  if (action === 'deleted') return { action, before: current, after: null, touchesChecks: true };
  const earlier = Object.entries(changed).flatMap(([name, change]) =>
    // Null: GitHub does not say what it was.
    isRecord(change) && change['from'] != null ? [[name, change['from']] as const] : [],
  );
  return {
    action,
    before: ruleOf({ ...rule, ...Object.fromEntries(earlier) }),
    after: current,
    touchesChecks: Object.keys(changed).some((name) => name.includes('required_status_checks')),
  };
}

function ruleOf(rule: Fields): ProtectionRule {
  const demands: Demand[] = [];
  const isOn = (name: string): boolean => typeof rule[name] === 'string' && rule[name] !== 'off';
  const reviews = isOn('pull_request_reviews_enforcement_level');
  const checked = isOn('required_status_checks_enforcement_level');
  const restricted = rule['authorized_actors_only'] === true;
  for (const [name, demand] of LEVELS) if (isOn(name)) demands.push(demand);
  for (const [name, demand] of REVIEW_FLAGS) if (reviews && rule[name] === true) demands.push(demand);
  if (!isOn('allow_force_pushes_enforcement_level')) demands.push('no-force-push');
  if (!isOn('allow_deletions_enforcement_level')) demands.push('no-deletion');
  if (rule['admin_enforced'] === true) demands.push('admins');
  if (checked && rule['strict_required_status_checks_policy'] === true) demands.push('up-to-date');
  if (restricted) demands.push('restricted-push');
  const approvals = rule['required_approving_review_count'];
  return {
    source: 'branch-protection',
    id: typeof rule['id'] === 'number' ? rule['id'] : 0,
    name: asText(rule['name']) ?? '',
    enforcement: 'active',
    include: [asText(rule['name']) ?? ''],
    exclude: [],
    demands,
    approvals: reviews && typeof approvals === 'number' ? approvals : 0,
    checks: checked ? textsOf(rule['required_status_checks']).map((name) => ({ name })) : [],
    bypass: restricted ? textsOf(rule['authorized_actor_names']) : [],
  };
}

function textsOf(value: unknown): string[] {
  return asList(value).flatMap((item) => asText(item) ?? []);
}

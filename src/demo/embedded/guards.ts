import { minimatch } from 'minimatch';
import type { BranchProtection, EmbeddedRepository, Ruleset, State } from './state.ts';

/** The branch protection rule that holds for a branch. */
export function protectionOf(
  state: State,
  repository: EmbeddedRepository,
  branch: string,
): BranchProtection | undefined {
  const made = state.branchProtections.find(
    (rule) => rule.repository === repository && (rule.pattern === branch || minimatch(branch, rule.pattern)),
  );
  if (made !== undefined || !repository.protectedBranches.has(branch)) return made;
  return { id: 0, repository, pattern: branch, fields: REVIEWED, checkApps: {} };
}

/** What a branch asks for that was protected when the repository was made. */
const REVIEWED: BranchProtection['fields'] = {
  pull_request_reviews_enforcement_level: 'non_admins',
  required_approving_review_count: 1,
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: false,
  require_last_push_approval: false,
  admin_enforced: false,
};

/** The checks that a rule requires. */
export function requiredChecksOf({ fields, checkApps }: BranchProtection): {
  readonly context: string;
  readonly app_id: number | null;
}[] {
  const names = fields['required_status_checks'];
  if (fields['required_status_checks_enforcement_level'] === 'off' || !Array.isArray(names)) return [];
  return (names as string[]).map((context) => ({ context, app_id: checkApps[context] ?? null }));
}

/** The rulesets that a repository has, with those of its organisation. */
export function rulesetsOf(state: State, repository: EmbeddedRepository): readonly Ruleset[] {
  return state.rulesets.filter(
    (one) =>
      one.repository === repository ||
      (one.repository === null && one.organisation === repository.owner && holdsFor(one, repository)),
  );
}

function holdsFor({ repositories }: Ruleset, { name }: EmbeddedRepository): boolean {
  return repositories.some((pattern) => pattern === '~ALL' || minimatch(name, pattern));
}

/** The rulesets that are in force for a branch. */
export function rulesetsFor(
  state: State,
  repository: EmbeddedRepository,
  branch: string,
): readonly Ruleset[] {
  const matches = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => {
      if (pattern === '~ALL') return true;
      if (pattern === '~DEFAULT_BRANCH') return branch === repository.defaultBranch;
      return minimatch(`refs/heads/${branch}`, pattern);
    });
  return rulesetsOf(state, repository).filter(
    ({ enforcement, include, exclude }) => enforcement === 'active' && matches(include) && !matches(exclude),
  );
}

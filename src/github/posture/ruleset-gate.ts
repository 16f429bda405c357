import { code } from '../../report/markdown.ts';
import { known, unknown, type Gate, type Known, type ReviewDemand } from '../../posture/facts.ts';
import { checksOfRule, type BranchRule } from '../api/branch-rules.ts';
import { GitHubError } from '../errors.ts';
import type { PostureClient } from './client.ts';

interface Ruleset {
  readonly name: string;
  readonly url: string;
  readonly bypass: Known<readonly string[]>;
}

/** Who sees it: https://docs.github.com/rest/repos/rules#get-a-repository-ruleset */
const HIDDEN = 'only those who may edit the ruleset are told';

export async function rulesetGate(
  client: PostureClient,
  id: number,
  rules: readonly BranchRule[],
  repositoryUrl: string,
): Promise<Gate> {
  const { name, url, bypass } = await readRuleset(client, id, repositoryUrl);
  const has = (type: string): boolean => rules.some((rule) => rule.type === type);
  const statusRules = rules.filter(({ type }) => type === 'required_status_checks');
  return {
    name: `ruleset ${code(name)}`,
    url,
    review: strictest(rules.filter(({ type }) => type === 'pull_request').map(reviewOf)),
    signedCommits: has('required_signatures'),
    forbidsForcePush: has('non_fast_forward'),
    forbidsDeletion: has('deletion'),
    upToDate:
      has('merge_queue') ||
      statusRules.some(({ parameters }) => parameters?.['strict_required_status_checks_policy'] === true),
    checks: statusRules.flatMap(checksOfRule),
    bypass,
  };
}

async function readRuleset(
  { octokit, owner, repo }: PostureClient,
  id: number,
  repositoryUrl: string,
): Promise<Ruleset> {
  const url = `${repositoryUrl}/settings/rules/${String(id)}`;
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', {
      owner,
      repo,
      ruleset_id: id,
      includes_parents: true,
    });
    const actors = data.bypass_actors;
    return {
      name: data.name,
      url: data._links?.html?.href ?? url,
      bypass: actors === undefined ? unknown(HIDDEN) : known(actors.map(actorName)),
    };
  } catch (error) {
    if (!(error instanceof GitHubError) || !['not-found', 'permission'].includes(error.kind)) throw error;
    return { name: String(id), url, bypass: unknown(HIDDEN) };
  }
}

/** https://docs.github.com/rest/repos/rules: the numbers of the built-in roles. */
const ROLES: Readonly<Record<number, string>> = {
  2: 'everybody with the role maintain',
  4: 'everybody with the role write',
  5: 'administrators',
};

interface BypassActor {
  readonly actor_id?: number | null;
  readonly actor_type: string;
  readonly bypass_mode?: string;
}

function actorName({ actor_id: id, actor_type: type, bypass_mode: mode }: BypassActor): string {
  return `${actorOf(type, id ?? 0)}${mode === 'pull_request' ? ' (in pull requests)' : ''}`;
}

function actorOf(type: string, id: number): string {
  switch (type) {
    case 'OrganizationAdmin':
      return 'administrators of the organisation';
    case 'DeployKey':
      return 'deploy keys';
    case 'RepositoryRole':
      return ROLES[id] ?? `everybody with the role number ${String(id)}`;
    case 'Team':
      return `the team number ${String(id)}`;
    case 'Integration':
      return `the App number ${String(id)}`;
    default:
      return `${code(type)} number ${String(id)}`;
  }
}

function reviewOf({ parameters }: BranchRule): ReviewDemand {
  const count = parameters?.['required_approving_review_count'];
  return {
    approvals: typeof count === 'number' ? count : 0,
    codeOwners: parameters?.['require_code_owner_review'] === true,
    dismissStale: parameters?.['dismiss_stale_reviews_on_push'] === true,
    lastPush: parameters?.['require_last_push_approval'] === true,
  };
}

function strictest(demands: readonly ReviewDemand[]): ReviewDemand | null {
  if (demands.length === 0) return null;
  return {
    approvals: Math.max(...demands.map(({ approvals }) => approvals)),
    codeOwners: demands.some(({ codeOwners }) => codeOwners),
    dismissStale: demands.some(({ dismissStale }) => dismissStale),
    lastPush: demands.some(({ lastPush }) => lastPush),
  };
}

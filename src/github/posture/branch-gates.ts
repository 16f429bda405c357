import { code } from '../../report/markdown.ts';
import { known, unknown, type Gate, type RequiredCheck } from '../../posture/facts.ts';
import { listBranchRules, type BranchRule } from '../api/branch-rules.ts';
import { GitHubError } from '../errors.ts';
import { asUnread, isNotInPlan, type PostureClient } from './client.ts';
import { rulesetGate } from './ruleset-gate.ts';

export interface BranchGates {
  readonly gates: readonly Gate[];
  /** Why gates may be missing, as ends of sentences. */
  readonly unread: readonly string[];
}

const NEEDS = '`administration: read`';
const MAX_RULESETS = 50;

/** What guards a branch: its protection, and the rulesets of repository and organisation that hold for it. */
export async function readBranchGates(
  client: PostureClient,
  outline: BranchOutline,
  repositoryUrl: string,
): Promise<BranchGates> {
  const rulesets = await readRulesets(client, outline.name, repositoryUrl);
  // A ruleset makes a branch a protected one as well.
  const isExplained = outline.protection.enabled === false && rulesets.gates.length > 0;
  const protection = await readProtection(
    client,
    isExplained ? { ...outline, protected: false } : outline,
    repositoryUrl,
  );
  return {
    gates: [...protection.gates, ...rulesets.gates],
    unread: [...protection.unread, ...rulesets.unread],
  };
}

async function readProtection(
  { octokit, owner, repo }: PostureClient,
  outline: BranchOutline,
  repositoryUrl: string,
): Promise<BranchGates> {
  const url = `${repositoryUrl}/settings/branches`;
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/branches/{branch}/protection', {
      owner,
      repo,
      branch: outline.name,
    });
    const reviews = data.required_pull_request_reviews;
    const status = data.required_status_checks;
    return {
      gates: [
        {
          name: 'branch protection',
          url,
          review:
            reviews === undefined
              ? null
              : {
                  approvals: reviews.required_approving_review_count ?? 0,
                  codeOwners: reviews.require_code_owner_reviews,
                  dismissStale: reviews.dismiss_stale_reviews,
                  lastPush: reviews.require_last_push_approval === true,
                },
          signedCommits: data.required_signatures?.enabled === true,
          forbidsForcePush: data.allow_force_pushes?.enabled !== true,
          forbidsDeletion: data.allow_deletions?.enabled !== true,
          upToDate: status?.strict === true,
          checks: checksOf(status?.checks, status?.contexts),
          bypass: known([
            ...(data.enforce_admins?.enabled === true ? [] : ['administrators']),
            ...allowanceNames(reviews?.bypass_pull_request_allowances),
          ]),
        },
      ],
      unread: [],
    };
  } catch (error) {
    if (isNotInPlan(error)) return { gates: [], unread: [] };
    if (!(error instanceof GitHubError) || !['not-found', 'permission'].includes(error.kind)) throw error;
    if (/branch not protected/i.test(error.message)) return { gates: [], unread: [] };
    return gatesOfOutline(outline, url);
  }
}

/** What whoever may read a branch is told: whether it is protected and which checks are required, and no more. */
export interface BranchOutline {
  readonly name: string;
  readonly protected: boolean;
  readonly protection: {
    readonly enabled?: boolean;
    readonly required_status_checks?: {
      readonly enforcement_level?: string;
      readonly contexts?: readonly string[];
      readonly checks?: readonly ProtectionCheck[];
    };
  };
}

function gatesOfOutline({ protected: isProtected, protection }: BranchOutline, url: string): BranchGates {
  if (!isProtected) return { gates: [], unread: [] };
  const status = protection.required_status_checks;
  const checks =
    status === undefined || status.enforcement_level === 'off'
      ? []
      : checksOf(status.checks, status.contexts);
  const reason = `the token lacks ${NEEDS}, without which branch protection is hidden`;
  if (checks.length === 0) return { gates: [], unread: [reason] };
  const gate: Gate = {
    name: 'branch protection',
    url,
    review: null,
    signedCommits: false,
    forbidsForcePush: false,
    forbidsDeletion: false,
    upToDate: false,
    checks,
    bypass: unknown(reason),
  };
  return { gates: [gate], unread: [reason] };
}

async function readRulesets(
  client: PostureClient,
  branch: string,
  repositoryUrl: string,
): Promise<BranchGates> {
  let rules: readonly BranchRule[];
  try {
    const { items, truncated } = await listBranchRules(client, branch);
    if (truncated) return { gates: [], unread: ['the branch has more rules than are read'] };
    rules = items;
  } catch (error) {
    if (isNotInPlan(error)) return { gates: [], unread: [] };
    const unread = asUnread(error, '`metadata: read`');
    return { gates: [], unread: unread.known ? [] : [`rulesets: ${unread.reason}`] };
  }
  const ids = [...new Set(rules.flatMap(({ ruleset_id: id }) => id ?? []))];
  if (ids.length > MAX_RULESETS) return { gates: [], unread: ['the branch has more rulesets than are read'] };
  const gates: Gate[] = [];
  for (const id of ids) {
    const own = rules.filter(({ ruleset_id: other }) => other === id);
    gates.push(await rulesetGate(client, id, own, repositoryUrl));
  }
  return { gates, unread: [] };
}

interface ProtectionCheck {
  readonly context: string;
  readonly app_id?: number | null;
}

/** GitHub writes -1 or null for any source. */
function checksOf(
  checks: readonly ProtectionCheck[] | undefined,
  contexts: readonly string[] | undefined,
): RequiredCheck[] {
  if (checks === undefined) return (contexts ?? []).map((name) => ({ name, appId: null }));
  return checks.map(({ context, app_id: id }) => ({
    name: context,
    appId: id === undefined || id === null || id < 0 ? null : id,
  }));
}

interface Allowances {
  readonly users?: readonly { readonly login: string }[];
  readonly teams?: readonly { readonly slug: string }[];
  readonly apps?: readonly ({ readonly slug?: string } | null)[];
}

function allowanceNames(allowances: Allowances | undefined): string[] {
  return [
    ...(allowances?.users ?? []).map(({ login }) => code(login)),
    ...(allowances?.teams ?? []).map(({ slug }) => `the team ${code(slug)}`),
    ...(allowances?.apps ?? []).map((app) => `the App ${code(app?.slug ?? 'unknown')}`),
  ].map((name) => `${name} (without a pull request)`);
}

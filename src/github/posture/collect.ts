import {
  known,
  unknown,
  type ActionsSettings,
  type Known,
  type PostureFacts,
  type WorkflowToken,
} from '../../posture/facts.ts';
import { readBranchGates } from './branch-gates.ts';
import { asUnread, type PostureClient } from './client.ts';
import { readCodeOwners } from './code-owners.ts';

export interface PostureRequest extends PostureClient {
  /** The repository's default branch when absent. */
  readonly branch?: string | undefined;
  /** The App whose check is to be required; null: not known. */
  readonly appId: number | null;
}

/**
 * Asks GitHub how a repository is guarded. What it may not read is named in the facts.
 *
 * @throws {GitHubError} when the repository or the branch is not there, or GitHub cannot be reached
 */
export async function collectPosture(request: PostureRequest): Promise<PostureFacts> {
  const { octokit, owner, repo, appId } = request;
  const { data: repository } = await octokit.request('GET /repos/{owner}/{repo}', { owner, repo });
  const branch = request.branch ?? repository.default_branch;
  const { data: tip } = await octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', {
    owner,
    repo,
    branch,
  });
  const url = repository.html_url;
  const { gates, unread } = await readBranchGates(request, tip, url);
  const security = repository.security_and_analysis;
  return {
    owner: repository.owner.login,
    name: repository.name,
    url,
    branch,
    gates,
    gatesUnread: unread,
    appId,
    codeOwners: await readCodeOwners(request, branch, tip.commit.sha),
    secretScanning: featureOf(security, security?.secret_scanning),
    pushProtection: featureOf(security, security?.secret_scanning_push_protection),
    ...(await readActions(request)),
  };
}

interface Feature {
  readonly status?: string | undefined;
}

/** GitHub gives the whole section to administrators only, and leaves out what a plan or server does not have. */
function featureOf(section: object | null | undefined, feature: Feature | undefined): Known<boolean> {
  if (section === null || section === undefined) {
    return unknown('only administrators are told, so the token lacks `administration: read`');
  }
  if (feature?.status === undefined) return unknown('this GitHub does not offer it for the repository');
  return known(feature.status === 'enabled');
}

async function readActions({
  octokit,
  owner,
  repo,
}: PostureClient): Promise<Pick<PostureFacts, 'actions' | 'workflowToken'>> {
  const needs = '`administration: read`';
  const actions = await octokit
    .request('GET /repos/{owner}/{repo}/actions/permissions', { owner, repo })
    .then(({ data }) =>
      known({
        enabled: data.enabled,
        allowed: data.allowed_actions ?? null,
        pinned: data.sha_pinning_required === true,
      }),
    )
    .catch((error: unknown) => asUnread<ActionsSettings>(error, needs));
  const workflowToken = await octokit
    .request('GET /repos/{owner}/{repo}/actions/permissions/workflow', { owner, repo })
    .then(({ data }) =>
      known({
        mayWrite: data.default_workflow_permissions === 'write',
        mayApprove: data.can_approve_pull_request_reviews,
      }),
    )
    .catch((error: unknown) => asUnread<WorkflowToken>(error, needs));
  return { actions, workflowToken };
}

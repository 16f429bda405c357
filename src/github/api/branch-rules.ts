import type { Octokit } from '@octokit/rest';
import { isRecord } from '../../manifests/manifest.ts';
import { PAGE_SIZE, readPages } from './api.ts';

/** A rule of a ruleset that is in force for a branch, of the repository or of its organisation. */
export interface BranchRule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly ruleset_id?: number;
}

export interface BranchAddress {
  readonly octokit: Pick<Octokit, 'request'>;
  readonly owner: string;
  readonly repo: string;
}

const RULE_PAGES = 5;

/** The rules that hold for a branch. Needs to read metadata. */
export function listBranchRules(
  { octokit, owner, repo }: BranchAddress,
  branch: string,
): Promise<{ readonly items: readonly BranchRule[]; readonly truncated: boolean }> {
  return readPages<BranchRule>(RULE_PAGES, async (page) => {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
      owner,
      repo,
      branch,
      per_page: PAGE_SIZE,
      page,
    });
    return data;
  });
}

/** A check that a rule requires. */
export interface RuleCheck {
  readonly name: string;
  /** The App that must report it; null: any. */
  readonly appId: number | null;
}

/** The checks that a rule of the type `required_status_checks` requires. */
export function checksOfRule({ type, parameters }: BranchRule): readonly RuleCheck[] {
  const list = parameters?.['required_status_checks'];
  if (type !== 'required_status_checks' || !Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    if (!isRecord(one) || typeof one['context'] !== 'string') return [];
    const id = one['integration_id'];
    return [{ name: one['context'], appId: typeof id === 'number' && id >= 0 ? id : null }];
  });
}

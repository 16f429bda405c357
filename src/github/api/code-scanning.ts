import type { Api } from './api.ts';

export interface SarifUpload {
  /** The commit that was judged. */
  readonly commit: string;
  /** Full name: `refs/pull/7/head`. */
  readonly ref: string;
  /** gzip, in base64. */
  readonly sarif: string;
}

/** Uploads results to code scanning. They take the place of what was uploaded for this commit, so it is repeatable. */
export async function uploadSarif(api: Api, { commit, ref, sarif }: SarifUpload): Promise<void> {
  await api.octokit.request('POST /repos/{owner}/{repo}/code-scanning/sarifs', {
    owner: api.owner,
    repo: api.repo,
    commit_sha: commit,
    ref,
    sarif,
    tool_name: 'gitops-warden',
    request: { repeatable: true },
  });
}

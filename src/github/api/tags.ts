import type { Api } from './api.ts';

/** GitHub's word on the signature of an annotated tag. */
export interface VerifiedTag {
  readonly verified: boolean;
  readonly reason: string;
}

export async function tagVerification(api: Api, sha: string): Promise<VerifiedTag> {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', {
    owner: api.owner,
    repo: api.repo,
    tag_sha: sha,
  });
  const { verification } = data;
  return {
    verified: verification?.verified === true,
    reason: verification?.reason ?? 'gpgverify_unavailable',
  };
}

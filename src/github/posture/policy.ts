import type { FileVersion } from '../../engine/change.ts';
import type { PosturePolicy } from '../../engine/posture-policy.ts';
import type { ConfigProblem } from '../../engine/policy.ts';
import { resolvePolicy } from '../../pipeline/base-policy.ts';
import type { RuleSet } from '../../pipeline/rule-set.ts';
import type { PostureClient } from './client.ts';
import { readRepositoryFile } from '../api/contents.ts';

/** What the policy of a revision says about the posture, read through the API. */
export async function readPosturePolicy(
  { octokit, owner, repo }: PostureClient,
  rules: RuleSet,
  revision: string,
): Promise<{ readonly policy: PosturePolicy; readonly problems: readonly ConfigProblem[] }> {
  const findInTree = async (path: string): Promise<FileVersion | null> => {
    const answer = await readRepositoryFile(octokit, { owner, repo, path, ref: revision }, null);
    if (answer.state === 'not-found' || answer.state === 'no-file') return null;
    const content = answer.state === 'found' ? answer.file.content : null;
    return { path, mode: 'file', oid: '', content };
  };
  const { policy, problems } = await resolvePolicy(rules, { override: null, floor: null, findInTree });
  return { policy: policy.posture, problems };
}

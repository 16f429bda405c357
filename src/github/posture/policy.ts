import type { FileVersion } from '../../engine/change.ts';
import type { PosturePolicy } from '../../engine/posture-policy.ts';
import type { ConfigProblem } from '../../engine/policy.ts';
import { resolvePolicy } from '../../pipeline/base-policy.ts';
import type { RuleSet } from '../../pipeline/rule-set.ts';
import type { PostureClient } from './client.ts';
import { readRepositoryFile } from './repository-file.ts';

/** What the policy of a revision says about the posture, read through the API. */
export async function readPosturePolicy(
  client: PostureClient,
  rules: RuleSet,
  revision: string,
): Promise<{ readonly policy: PosturePolicy; readonly problems: readonly ConfigProblem[] }> {
  const findInTree = async (path: string): Promise<FileVersion | null> => {
    const file = await readRepositoryFile(client, path, revision);
    return file === null ? null : { path, mode: 'file', oid: '', content: file.content };
  };
  const { policy, problems } = await resolvePolicy(rules, { override: null, floor: null, findInTree });
  return { policy: policy.posture, problems };
}

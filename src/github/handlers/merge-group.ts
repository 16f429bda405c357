import type { RepositoryJob } from '../job.ts';
import { assertBranchRef, assertSha, sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

export const mergeGroupHandler: Handler<'merge_group'> = { event: 'merge_group', toJob };

function toJob({ id, payload }: Delivery<'merge_group'>): RepositoryJob | null {
  if (payload.action !== 'checks_requested') return null;
  const source = sourceOf(payload);
  const headSha = assertSha(payload.merge_group.head_sha);
  const key = `${String(source.repository.id)}/head/${headSha}`;
  return {
    ...source,
    kind: 'review-merge-group',
    key,
    supersedes: true,
    delivery: id,
    headSha,
    headRef: assertBranchRef(payload.merge_group.head_ref),
    baseSha: assertSha(payload.merge_group.base_sha),
  };
}

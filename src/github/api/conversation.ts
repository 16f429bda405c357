import { PAGE_SIZE, readPages } from './api.ts';
import type { Api } from './api.ts';
import { writeOnce } from '../write-once.ts';

const COMMENT_PAGES = 10;

export interface ConversationComment {
  readonly author: string;
  readonly body: string;
}

/**
 * Comments of a pull request's conversation, at most 1,000.
 *
 * @param since only those that were written or edited then or later; ISO 8601
 */
export async function listConversation(
  api: Api,
  number: number,
  since: string | null,
): Promise<readonly ConversationComment[]> {
  const { items } = await readPages(COMMENT_PAGES, async (page) => {
    const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      owner: api.owner,
      repo: api.repo,
      issue_number: number,
      per_page: PAGE_SIZE,
      page,
      ...(since === null ? {} : { since }),
    });
    return data;
  });
  return items.map(({ user, body }) => ({ author: user?.login ?? '', body: body ?? '' }));
}

/** Writes a comment; after a failure that leaves it open, `isThere` says whether it was written. */
export async function addToConversation(
  api: Api,
  number: number,
  body: string,
  isThere: () => Promise<boolean>,
): Promise<void> {
  await writeOnce(api.clock, {
    write: async () => {
      await api.octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        owner: api.owner,
        repo: api.repo,
        issue_number: number,
        body,
      });
      return true;
    },
    find: async () => ((await isThere()) ? true : null),
  });
}

/** Where somebody wrote a comment: in the conversation, or in the diff. */
export type CommentPlace = 'conversation' | 'diff';

/** Shows that a comment was seen. GitHub keeps one of a kind, however often it is asked. */
export async function showSeen(api: Api, place: CommentPlace, commentId: number): Promise<void> {
  const about = { owner: api.owner, repo: api.repo, comment_id: commentId, content: 'eyes' as const };
  if (place === 'conversation') {
    await api.octokit.request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', about);
  } else {
    await api.octokit.request('POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions', about);
  }
}

/** A comment in the diff. */
export async function getDiffComment(api: Api, id: number): Promise<ConversationComment> {
  const { data } = await api.octokit.request('GET /repos/{owner}/{repo}/pulls/comments/{comment_id}', {
    owner: api.owner,
    repo: api.repo,
    comment_id: id,
  });
  return { author: (data.user as { login: string } | null)?.login ?? '', body: data.body };
}

import { GitHubError } from '../errors.ts';
import type { PostureClient } from './client.ts';

/** GitHub gives the content of larger files another way. */
const MAX_BYTES = 1024 * 1024;

/**
 * A file at a revision; null when there is none, or something else than a file. `content` is null when it is too large to be
 * given out.
 *
 * @throws {GitHubError} when it cannot be read; a token that may not read it is told that there is none
 */
export async function readRepositoryFile(
  { octokit, owner, repo }: PostureClient,
  path: string,
  ref: string,
): Promise<{ readonly content: Uint8Array | null } | null> {
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
      owner,
      repo,
      path,
      ref,
    });
    if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) return null;
    const isWhole = data.encoding === 'base64' && data.size <= MAX_BYTES;
    return { content: isWhole ? Buffer.from(data.content, 'base64') : null };
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'not-found') return null;
    throw error;
  }
}

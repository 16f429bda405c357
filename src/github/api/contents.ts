import type { Octokit } from '@octokit/rest';
import { GitHubError } from '../errors.ts';

export interface FileAddress {
  readonly owner: string;
  readonly repo: string;
  readonly path: string;
  /** Null: the default branch. */
  readonly ref: string | null;
}

export interface KnownFile {
  readonly etag: string;
  readonly content: Uint8Array;
}

export type FileAnswer =
  | { readonly state: 'found'; readonly file: KnownFile }
  /** GitHub answers alike for what does not exist and for what may not be seen. */
  | { readonly state: 'not-found' }
  | { readonly state: 'refused'; readonly permission: string | null }
  /** A folder or a link. */
  | { readonly state: 'no-file' }
  /** Larger than what GitHub sends this way, which is 1 MiB. */
  | { readonly state: 'too-large' };

/**
 * Reads a file of any repository that the client may read.
 *
 * @param known the version that was read before; when it still counts, asking costs nothing of the hourly limit
 */
export async function readRepositoryFile(
  octokit: Pick<Octokit, 'request'>,
  { ref, ...address }: FileAddress,
  known: KnownFile | null,
): Promise<FileAnswer> {
  try {
    const { data, headers } = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...address,
      ...(ref === null ? {} : { ref }),
      ...(known === null ? {} : { headers: { 'if-none-match': known.etag } }),
    });
    if (Array.isArray(data) || data.type !== 'file') return { state: 'no-file' };
    if (data.encoding !== 'base64') return { state: 'too-large' };
    return {
      state: 'found',
      file: { etag: headers.etag ?? '', content: Buffer.from(data.content, 'base64') },
    };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.status === 304 && known !== null) return { state: 'found', file: known };
    const answer = refusalOf(error);
    if (answer === null) throw error;
    return answer;
  }
}

/** Null for trouble that says nothing about the file. */
function refusalOf({ status, kind, permission }: GitHubError): FileAnswer | null {
  if (kind === 'not-found' || kind === 'gone') return { state: 'not-found' };
  if (kind === 'permission' || status === 451) return { state: 'refused', permission };
  return null;
}

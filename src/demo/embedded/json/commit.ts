import type { DiffFile } from '../git-diff.ts';
import type { Identity, StoredCommit } from '../git-commits.ts';
import { readSshSignature } from '../signing.ts';
import type { EmbeddedRepository } from '../state.ts';
import type { World } from '../world.ts';
import { accountJson, nodeId } from './account.ts';
import { repositoryApiUrl, repositoryPageUrl } from './repository.ts';

export interface Verification {
  readonly verified: boolean;
  readonly reason: string;
  readonly signature: string | null;
  readonly payload: string | null;
  readonly verified_at: string | null;
}

/** What GitHub thinks of a commit's signature: by the keys that it knows, unless a test has said otherwise. */
export function verificationOf(world: World, commit: StoredCommit): Verification {
  const { signature, payload } = commit;
  const texts = signature === null ? { signature: null, payload: null } : { signature, payload };
  const verdict = world.state.verifications.get(commit.sha) ?? judgeSignature(world, commit);
  return { ...verdict, ...texts, verified_at: verdict.verified ? commit.committer.date : null };
}

function judgeSignature(
  world: World,
  { signature, payload }: StoredCommit,
): { readonly verified: boolean; readonly reason: string } {
  if (signature === null) return { verified: false, reason: 'unsigned' };
  const parsed = readSshSignature(signature, Buffer.from(payload));
  if (parsed === null || !world.state.signingKeys.has(parsed.publicKey)) {
    return { verified: false, reason: 'unknown_key' };
  }
  return parsed.valid ? { verified: true, reason: 'valid' } : { verified: false, reason: 'invalid' };
}

/** The account behind an address that GitHub gave out; null for any other address. */
function accountBehind(world: World, { email }: Identity): Record<string, unknown> | null {
  const login = /^\d+\+(.+)@users\.noreply\.github\.com$/.exec(email)?.[1];
  return login === undefined ? null : accountJson(world, login);
}

/** GitHub's `diff-entry`. */
export function diffEntryJson(
  world: World,
  repository: EmbeddedRepository,
  head: string,
  file: DiffFile,
): Record<string, unknown> {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repositoryPageUrl(world, repository)}/blob/${head}/${path}`,
    raw_url: `${repositoryPageUrl(world, repository)}/raw/${head}/${path}`,
    contents_url: `${repositoryApiUrl(world, repository)}/contents/${path}?ref=${head}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}

/** GitHub's `commit`, without files and statistics. */
export function commitJson(
  world: World,
  repository: EmbeddedRepository,
  commit: StoredCommit,
): Record<string, unknown> {
  const api = repositoryApiUrl(world, repository);
  const page = repositoryPageUrl(world, repository);
  return {
    sha: commit.sha,
    node_id: nodeId(`Commit:${repository.id}:${commit.sha}`, 0),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message.trimEnd(),
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: verificationOf(world, commit),
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: accountBehind(world, commit.author),
    committer: accountBehind(world, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
  };
}

import { code } from '../../report/markdown.ts';
import { known, unknown, type CodeOwners, type Known } from '../../posture/facts.ts';
import { CODEOWNERS_PATHS } from '../../engine/code-owners.ts';
import { unownedPlaces } from '../../posture/unowned.ts';
import { asUnread, type PostureClient } from './client.ts';
import { readRepositoryFile } from '../api/contents.ts';

const NEEDS = '`contents: read`';
const MAX_ERRORS = 20;

/** Reads who owns what on a branch, and what nobody owns. */
export async function readCodeOwners(
  client: PostureClient,
  branch: string,
  commit: string,
): Promise<CodeOwners> {
  const found = await readFirst(client, commit);
  if (!found.known) return { path: null, errors: found, unowned: found };
  if (found.value === null) return { path: null, errors: known([]), unowned: known([]) };
  const { path, text } = found.value;
  const paths = await readPaths(client, commit);
  return {
    path,
    errors: await readErrors(client, branch),
    unowned: paths.known ? known(unownedPlaces(text, paths.value)) : paths,
  };
}

interface OwnersFile {
  readonly path: string;
  readonly text: string;
}

/** A token that may not read contents is told that there is no file. */
async function readFirst(
  { octokit, owner, repo }: PostureClient,
  ref: string,
): Promise<Known<OwnersFile | null>> {
  for (const path of CODEOWNERS_PATHS) {
    const answer = await readRepositoryFile(octokit, { owner, repo, path, ref }, null);
    if (answer.state === 'refused') return unknown(`the token lacks ${answer.permission ?? NEEDS}`);
    if (answer.state === 'too-large') return unknown(`${code(path)} is too large to be read`);
    if (answer.state === 'found')
      return known({ path, text: Buffer.from(answer.file.content).toString('utf8') });
  }
  return known(null);
}

async function readPaths(
  { octokit, owner, repo }: PostureClient,
  commit: string,
): Promise<Known<readonly string[]>> {
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
      owner,
      repo,
      tree_sha: commit,
      recursive: '1',
    });
    if (data.truncated) return unknown('the repository has more files than GitHub lists at once');
    return known(data.tree.flatMap(({ type, path }) => (type === 'blob' ? [path] : [])));
  } catch (error) {
    return asUnread(error, NEEDS);
  }
}

async function readErrors(
  { octokit, owner, repo }: PostureClient,
  ref: string,
): Promise<Known<readonly string[]>> {
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/codeowners/errors', {
      owner,
      repo,
      ref,
    });
    return known(
      data.errors
        .slice(0, MAX_ERRORS)
        .map(({ path, line, kind }) => `GitHub cannot use line ${String(line)} of ${code(path)}: ${kind}.`),
    );
  } catch (error) {
    return asUnread(error, NEEDS);
  }
}

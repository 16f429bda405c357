import { runGit } from '../git.ts';
import { readFileAt, resolveRevision } from '../git-store.ts';
import { notFound, ok, type Reply, type RepositoryRequest } from '../http.ts';
import { repositoryApiUrl, repositoryPageUrl } from '../json/repository.ts';
import { REPOSITORY, type Route } from './route.ts';

/** GitHub sends the contents of larger files in another form only. */
const MAX_BYTES = 1024 * 1024;

/** One file; folders, which nobody asks for here, are not served. */
async function getContent({ world, repository, params, query }: RepositoryRequest): Promise<Reply> {
  const directory = repository.gitDirectory;
  const path = decodeURIComponent(params['path'] ?? '');
  const ref = query.get('ref') ?? repository.defaultBranch;
  const commit = await resolveRevision(directory, ref);
  const content = commit === null ? null : await readFileAt(directory, commit, path);
  if (commit === null || content === null) throw notFound();
  const { stdout } = await runGit(directory, ['rev-parse', `${commit}:${path}`]);
  const sha = stdout.toString().trim();
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const self = `${repositoryApiUrl(world, repository)}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryApiUrl(world, repository)}/git/blobs/${sha}`;
  const html = `${repositoryPageUrl(world, repository)}/blob/${encodeURIComponent(ref)}/${encoded}`;
  const isLarge = content.length > MAX_BYTES;
  return ok({
    type: 'file',
    name: path.split('/').at(-1),
    path,
    sha,
    size: content.length,
    encoding: isLarge ? 'none' : 'base64',
    content: isLarge ? '' : content.toString('base64'),
    url: self,
    git_url: git,
    html_url: html,
    download_url: html,
    _links: { self, git, html },
  });
}

export const CONTENT_ROUTES: readonly Route[] = [
  {
    key: `GET ${REPOSITORY}/contents/{path}`,
    access: [{ name: 'contents', level: 'read' }],
    handle: getContent,
  },
];

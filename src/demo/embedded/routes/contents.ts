import { gitText } from '../git.ts';
import { readFileAt, resolveRevision } from '../git-store.ts';
import { notFound, ok, type Reply, type RepositoryRequest } from '../http.ts';
import { repositoryApiUrl, repositoryPageUrl } from '../json/repository.ts';
import { REPOSITORY, type Route } from './route.ts';

const CONTENTS = [{ name: 'contents', level: 'read' }] as const;
/** GitHub gives no content of larger files here. */
const MAX_CONTENT = 1024 * 1024;

async function revisionOf({ repository }: RepositoryRequest, wanted: string): Promise<string> {
  const sha = await resolveRevision(repository.gitDirectory, wanted);
  if (sha === null) throw notFound();
  return sha;
}

/** Files only: nobody here asks for folders. */
async function getContents(request: RepositoryRequest): Promise<Reply> {
  const { world, repository, params, query } = request;
  const path = params['path'] ?? '';
  const ref = query.get('ref') ?? repository.defaultBranch;
  const commit = await revisionOf(request, ref);
  const content = await readFileAt(repository.gitDirectory, commit, path);
  if (content === null) throw notFound();
  const sha = await gitText(repository.gitDirectory, ['rev-parse', `${commit}:${path}`]);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const self = `${repositoryApiUrl(world, repository)}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryApiUrl(world, repository)}/git/blobs/${sha}`;
  const html = `${repositoryPageUrl(world, repository)}/blob/${encodeURIComponent(ref)}/${encoded}`;
  const whole = content.length <= MAX_CONTENT;
  return ok({
    type: 'file',
    encoding: whole ? 'base64' : 'none',
    size: content.length,
    name: path.split('/').at(-1) ?? path,
    path,
    content: whole ? content.toString('base64').replaceAll(/.{1,60}/g, '$&\n') : '',
    sha,
    url: self,
    git_url: git,
    html_url: html,
    download_url: html,
    _links: { git, html, self },
  });
}

async function getTree(request: RepositoryRequest): Promise<Reply> {
  const { world, repository, params, query } = request;
  const commit = await revisionOf(request, params['tree_sha'] ?? '');
  const directory = repository.gitDirectory;
  const options = query.has('recursive') ? ['-r', '-t'] : [];
  const lines = await gitText(directory, ['ls-tree', '-z', '-l', ...options, commit]);
  const api = repositoryApiUrl(world, repository);
  const tree = lines
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [facts = '', path = ''] = line.split('\t');
      const [mode = '', type = '', sha = '', size = '-'] = facts.split(/ +/);
      return {
        path,
        mode,
        type,
        sha,
        url: `${api}/git/${type}s/${sha}`,
        ...(size === '-' ? {} : { size: Number(size) }),
      };
    });
  const sha = await gitText(directory, ['rev-parse', `${commit}^{tree}`]);
  return ok({ sha, url: `${api}/git/trees/${sha}`, truncated: false, tree });
}

export const CONTENT_ROUTES: readonly Route[] = [
  { key: `GET ${REPOSITORY}/contents/{path}`, access: CONTENTS, handle: getContents },
  { key: `GET ${REPOSITORY}/git/trees/{tree_sha}`, access: CONTENTS, handle: getTree },
];

import { grants } from '../auth.ts';
import { readCommit } from '../git-commits.ts';
import { listRefs, type Ref, resolveRef } from '../git-store.ts';
import { notFound, ok, paginate, type Reply, type RepositoryRequest } from '../http.ts';
import { nodeId } from '../json/account.ts';
import { commitJson } from '../json/commit.ts';
import { repositoryApiUrl, repositoryJson, repositoryPageUrl } from '../json/repository.ts';
import { protectionOf, requiredChecksOf, rulesetsFor } from '../guards.ts';
import { settingsOf } from '../settings.ts';
import { REPOSITORY, type Route } from './route.ts';

const BRANCH_PREFIX = 'refs/heads/';

function getRepository({ world, repository, caller }: RepositoryRequest): Reply {
  const isAdministrator =
    caller.kind === 'installation' &&
    grants(caller.token.permissions, { name: 'administration', level: 'read' });
  return ok({
    ...repositoryJson(world, repository),
    network_count: 0,
    subscribers_count: 0,
    ...(isAdministrator ? { security_and_analysis: settingsOf(world.state, repository).security } : {}),
  });
}

async function listBranches(request: RepositoryRequest): Promise<Reply> {
  const { world, repository, query } = request;
  const wanted = query.get('protected');
  const branches = (await listRefs(repository.gitDirectory, BRANCH_PREFIX))
    .map(({ name, sha }) => {
      const branch = name.slice(BRANCH_PREFIX.length);
      return {
        name: branch,
        commit: { sha, url: `${repositoryApiUrl(world, repository)}/commits/${sha}` },
        protected: repository.protectedBranches.has(branch),
      };
    })
    .filter((branch) => wanted === null || String(branch.protected) === wanted);
  const { items, headers } = paginate(request, branches);
  return ok(items, headers);
}

async function getBranch({ world, repository, params }: RepositoryRequest): Promise<Reply> {
  const name = params['branch'] ?? '';
  const sha = await resolveRef(repository.gitDirectory, BRANCH_PREFIX + name);
  if (sha === null) throw notFound();
  const rule = protectionOf(world.state, repository, name);
  const isClassic = repository.protectedBranches.has(name) || rule !== undefined;
  // Any ruleset makes a branch a protected one, whatever it asks for.
  const isProtected = isClassic || rulesetsFor(world.state, repository, name).length > 0;
  const checks = rule === undefined ? [] : requiredChecksOf(rule);
  const self = `${repositoryApiUrl(world, repository)}/branches/${encodeURIComponent(name)}`;
  return ok({
    name,
    commit: commitJson(world, repository, await readCommit(repository.gitDirectory, sha)),
    _links: { self, html: `${repositoryPageUrl(world, repository)}/tree/${encodeURIComponent(name)}` },
    protected: isProtected,
    protection: {
      enabled: isClassic,
      // What everybody who may read the branch is told.
      required_status_checks: {
        enforcement_level: isClassic ? 'non_admins' : 'off',
        contexts: checks.map(({ context }) => context),
        checks,
      },
    },
    protection_url: `${self}/protection`,
  });
}

function refJson({ world, repository }: RepositoryRequest, { name, sha }: Ref): Record<string, unknown> {
  const api = repositoryApiUrl(world, repository);
  const path = name.split('/').map(encodeURIComponent).join('/');
  return {
    ref: name,
    node_id: nodeId(`Ref:${repository.id}:${name}`, 0),
    url: `${api}/git/${path}`,
    object: { type: 'commit', sha, url: `${api}/git/commits/${sha}` },
  };
}

async function getRef(request: RepositoryRequest): Promise<Reply> {
  const name = `refs/${request.params['ref'] ?? ''}`;
  const sha = await resolveRef(request.repository.gitDirectory, name);
  if (sha === null) throw notFound();
  return ok(refJson(request, { name, sha }));
}

async function listMatchingRefs(request: RepositoryRequest): Promise<Reply> {
  const refs = await listRefs(request.repository.gitDirectory, `refs/${request.params['ref'] ?? ''}`);
  return ok(refs.map((ref) => refJson(request, ref)));
}

const CONTENTS = [{ name: 'contents', level: 'read' }] as const;

export const REPOSITORY_ROUTES: readonly Route[] = [
  { key: `GET ${REPOSITORY}`, access: [{ name: 'metadata', level: 'read' }], handle: getRepository },
  { key: `GET ${REPOSITORY}/branches`, access: CONTENTS, handle: listBranches },
  { key: `GET ${REPOSITORY}/branches/{branch}`, access: CONTENTS, handle: getBranch },
  { key: `GET ${REPOSITORY}/git/ref/{ref}`, access: CONTENTS, handle: getRef },
  { key: `GET ${REPOSITORY}/git/matching-refs/{ref}`, access: CONTENTS, handle: listMatchingRefs },
];

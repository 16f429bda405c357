import { covers, issueToken } from '../auth.ts';
import {
  type ApiRequest,
  created,
  type InstallationRequest,
  notFound,
  ok,
  paginate,
  type Reply,
} from '../http.ts';
import { appJson, installationJson } from '../json/account.ts';
import { repositoryJson } from '../json/repository.ts';
import { findRepository } from '../state.ts';
import { REPOSITORY, type Route } from './route.ts';

const HOURLY_LIMIT = 5000;

function createToken({ world, params, body }: ApiRequest): Reply {
  const token = issueToken(world, Number(params['installation_id']), body);
  const { repositoryIds } = token;
  const repositories = world.state.repositories.filter((repository) => repositoryIds?.has(repository.id));
  return created({
    token: token.token,
    expires_at: new Date(token.expiresAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    permissions: token.permissions,
    repository_selection: 'selected',
    ...(repositoryIds === null
      ? {}
      : { repositories: repositories.map((repository) => repositoryJson(world, repository)) }),
  });
}

function listInstallations(request: ApiRequest): Reply {
  const { world } = request;
  const { items, headers } = paginate(request, [...world.state.installations]);
  return ok(
    items.map(([owner, id]) => installationJson(world, owner, id)),
    headers,
  );
}

function listRepositories(request: InstallationRequest): Reply {
  const { world, token } = request;
  const all = world.state.repositories.filter((repository) => covers(token, repository));
  const { items, headers } = paginate(request, all);
  const repositories = items.map((repository) => repositoryJson(world, repository));
  return ok({ total_count: all.length, repository_selection: 'selected', repositories }, headers);
}

function getInstallation({ world, params }: ApiRequest): Reply {
  const repository = findRepository(world.state, `${params['owner'] ?? ''}/${params['repo'] ?? ''}`);
  const id = repository?.installed === true ? world.state.installations.get(repository.owner) : undefined;
  if (repository === undefined || id === undefined) throw notFound();
  return ok(installationJson(world, repository.owner, id));
}

function getInstallationById({ world, params }: ApiRequest): Reply {
  const id = Number(params['installation_id']);
  const entry = [...world.state.installations].find(([, installation]) => installation === id);
  if (entry === undefined) throw notFound();
  return ok(installationJson(world, entry[0], id));
}

function getRateLimit({ world }: ApiRequest): Reply {
  const core = {
    limit: HOURLY_LIMIT,
    remaining: HOURLY_LIMIT,
    used: 0,
    reset: Math.floor(world.now() / 1000) + 3600,
  };
  return ok({ resources: { core, search: { ...core, limit: 30, remaining: 30 } }, rate: core });
}

export const APP_ROUTES: readonly Route[] = [
  { key: 'GET /app', access: 'app', handle: ({ world }) => ok(appJson(world)) },
  { key: 'GET /app/installations', access: 'app', handle: listInstallations },
  { key: 'GET /app/installations/{installation_id}', access: 'app', handle: getInstallationById },
  { key: 'POST /app/installations/{installation_id}/access_tokens', access: 'app', handle: createToken },
  { key: 'GET /installation/repositories', access: 'installation', handle: listRepositories },
  { key: `GET ${REPOSITORY}/installation`, access: 'app', handle: getInstallation },
  { key: 'GET /rate_limit', access: 'any', handle: getRateLimit },
  { key: 'GET /meta', access: 'any', handle: () => ok({ verifiable_password_authentication: false }) },
];

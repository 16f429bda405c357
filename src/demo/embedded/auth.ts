import { randomBytes, verify } from 'node:crypto';
import { isRecord } from '../../manifests/manifest.ts';
import { ApiError, type Caller, type RequiredPermission } from './http.ts';
import type { EmbeddedRepository, InstallationToken, PermissionLevel, Permissions } from './state.ts';
import type { World } from './world.ts';

const TOKEN_LIFETIME_MS = 60 * 60 * 1000;
const MAX_JWT_LIFETIME_S = 10 * 60;
/** GitHub lets the App's clock run ahead this far. */
const CLOCK_DRIFT_S = 60;
const JWT_SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;

function decodePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    throw undecodable();
  }
}

function undecodable(): ApiError {
  return new ApiError(401, 'A JSON web token could not be decoded');
}

/** Checks the token that an App signs with its private key. */
function verifyJwt(world: World, token: string): void {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const headerFields = decodePart(header);
  const claims = decodePart(payload);
  if (!isRecord(headerFields) || headerFields['alg'] !== 'RS256' || !isRecord(claims)) throw undecodable();
  const signed = Buffer.from(`${header}.${payload}`);
  if (String(claims['iss']) !== String(world.app.id)) throw new ApiError(404, 'Integration not found');
  if (!verify('RSA-SHA256', signed, world.app.publicKeyPem, Buffer.from(signature, 'base64url'))) {
    throw undecodable();
  }
  const now = Math.floor(world.now() / 1000);
  const { exp, iat } = claims;
  if (typeof exp !== 'number' || exp <= now) {
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + MAX_JWT_LIFETIME_S) {
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof iat !== 'number' || iat > now + CLOCK_DRIFT_S) {
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
}

function findToken(world: World, text: string): InstallationToken {
  const token = world.state.tokens.get(text);
  if (token === undefined || token.expiresAt <= world.now()) throw new ApiError(401, 'Bad credentials');
  return token;
}

/** Reads the Authorization header of an API call. */
export function authenticate(world: World, authorization: string | undefined): Caller {
  const credentials = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (credentials === undefined) throw new ApiError(401, 'Requires authentication');
  if (JWT_SHAPE.test(credentials)) {
    verifyJwt(world, credentials);
    return { kind: 'app' };
  }
  return { kind: 'installation', token: findToken(world, credentials) };
}

/** Reads the Basic credentials of a Git call; null when there are none that count. */
export function authenticateGit(world: World, authorization: string | undefined): InstallationToken | null {
  const encoded = /^basic\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const [user, password = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const token = world.state.tokens.get(password);
  if (user !== 'x-access-token' || token === undefined || token.expiresAt <= world.now()) return null;
  return token;
}

export function covers(token: InstallationToken, repository: EmbeddedRepository): boolean {
  const all = token.repositoryIds === null || token.repositoryIds.has(repository.id);
  return all && repository.installed && repository.owner === token.owner;
}

export function grants(permissions: Permissions, required: RequiredPermission): boolean {
  const level = permissions[required.name];
  return level === 'write' || level === required.level;
}

/** One of `required` is enough. */
export function requirePermission(token: InstallationToken, required: readonly RequiredPermission[]): void {
  if (required.some((permission) => grants(token.permissions, permission))) return;
  const accepted = required.map(({ name, level }) => `${name}=${level}`).join('; ');
  throw new ApiError(
    403,
    'Resource not accessible by integration',
    {},
    { 'x-accepted-github-permissions': accepted },
  );
}

function narrowPermissions(world: World, requested: unknown): Permissions {
  const granted: Permissions = { metadata: 'read', ...world.app.permissions };
  if (!isRecord(requested)) return granted;
  const narrowed: Record<string, PermissionLevel> = { metadata: 'read' };
  for (const [name, level] of Object.entries(requested)) {
    if ((level !== 'read' && level !== 'write') || !grants(granted, { name, level })) {
      throw new ApiError(422, 'The permissions requested are not granted to this installation.');
    }
    narrowed[name] = level;
  }
  return narrowed;
}

function selectRepositories(
  world: World,
  owner: string,
  body: Readonly<Record<string, unknown>>,
): ReadonlySet<number> | null {
  const ids = Array.isArray(body['repository_ids']) ? body['repository_ids'] : [];
  const names = Array.isArray(body['repositories']) ? body['repositories'] : [];
  if (ids.length + names.length === 0) return null;
  const installed = world.state.repositories.filter(
    (repository) => repository.owner === owner && repository.installed,
  );
  const selected = [
    ...ids.map((id) => installed.find((repository) => repository.id === id)),
    ...names.map((name) => installed.find((repository) => repository.name === name)),
  ];
  return new Set(
    selected.map((repository) => {
      if (repository !== undefined) return repository.id;
      throw new ApiError(
        422,
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    }),
  );
}

/** A new token for an installation, with no more rights than asked for. */
export function issueToken(
  world: World,
  installationId: number,
  body: Readonly<Record<string, unknown>>,
): InstallationToken {
  const entry = [...world.state.installations].find(([, id]) => id === installationId);
  if (entry === undefined) throw new ApiError(404, 'Not Found');
  const [owner] = entry;
  const token: InstallationToken = {
    token: `ghs_${randomBytes(27).toString('base64url').replaceAll(/[-_]/g, 'x')}`,
    installationId,
    owner,
    expiresAt: world.now() + TOKEN_LIFETIME_MS,
    permissions: narrowPermissions(world, body['permissions']),
    repositoryIds: selectRepositories(world, owner, body),
  };
  world.state.tokens.set(token.token, token);
  return token;
}

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** A token that a person made for the repositories of an owner; it can do what its permissions say. */
export function issuePersonalToken(world: World, owner: string, permissions: Permissions): string {
  const token = `github_pat_${randomBytes(27).toString('base64url').replaceAll(/[-_]/g, 'x')}`;
  world.state.tokens.set(token, {
    token,
    installationId: 0,
    owner,
    expiresAt: world.now() + YEAR_MS,
    permissions: { metadata: 'read', ...permissions },
    repositoryIds: null,
  });
  return token;
}

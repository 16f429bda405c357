import {
  ApiError,
  type InstallationRequest,
  notFound,
  ok,
  type Reply,
  type RepositoryRequest,
} from '../http.ts';
import { requirePermission } from '../auth.ts';
import { accountJson } from '../json/account.ts';
import { baseRoleOf, roleOf, type Role } from '../roles.ts';
import { REPOSITORY, type Route } from './route.ts';

/** What each role may do, as GitHub's `permissions` says it. */
const RIGHTS: Readonly<Record<Role, number>> = {
  none: 0,
  read: 1,
  triage: 2,
  write: 3,
  maintain: 4,
  admin: 5,
};
/** The old names of permissions know neither triage nor maintain. */
const LEGACY: Readonly<Record<Role, string>> = {
  none: 'none',
  read: 'read',
  triage: 'read',
  write: 'write',
  maintain: 'write',
  admin: 'admin',
};

function permissionOf({ world, repository, params }: RepositoryRequest): Reply {
  const login = params['username'] ?? '';
  const role = roleOf(world.state, repository, login);
  const base = baseRoleOf(role);
  const rank = RIGHTS[base];
  return ok({
    permission: LEGACY[base],
    role_name: role,
    user: {
      ...accountJson(world, login),
      permissions: {
        pull: rank >= 1,
        triage: rank >= 2,
        push: rank >= 3,
        maintain: rank >= 4,
        admin: rank >= 5,
      },
      role_name: role,
    },
  });
}

function membershipOf({ world, token, params }: InstallationRequest): Reply {
  requirePermission(token, [{ name: 'members', level: 'read' }]);
  const { org = '', team_slug: team = '', username = '' } = params;
  if (org.toLowerCase() !== token.owner.toLowerCase()) throw new ApiError(404, 'Not Found');
  const membership = world.state.teams.get(`${org}/${team}`.toLowerCase())?.get(username.toLowerCase());
  if (membership === undefined) throw notFound();
  const url = `${world.apiUrl}/organizations/1/team/1/memberships/${encodeURIComponent(username)}`;
  return ok({ url, role: 'member', state: membership });
}

export const PEOPLE_ROUTES: readonly Route[] = [
  {
    key: `GET ${REPOSITORY}/collaborators/{username}/permission`,
    access: [{ name: 'metadata', level: 'read' }],
    handle: permissionOf,
  },
  {
    key: 'GET /orgs/{org}/teams/{team_slug}/memberships/{username}',
    access: 'installation',
    handle: membershipOf,
  },
];

import { authorAssociation } from './json/pull-request.ts';
import type { EmbeddedRepository, State } from './state.ts';

export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';

const ROLES: readonly string[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** The role of somebody in a repository: a name of GitHub's, or the name of a custom role. */
export function roleOf(state: State, repository: EmbeddedRepository, login: string): string {
  const given = state.roles.get(`${String(repository.id)}:${login.toLowerCase()}`);
  if (given !== undefined) return given;
  if (login === repository.owner) return 'admin';
  return repository.private ? 'none' : 'read';
}

/** What a role inherits from; custom ones from `write`, as most do. */
export function baseRoleOf(role: string): Role {
  return ROLES.includes(role) ? (role as Role) : 'write';
}

/** Gives somebody a role in a repository. */
export function setRole(state: State, repository: EmbeddedRepository, login: string, role: string): void {
  state.roles.set(`${String(repository.id)}:${login.toLowerCase()}`, role);
}

/** What somebody is to a repository, as comments say it. */
export function associationOf(state: State, repository: EmbeddedRepository, login: string): string {
  const given = state.roles.get(`${String(repository.id)}:${login.toLowerCase()}`);
  return given === undefined || given === 'none' ? authorAssociation(repository, login) : 'COLLABORATOR';
}

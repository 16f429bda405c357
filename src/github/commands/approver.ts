import type { Approvers, WaiverPolicy } from '../../engine/waiver-policy.ts';
import type { Api } from '../api/api.ts';
import { getRole, isTeamMember } from '../api/people.ts';
import { GitHubError } from '../errors.ts';
import type { OwnersOf } from './code-owners.ts';

/** Whether somebody may, and if not, why, as Markdown without text of strangers. */
export type Right = { readonly may: true } | { readonly may: false; readonly why: string };

export interface Applicant {
  readonly login: string;
  /** Owner of the repository, whose teams are named without it. */
  readonly organisation: string;
  /** Every file that it is about; null when it is also about something that is no file. */
  readonly paths: readonly string[] | null;
  readonly ownersOf: () => Promise<OwnersOf>;
}

/** Asks GitHub whether the policy's lists of approvers name somebody: each list must. */
export async function mayApprove(
  api: Api,
  { approvers }: WaiverPolicy,
  applicant: Applicant,
): Promise<Right> {
  const notes: string[] = [];
  for (const list of approvers) {
    if (await isNamed(api, list, applicant, notes)) continue;
    return {
      may: false,
      why: [`Waivers here are given by ${describeApprovers(list)}.`, ...new Set(notes)].join(' '),
    };
  }
  return { may: true };
}

async function isNamed(api: Api, list: Approvers, applicant: Applicant, notes: string[]): Promise<boolean> {
  const login = applicant.login.toLowerCase();
  if (list.users.some((user) => user.toLowerCase() === login)) return true;
  const ask = (question: () => Promise<boolean>, what: string): Promise<boolean> =>
    asked(question, what, notes);
  if (
    (list.permission !== null || list.roles.length > 0) &&
    (await ask(() => hasRole(api, list, login), 'roles'))
  )
    return true;
  for (const team of list.teams) {
    const [organisation, slug] = team.includes('/') ? team.split('/') : [applicant.organisation, team];
    const members = { organisation: organisation ?? '', slug: slug ?? '' };
    if (await ask(() => isTeamMember(api, members, login), 'members of teams')) return true;
  }
  return list.codeOwners && (await ask(() => ownsAll(api, applicant), 'members of teams'));
}

async function hasRole(api: Api, { permission, roles }: Approvers, login: string): Promise<boolean> {
  const role = await getRole(api, login);
  if (permission !== null && role[permission]) return true;
  return roles.some((name) => name.toLowerCase() === role.name.toLowerCase());
}

async function ownsAll(api: Api, { login, paths, ownersOf }: Applicant): Promise<boolean> {
  if (paths === null || paths.length === 0) return false;
  const memberships = new Map<string, Promise<boolean>>();
  const isMember = (organisation: string, slug: string): Promise<boolean> => {
    const name = `${organisation}/${slug}`.toLowerCase();
    const known = memberships.get(name) ?? isTeamMember(api, { organisation, slug }, login);
    memberships.set(name, known);
    return known;
  };
  const ownersFor = await ownersOf();
  for (const path of paths) {
    let owns = false;
    for (const owner of ownersFor(path)) {
      owns =
        owner.type === 'user'
          ? owner.login.toLowerCase() === login.toLowerCase()
          : await isMember(owner.organisation, owner.slug);
      if (owns) break;
    }
    if (!owns) return false;
  }
  return true;
}

/** A question that GitHub does not let the App ask is answered with no, and noted. */
async function asked(question: () => Promise<boolean>, what: string, notes: string[]): Promise<boolean> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof GitHubError) || error.kind !== 'permission') throw error;
    const permission = error.permission === null ? '' : ` \`${error.permission.replaceAll('`', "'")}\``;
    notes.push(
      `The App lacks the permission${permission}, so it cannot see ${what}: an owner grants it in the settings of the installation.`,
    );
    return false;
  }
}

/** Whom a list names, as words. Names stand in code: they notify nobody. */
export function describeApprovers({ permission, roles, teams, users, codeOwners }: Approvers): string {
  const coded = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  const parts = [
    ...(permission === null
      ? []
      : [`people with the role \`${permission}\`${permission === 'admin' ? '' : ' or more'}`]),
    ...(roles.length === 0 ? [] : [`people with the role ${coded(roles)}`]),
    ...(teams.length === 0 ? [] : [`members of ${coded(teams)}`]),
    ...(users.length === 0 ? [] : [coded(users)]),
    ...(codeOwners ? ['code owners of all files concerned'] : []),
  ];
  return parts.length === 0 ? 'nobody: the policy says so' : parts.join(', or ');
}

import { grants } from '../auth.ts';
import { resolveRef } from '../git-store.ts';
import { ApiError, notFound, ok, paginate, type Reply, type RepositoryRequest } from '../http.ts';
import { repositoryApiUrl, repositoryPageUrl } from '../json/repository.ts';
import { protectionOf, requiredChecksOf, rulesetsFor, rulesetsOf } from '../guards.ts';
import { settingsOf } from '../settings.ts';
import type { BranchProtection, Ruleset } from '../state.ts';
import { REPOSITORY, type Route } from './route.ts';

const ADMINISTRATION = [{ name: 'administration', level: 'read' }] as const;
const METADATA = [{ name: 'metadata', level: 'read' }] as const;
const CONTENTS = [{ name: 'contents', level: 'read' }] as const;

async function getProtection({ world, repository, params }: RepositoryRequest): Promise<Reply> {
  const branch = params['branch'] ?? '';
  if ((await resolveRef(repository.gitDirectory, `refs/heads/${branch}`)) === null) {
    throw new ApiError(404, 'Branch not found');
  }
  const rule = protectionOf(world.state, repository, branch);
  if (rule === undefined) throw new ApiError(404, 'Branch not protected');
  const url = `${repositoryApiUrl(world, repository)}/branches/${encodeURIComponent(branch)}/protection`;
  return ok(protectionJson(rule, url));
}

function protectionJson(rule: BranchProtection, url: string): object {
  const { fields } = rule;
  const isOn = (name: string): boolean => typeof fields[name] === 'string' && fields[name] !== 'off';
  const checks = requiredChecksOf(rule);
  return {
    url,
    ...(isOn('pull_request_reviews_enforcement_level')
      ? {
          required_pull_request_reviews: {
            required_approving_review_count: fields['required_approving_review_count'],
            dismiss_stale_reviews: fields['dismiss_stale_reviews_on_push'],
            require_code_owner_reviews: fields['require_code_owner_review'],
            require_last_push_approval: fields['require_last_push_approval'],
          },
        }
      : {}),
    ...(checks.length > 0
      ? {
          required_status_checks: {
            strict: fields['strict_required_status_checks_policy'],
            contexts: checks.map(({ context }) => context),
            checks,
          },
        }
      : {}),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: fields['admin_enforced'] },
    required_signatures: {
      url: `${url}/required_signatures`,
      enabled: isOn('signature_requirement_enforcement_level'),
    },
    allow_force_pushes: { enabled: isOn('allow_force_pushes_enforcement_level') },
    allow_deletions: { enabled: isOn('allow_deletions_enforcement_level') },
  };
}

function listBranchRules(request: RepositoryRequest): Reply {
  const { world, repository, params } = request;
  const all = rulesetsFor(world.state, repository, params['branch'] ?? '').flatMap((ruleset) =>
    ruleset.rules.map((rule) => ({
      ...rule,
      ruleset_source_type: sourceOf(ruleset).source_type,
      ruleset_source: sourceOf(ruleset).source,
      ruleset_id: ruleset.id,
    })),
  );
  const { items, headers } = paginate(request, all);
  return ok(items, headers);
}

/** Only whoever may change a ruleset is told who may go past it. */
function getRuleset(request: RepositoryRequest): Reply {
  const { world, repository, params } = request;
  const id = Number(params['ruleset_id']);
  const ruleset = rulesetsOf(world.state, repository).find((one) => one.id === id);
  if (ruleset === undefined) throw notFound();
  const { caller } = request;
  const mayEdit =
    caller.kind === 'installation' &&
    grants(caller.token.permissions, { name: 'administration', level: 'write' });
  return ok({
    ...rulesetJson(request, ruleset),
    ...(mayEdit ? { bypass_actors: ruleset.bypassActors } : {}),
  });
}

/** Where it stands, as GitHub names it. */
export function sourceOf({ repository, organisation }: Ruleset): {
  readonly source_type: string;
  readonly source: string;
} {
  return repository === null
    ? { source_type: 'Organization', source: organisation }
    : { source_type: 'Repository', source: repository.fullName };
}

function rulesetJson({ world, repository }: RepositoryRequest, ruleset: Ruleset): object {
  const { id, name, enforcement, include, exclude, rules } = ruleset;
  const isOwn = ruleset.repository === repository;
  const page = isOwn
    ? `${repositoryPageUrl(world, repository)}/rules/${id}`
    : `${world.url}/organizations/${repository.owner}/settings/rules/${id}`;
  return {
    id,
    name,
    target: 'branch',
    ...sourceOf(ruleset),
    enforcement,
    conditions: { ref_name: { include, exclude } },
    rules,
    _links: {
      self: { href: `${repositoryApiUrl(world, repository)}/rulesets/${id}` },
      html: { href: page },
    },
  };
}

export const SETTINGS_ROUTES: readonly Route[] = [
  { key: `GET ${REPOSITORY}/branches/{branch}/protection`, access: ADMINISTRATION, handle: getProtection },
  { key: `GET ${REPOSITORY}/rules/branches/{branch}`, access: METADATA, handle: listBranchRules },
  { key: `GET ${REPOSITORY}/rulesets/{ruleset_id}`, access: METADATA, handle: getRuleset },
  {
    key: `GET ${REPOSITORY}/actions/permissions`,
    access: ADMINISTRATION,
    handle: ({ world, repository }) => ok(settingsOf(world.state, repository).actions),
  },
  {
    key: `GET ${REPOSITORY}/actions/permissions/workflow`,
    access: ADMINISTRATION,
    handle: ({ world, repository }) => ok(settingsOf(world.state, repository).workflowToken),
  },
  {
    key: `GET ${REPOSITORY}/codeowners/errors`,
    access: CONTENTS,
    handle: ({ world, repository }) => ok({ errors: settingsOf(world.state, repository).codeOwnersErrors }),
  },
];

import { grants } from '../auth.ts';
import { resolveRef } from '../git-store.ts';
import { ApiError, notFound, ok, paginate, type Reply, type RepositoryRequest } from '../http.ts';
import { repositoryApiUrl, repositoryPageUrl } from '../json/repository.ts';
import { rulesetsFor, settingsOf, type Ruleset } from '../settings.ts';
import { REPOSITORY, type Route } from './route.ts';

const ADMINISTRATION = [{ name: 'administration', level: 'read' }] as const;
const METADATA = [{ name: 'metadata', level: 'read' }] as const;
const CONTENTS = [{ name: 'contents', level: 'read' }] as const;

async function getProtection({ world, repository, params }: RepositoryRequest): Promise<Reply> {
  const branch = params['branch'] ?? '';
  if ((await resolveRef(repository.gitDirectory, `refs/heads/${branch}`)) === null) {
    throw new ApiError(404, 'Branch not found');
  }
  const protection = settingsOf(world.state, repository).protection[branch];
  if (protection === undefined) throw new ApiError(404, 'Branch not protected');
  const url = `${repositoryApiUrl(world, repository)}/branches/${encodeURIComponent(branch)}/protection`;
  return ok({ url, ...protection });
}

function listBranchRules(request: RepositoryRequest): Reply {
  const { world, repository, params } = request;
  const all = rulesetsFor(world.state, repository, params['branch'] ?? '').flatMap(({ id, rules }) =>
    rules.map((rule) => ({
      ...rule,
      ruleset_source_type: 'Repository',
      ruleset_source: repository.fullName,
      ruleset_id: id,
    })),
  );
  const { items, headers } = paginate(request, all);
  return ok(items, headers);
}

/** Only whoever may change a ruleset is told who may go past it. */
function getRuleset(request: RepositoryRequest): Reply {
  const { world, repository, params } = request;
  const id = Number(params['ruleset_id']);
  const ruleset = settingsOf(world.state, repository).rulesets.find((one) => one.id === id);
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

function rulesetJson({ world, repository }: RepositoryRequest, ruleset: Ruleset): object {
  const { id, name, enforcement, include, rules } = ruleset;
  return {
    id,
    name,
    target: 'branch',
    source_type: 'Repository',
    source: repository.fullName,
    enforcement,
    conditions: { ref_name: { include, exclude: [] } },
    rules,
    _links: {
      self: { href: `${repositoryApiUrl(world, repository)}/rulesets/${id}` },
      html: { href: `${repositoryPageUrl(world, repository)}/rules/${id}` },
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

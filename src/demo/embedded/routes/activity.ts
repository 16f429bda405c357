import { ok, pageSize, paginate, type Reply, type RepositoryRequest } from '../http.ts';
import { accountJson, nodeId } from '../json/account.ts';
import { accountOf } from '../world.ts';
import { REPOSITORY, type Route } from './route.ts';

/** Newest first. There is no second page here: GitHub's has a cursor. */
function listActivity({ world, repository, query }: RepositoryRequest): Reply {
  const ref = query.get('ref');
  const type = query.get('activity_type');
  const actor = query.get('actor');
  const found = world.state.activities.filter(
    (one) =>
      one.repository === repository &&
      (ref === null || one.ref === (ref.startsWith('refs/') ? ref : `refs/heads/${ref}`)) &&
      (type === null || one.type === type) &&
      (actor === null || one.actor === actor),
  );
  if ((query.get('direction') ?? 'desc') === 'desc') found.reverse();
  return ok(
    found.slice(0, pageSize(query)).map(({ id, ref: name, before, after, type: activity_type, ...one }) => ({
      id,
      node_id: nodeId('Activity', id),
      before,
      after,
      ref: name,
      timestamp: one.at,
      activity_type,
      actor: accountJson(world, one.actor),
    })),
  );
}

function listRuleSuites(request: RepositoryRequest): Reply {
  const { world, repository, query } = request;
  const ref = query.get('ref');
  const result = query.get('rule_suite_result') ?? 'all';
  const found = world.state.ruleSuites.filter(
    (one) =>
      one.repository === repository &&
      (ref === null || one.ref === ref || one.ref === `refs/heads/${ref}`) &&
      (result === 'all' || one.result === result),
  );
  const { items, headers } = paginate(request, found.toReversed());
  return ok(
    items.map((one) => ({
      id: one.id,
      actor_id: accountOf(world, one.actor).id,
      actor_name: one.actor,
      before_sha: one.before,
      after_sha: one.after,
      ref: one.ref,
      repository_id: repository.id,
      repository_name: repository.name,
      pushed_at: one.at,
      result: one.result,
      evaluation_result: one.result,
    })),
    headers,
  );
}

export const ACTIVITY_ROUTES: readonly Route[] = [
  { key: `GET ${REPOSITORY}/activity`, access: [{ name: 'contents', level: 'read' }], handle: listActivity },
  {
    key: `GET ${REPOSITORY}/rulesets/rule-suites`,
    access: [{ name: 'administration', level: 'write' }],
    handle: listRuleSuites,
  },
];

import type { RepositoryJob } from '../job.ts';
import { rulesetChange } from '../protection/from-ruleset.ts';
import { sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';
import { protectionJob } from './protection-job.ts';

export const repositoryRulesetHandler: Handler<'repository_ruleset'> = { event: 'repository_ruleset', toJob };

/** An organisation's ruleset comes without a repository, and there is no place for an issue about it. */
function toJob({ id, payload }: Delivery<'repository_ruleset'>): RepositoryJob | null {
  if (payload.repository === undefined) return null;
  const changes = 'changes' in payload ? payload.changes : undefined;
  const change = rulesetChange(payload.action, { ...payload.repository_ruleset }, changes);
  return change === null ? null : protectionJob(sourceOf(payload), id, change, payload.sender.login);
}

import type { Job } from '../job.ts';
import { rulesetChange } from '../protection/from-ruleset.ts';
import { protectionJob } from '../protection/protection-job.ts';
import { installationOf, sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';

export const repositoryRulesetHandler: Handler<'repository_ruleset'> = { event: 'repository_ruleset', toJob };

/** An organisation's ruleset comes without a repository: where it is told, its job looks for. */
function toJob({ id, payload }: Delivery<'repository_ruleset'>): Job | null {
  const changes = 'changes' in payload ? payload.changes : undefined;
  const ruleset = { ...payload.repository_ruleset };
  const actor = payload.sender.login;
  if (payload.repository !== undefined) {
    const change = rulesetChange(payload.action, ruleset, changes);
    return change === null ? null : protectionJob(sourceOf(payload), id, change, actor);
  }
  const change = rulesetChange(payload.action, ruleset, changes, 'organisation-ruleset');
  if (change === null) return null;
  const installationId = installationOf(payload);
  const key = `organisation/${String(installationId)}/protection`;
  return { kind: 'place-protection', key, supersedes: false, delivery: id, installationId, change, actor };
}

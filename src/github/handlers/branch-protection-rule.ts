import type { RepositoryJob } from '../job.ts';
import { branchProtectionChange } from '../protection/from-branch-protection.ts';
import { sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';
import { protectionJob } from '../protection/protection-job.ts';

export const branchProtectionRuleHandler: Handler<'branch_protection_rule'> = {
  event: 'branch_protection_rule',
  toJob,
};

function toJob({ id, payload }: Delivery<'branch_protection_rule'>): RepositoryJob | null {
  const changes = 'changes' in payload ? payload.changes : undefined;
  const change = branchProtectionChange(payload.action, { ...payload.rule }, changes);
  return change === null ? null : protectionJob(sourceOf(payload), id, change, payload.sender.login);
}

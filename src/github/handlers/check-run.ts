import { CHECK_NAME } from '../../report/check-run.ts';
import type { RepositoryJob } from '../job.ts';
import { RECHECK_BUTTON, WAIVER_BUTTON } from '../commands/buttons.ts';
import { assertSha, sourceOf } from './handler.ts';
import type { Delivery, Handler } from './handler.ts';
import { recheckJob } from './recheck-job.ts';

export const checkRunHandler: Handler<'check_run'> = { event: 'check_run', toJob };

function toJob({ id, payload, appId }: Delivery<'check_run'>): RepositoryJob | null {
  const { check_run: run } = payload;
  if (run.app?.id !== appId || run.name !== CHECK_NAME) return null;
  if (payload.action === 'rerequested') return recheckJob(sourceOf(payload), id, run.head_sha);
  if (payload.action !== 'requested_action') return null;
  const pressed = payload.requested_action?.identifier;
  if (pressed === RECHECK_BUTTON.identifier) return recheckJob(sourceOf(payload), id, run.head_sha);
  if (pressed !== WAIVER_BUTTON.identifier) return null;
  const source = sourceOf(payload);
  const headSha = assertSha(run.head_sha);
  return {
    ...source,
    kind: 'request-waiver',
    key: `${String(source.repository.id)}/waiver-request/${headSha}`,
    supersedes: false,
    delivery: id,
    headSha,
    requester: payload.sender.login,
  };
}

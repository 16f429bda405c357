import type { Probot } from 'probot';
import type { Logger } from '../dependencies.ts';
import type { Job } from '../job.ts';
import { jobSubject } from '../job.ts';
import { checkRunHandler } from './check-run.ts';
import { checkSuiteHandler } from './check-suite.ts';
import type { Delivery, Handler } from './handler.ts';
import { installationHandler } from './installation.ts';
import { mergeGroupHandler } from './merge-group.ts';
import { pullRequestHandler } from './pull-request.ts';
import { pushHandler } from './push.ts';

export const HANDLERS = [
  pullRequestHandler,
  mergeGroupHandler,
  checkRunHandler,
  checkSuiteHandler,
  pushHandler,
  installationHandler,
] as const;

export interface Registration {
  readonly appId: number;
  readonly enqueue: (job: Job) => void;
  readonly log: Logger;
}

/** Takes in a delivery; throws what its handler threw. */
export type Receive = (event: Parameters<Probot['webhooks']['receive']>[0]) => Promise<void>;

/**
 * Connects every handler with its event. Errors of handlers go round Probot, which would log them with the whole
 * payload; they reach the caller, so that GitHub shows the delivery as failed.
 */
export function registerHandlers(probot: Probot, registration: Registration): Receive {
  const failures = new Map<string, unknown>();
  for (const handler of HANDLERS) register(probot, handler as Handler<never>, registration, failures);
  return async (event) => {
    await probot.webhooks.receive(event);
    if (!failures.has(event.id)) return;
    const failure = failures.get(event.id);
    failures.delete(event.id);
    throw failure;
  };
}

function register(
  probot: Probot,
  handler: Handler<never>,
  { appId, enqueue, log }: Registration,
  failures: Map<string, unknown>,
): void {
  const { event } = handler as { readonly event: (typeof HANDLERS)[number]['event'] };
  probot.on(event, ({ id, payload }) => {
    try {
      const job = handler.toJob({ id, payload, appId } as Delivery<never>);
      const action = 'action' in payload ? payload.action : null;
      if (job === null) {
        const { installation } = payload as { readonly installation?: { readonly id: number } };
        log.info({ delivery: id, event, action, installation: installation?.id }, 'Event needs no work');
        return;
      }
      enqueue(job);
      log.info({ ...jobSubject(job), event, action }, 'Work accepted');
    } catch (error) {
      failures.set(id, error);
    }
  });
}

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

/** Connects every handler with its event. An error in one makes the delivery fail, so that GitHub shows it. */
export function registerHandlers(probot: Probot, registration: Registration): void {
  for (const handler of HANDLERS) register(probot, handler as Handler<never>, registration);
}

function register(probot: Probot, handler: Handler<never>, { appId, enqueue, log }: Registration): void {
  const { event } = handler as { readonly event: (typeof HANDLERS)[number]['event'] };
  probot.on(event, (context) => {
    const job = handler.toJob({ id: context.id, payload: context.payload, appId } as Delivery<never>);
    const action = 'action' in context.payload ? context.payload.action : null;
    const installation =
      'installation' in context.payload ? (context.payload.installation?.id ?? null) : null;
    if (job === null) {
      log.info({ delivery: context.id, event, action, installation }, 'Event needs no work');
      return;
    }
    enqueue(job);
    log.info({ ...jobSubject(job), event, action }, 'Work accepted');
  });
}

import { randomUUID } from 'node:crypto';
import type { Probot } from 'probot';
import type { Logger } from '../dependencies.ts';
import type { Job } from '../job.ts';
import { jobSubject } from '../job.ts';
import { branchProtectionRuleHandler } from './branch-protection-rule.ts';
import { checkRunHandler } from './check-run.ts';
import { checkSuiteHandler } from './check-suite.ts';
import type { Delivery, Handler } from './handler.ts';
import { installationHandler } from './installation.ts';
import { issueCommentHandler } from './issue-comment.ts';
import { issuesHandler } from './issues.ts';
import { mergeGroupHandler } from './merge-group.ts';
import { pullRequestHandler } from './pull-request.ts';
import { pushHandler } from './push.ts';
import { reviewCommentHandler } from './review-comment.ts';
import { repositoryRulesetHandler } from './repository-ruleset.ts';

export const HANDLERS = [
  pullRequestHandler,
  mergeGroupHandler,
  checkRunHandler,
  checkSuiteHandler,
  pushHandler,
  branchProtectionRuleHandler,
  repositoryRulesetHandler,
  installationHandler,
  issueCommentHandler,
  issuesHandler,
  reviewCommentHandler,
] as const;

export interface Registration {
  readonly appId: number;
  /** Keeps the delivery and its work; false when it was kept before. */
  readonly accept: (
    delivery: { readonly id: string; readonly event: string },
    job: Job | null,
  ) => Promise<boolean>;
  readonly log: Logger;
}

export interface ReceivedEvent {
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Takes in a delivery; throws what its handler threw. */
export type Receive = (event: ReceivedEvent) => Promise<'accepted' | 'duplicate' | 'ignored'>;

type Outcome = { readonly job: Job | null } | { readonly error: unknown };

interface Call {
  readonly delivery: string;
  outcome: Outcome | null;
}

/**
 * Connects every handler with its event. What a handler makes, and what it throws, goes round Probot, which would log
 * errors with the whole payload; so GitHub shows a delivery as failed whose work was not kept.
 */
export function registerHandlers(probot: Probot, registration: Registration): Receive {
  const { accept, log } = registration;
  // A delivery can arrive twice at the same time, so each call has a name of its own.
  const calls = new Map<string, Call>();
  for (const handler of HANDLERS) register(probot, handler as Handler<never>, registration.appId, calls);
  return async ({ id, name, payload }) => {
    const call: Call = { delivery: id, outcome: null };
    const internal = randomUUID();
    calls.set(internal, call);
    try {
      await probot.webhooks.receive({ id: internal, name, payload } as unknown as Parameters<
        Probot['webhooks']['receive']
      >[0]);
    } finally {
      calls.delete(internal);
    }
    const { outcome } = call;
    if (outcome !== null && 'error' in outcome) throw outcome.error;
    const job = outcome?.job ?? null;
    const fresh = await accept({ id, event: name }, job);
    const { action, installation } = payload as { action?: unknown; installation?: { id?: unknown } };
    const about = { event: name, action: typeof action === 'string' ? action : null };
    if (!fresh) {
      log.info({ delivery: id, ...about }, 'This delivery was accepted before');
      return 'duplicate';
    }
    if (job === null) {
      log.info({ delivery: id, ...about, installation: installation?.id }, 'Event needs no work');
      return 'ignored';
    }
    log.info({ ...jobSubject(job), ...about }, 'Work accepted');
    return 'accepted';
  };
}

function register(
  probot: Probot,
  handler: Handler<never>,
  appId: number,
  calls: ReadonlyMap<string, Call>,
): void {
  const { event } = handler as { readonly event: (typeof HANDLERS)[number]['event'] };
  probot.on(event, ({ id, payload }) => {
    const call = calls.get(id);
    if (call === undefined) return;
    try {
      call.outcome = { job: handler.toJob({ id: call.delivery, payload, appId } as Delivery<never>) };
    } catch (error) {
      call.outcome = { error };
    }
  });
}

import { checkRunPayload, checkSuitePayload, installationPayload } from '../payloads.ts';
import type { EmbeddedRepository } from '../state.ts';
import type { Stage } from './stage.ts';

/** Presses "Re-run" on one check run. */
export function rerequestCheck({ world, webhooks }: Stage, checkRunId: number, user: string): void {
  const run = world.state.checkRuns.find((candidate) => candidate.id === checkRunId);
  if (run === undefined) throw new Error(`There is no check run ${checkRunId}.`);
  Object.assign(run, { status: 'queued', conclusion: null, completedAt: null });
  webhooks.send('check_run', checkRunPayload(world, run, 'rerequested', user));
}

/** Presses "Re-run all checks". */
export async function rerequestSuite(
  { world, webhooks }: Stage,
  repository: EmbeddedRepository,
  sha: string,
  user: string,
): Promise<void> {
  webhooks.send('check_suite', await checkSuitePayload(world, repository, sha, 'rerequested', user));
}

export function installationEvent({ world, webhooks }: Stage, owner: string, action: string): void {
  webhooks.send('installation', installationPayload(world, owner, action));
}

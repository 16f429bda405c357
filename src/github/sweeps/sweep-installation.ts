import { dayOf } from '../../engine/waiver.ts';
import { hasCompletedCheck } from '../api/check-runs.ts';
import { listInstalledRepositories } from '../api/installations.ts';
import { listOpenPullRequests } from '../api/pull-requests.ts';
import type { RepositoryRef, SweepInstallationJob } from '../job.ts';
import { enqueuePosture } from '../posture/posture-job.ts';
import { enqueueRegularRejudge } from '../rejudge/regular-rejudge.ts';
import { LEFT_FOR_REVIEWS } from '../rejudge/pace.ts';
import { reviewJob } from '../review-job.ts';
import { isGone } from '../transient.ts';
import { recordSweep, type SweepContext } from './context.ts';

/**
 * Looks for open pull requests whose head has no verdict of ours, and has them reviewed: so a webhook that was lost
 * heals by itself. It goes on where the one before it stopped for the rate limit.
 */
export async function sweepInstallation(context: SweepContext, job: SweepInstallationJob): Promise<void> {
  const { environment, log, signal } = context;
  const octokit = await environment.installationClient(job.installationId);
  const mark = `sweep-installation/${String(job.installationId)}`;
  let page = Number((await environment.ledger.mark(mark)) ?? 1);
  let found = 0;
  let examined = 0;
  const end = async (next: number): Promise<void> => {
    await environment.ledger.setMark(mark, String(next));
    await recordSweep(context, 'repositories', examined, found, job.installationId);
    environment.metrics.sweepFound('pull_request', found);
  };
  for (;;) {
    const { items, last } = await listInstalledRepositories(octokit, page);
    for (const repository of items) {
      signal.throwIfAborted();
      if (environment.rateLimitLeft(job.installationId) < LEFT_FOR_REVIEWS) {
        log.warn({ page, found }, 'The sweep stops here for the rate limit and goes on at the next one');
        await end(page);
        return;
      }
      examined += 1;
      found += await sweepRepository(context, job, repository);
      await enqueuePosture(environment, job.installationId, repository);
    }
    if (last) break;
    page += 1;
  }
  await end(1);
  log.info({ found }, 'Installation swept');
}

async function sweepRepository(
  context: SweepContext,
  { installationId }: SweepInstallationJob,
  repository: RepositoryRef,
): Promise<number> {
  const { environment, log } = context;
  const api = await environment.apiFor(installationId, repository);
  try {
    const { items, truncated } = await listOpenPullRequests(api, null);
    const settled = environment.clock.now() - environment.sweepGrace;
    const pulls = items.filter(({ updatedAt }) => updatedAt < settled);
    if (truncated) log.warn({ repository: nameOf(repository) }, 'More open pull requests than are swept');
    const jobs = pulls.map((pull) =>
      reviewJob(
        { installationId, repository },
        pull,
        `${context.delivery}/${String(repository.id)}/${String(pull.number)}/${pull.headSha}`,
      ),
    );
    const judged = await environment.ledger.judgedAmong(
      repository.id,
      pulls.map(({ headSha }) => headSha),
      dayOf(environment.clock.now()),
    );
    const live = await environment.liveKeys(jobs.map(({ key }) => key));
    if (judged.size > 0) await enqueueRegularRejudge(environment, { installationId, repository });
    let found = 0;
    for (const job of jobs) {
      if (judged.has(job.headSha) || live.has(job.key)) continue;
      // One that has ended is still on GitHub.
      const isEnded = (await environment.ledger.verdictOn(repository.id, job.headSha)) !== null;
      if (!isEnded && (await hasCompletedCheck(api, job.headSha, environment.appId))) {
        await environment.ledger.judged(repository.id, job.headSha, null);
        continue;
      }
      if (!(await environment.enqueue(job))) continue;
      found += 1;
      log.info(
        { repository: nameOf(repository), pullRequest: job.number, head: job.headSha },
        'A head without a verdict was found',
      );
    }
    return found;
  } catch (error) {
    if (!isGone(error)) throw error;
    log.info({ repository: nameOf(repository) }, 'The repository is not there any more');
    return 0;
  }
}

function nameOf({ owner, name }: RepositoryRef): string {
  return `${owner}/${name}`;
}

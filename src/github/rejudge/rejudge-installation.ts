import { listInstalledRepositories } from '../api/installations.ts';
import type { RejudgeInstallationJob } from '../job.ts';
import type { SweepContext } from '../sweeps/context.ts';
import { rejudgeJob } from './rejudge-job.ts';

/** What counts for all repositories of an owner changed: each looks for verdicts that were given before. */
export async function rejudgeInstallation(
  { environment, log, signal }: SweepContext,
  { installationId, delivery }: RejudgeInstallationJob,
): Promise<void> {
  const octokit = await environment.installationClient(installationId);
  for (let page = 1; ; page += 1) {
    signal.throwIfAborted();
    const { items, last } = await listInstalledRepositories(octokit, page);
    for (const repository of items) {
      const source = { installationId, repository };
      await environment.enqueue(rejudgeJob(source, null, `${delivery}/${String(repository.id)}`));
    }
    log.info({ page, repositories: items.length }, 'Repositories look for verdicts under an older policy');
    if (last) return;
  }
}

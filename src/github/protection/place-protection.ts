import { listInstalledRepositories } from '../api/installations.ts';
import type { PlaceProtectionJob, RepositoryRef } from '../job.ts';
import type { SweepContext } from '../sweeps/context.ts';
import { protectionJob } from './protection-job.ts';

/** Where an organisation keeps what holds for all of its repositories. */
const ORGANISATION_REPOSITORY = '.github';

/**
 * Has a change of an organisation's ruleset judged in one repository of the installation, always the same one: in
 * `.github`, else in the oldest private one, else in the oldest.
 */
export async function placeProtection(
  { environment, log, signal }: SweepContext,
  { installationId, change, actor, delivery }: PlaceProtectionJob,
): Promise<void> {
  const octokit = await environment.installationClient(installationId);
  const all: RepositoryRef[] = [];
  for (let page = 1; ; page += 1) {
    signal.throwIfAborted();
    const { items, last } = await listInstalledRepositories(octokit, page);
    all.push(...items);
    if (last) break;
  }
  const byAge = all.toSorted((a, b) => a.id - b.id);
  const repository =
    byAge.find(({ name }) => name === ORGANISATION_REPOSITORY) ??
    byAge.find(({ isPrivate }) => isPrivate) ??
    byAge[0];
  if (repository === undefined) {
    log.warn(
      { actor },
      'A ruleset of the organisation was changed, and the App is installed on no repository',
    );
    return;
  }
  await environment.enqueue(
    protectionJob({ installationId, repository }, `${delivery}/protection`, change, actor),
  );
}

import { listInstallations } from '../api/installations.ts';
import type { SweepContext } from './context.ts';
import { enqueueSweep } from './schedule.ts';

/** Gives each installation its own sweep, so that a large one does not keep the others waiting. */
export async function sweepInstallations({
  environment,
  delivery,
  log,
  signal,
}: SweepContext): Promise<void> {
  const app = await environment.appClient();
  for (let page = 1; ; page += 1) {
    signal.throwIfAborted();
    const { items, last } = await listInstallations(app, page);
    for (const { id } of items) {
      const key = `sweep-installation/${String(id)}`;
      await enqueueSweep(environment, {
        kind: 'sweep-installation',
        key,
        supersedes: true,
        delivery: `${delivery}/${String(id)}`,
        installationId: id,
      });
    }
    log.info({ page, installations: items.length }, 'Installations to be swept');
    if (last) return;
  }
}

import { listHookDeliveries, redeliver } from '../api/installations.ts';
import type { HookDelivery } from '../api/installations.ts';
import { recordSweep, type SweepContext } from './context.ts';

/** Deliveries that GitHub still has. */
const MAX_PAGES = 100;
/** A delivery that fails as often as this is not asked for again: something is wrong that a person has to mend. */
const MAX_ATTEMPTS = 5;

/** Asks GitHub to repeat deliveries that never arrived: by itself it repeats none. */
export async function sweepDeliveries(context: SweepContext): Promise<void> {
  const { environment, log, signal } = context;
  const app = await environment.appClient();
  const failed = new Map<string, HookDelivery[]>();
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    signal.throwIfAborted();
    const read = await listHookDeliveries(app, cursor);
    for (const delivery of read.items.filter(({ delivered }) => !delivered)) {
      failed.set(delivery.guid, [...(failed.get(delivery.guid) ?? []), delivery]);
    }
    cursor = read.cursor;
    if (cursor === null) break;
  }
  const accepted = await acceptedAmong(context, [...failed.keys()]);
  const lost = [...failed].filter(([guid]) => !accepted.has(guid));
  const given = lost.filter(([, attempts]) => attempts.length >= MAX_ATTEMPTS);
  if (given.length > 0) {
    log.warn(
      { deliveries: given.map(([guid]) => guid).slice(0, 20) },
      'Deliveries keep failing and are not asked for again',
    );
  }
  // The oldest first, in the order in which things happened.
  const again = lost.filter(([, attempts]) => attempts.length < MAX_ATTEMPTS).reverse();
  for (const [guid, attempts] of again) {
    signal.throwIfAborted();
    const [newest] = attempts;
    if (newest === undefined) continue;
    await redeliver(app, newest.id);
    log.info({ lostDelivery: guid }, 'Asked GitHub to repeat a delivery that never arrived');
  }
  await recordSweep(context, 'deliveries', failed.size, again.length);
  environment.metrics.sweepFound('failed_delivery', again.length);
}

const CHUNK = 500;

async function acceptedAmong(
  { environment }: SweepContext,
  guids: readonly string[],
): Promise<ReadonlySet<string>> {
  const accepted = new Set<string>();
  for (let start = 0; start < guids.length; start += CHUNK) {
    for (const guid of await environment.ledger.acceptedAmong(guids.slice(start, start + CHUNK)))
      accepted.add(guid);
  }
  return accepted;
}

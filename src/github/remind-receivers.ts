import { isWorth, severityOf } from '../alerts/incident.ts';
import { noticeOf, type Notice } from '../alerts/notice.ts';
import type { Ledger } from '../store/ledger.ts';
import type { JobEnvironment } from './dependencies.ts';
import { allIncidents, DELIVERY, deliveryOf } from './incidents.ts';

/** Parts into which the time is cut for which a receiver keeps an incident: so often it is told again. */
const REMINDERS = 24;

/**
 * Tells receivers again of open incidents that they would forget. What is told this way takes the place of nothing, and
 * is checked once more before it is told.
 */
export async function remindReceivers(environment: JobEnvironment): Promise<void> {
  const { clock, ledger, receivers, alertMinSeverity, enqueue } = environment;
  const forgetful = receivers.flatMap(({ name, keeps }) => (keeps === null ? [] : [{ name, keeps }]));
  if (forgetful.length === 0) return;
  const now = clock.now();
  for (const incident of await allIncidents(ledger)) {
    const { id, ending, installation, changedAt } = incident;
    if (ending !== null || installation === undefined || !isWorth(severityOf(incident), alertMinSeverity))
      continue;
    for (const { name, keeps } of forgetful) {
      const period = keeps / REMINDERS;
      if (now - changedAt < period) continue;
      await enqueue({
        ...DELIVERY,
        key: `alert/${name}/${id}/again`,
        delivery: `${deliveryOf(incident, name)}/again-${String(Math.floor(now / period))}`,
        installationId: installation,
        receiver: name,
        notice: noticeOf(incident),
        again: true,
      });
    }
  }
}

/** Whether an incident is open and just as a notice has it. */
export async function isAsTold(ledger: Ledger, { incident, sequence }: Notice): Promise<boolean> {
  const known = (await allIncidents(ledger)).find(({ id }) => id === incident);
  return known?.ending === null && known.sequence === sequence;
}

import { readFileSync } from 'node:fs';
import { createReceivers } from '../alerts/receivers/index.ts';
import type { Receiver, ReceiverName } from '../alerts/receivers/receiver.ts';
import { ReceiverError } from '../alerts/receivers/receiver.ts';
import { sampleNotices } from '../alerts/sample.ts';
import { readReceiverSettings } from '../config/environment.ts';
import { EXIT, UsageError } from './exit.ts';
import { tableOf } from './table.ts';

export interface AlertTestOptions {
  /** Only this one; undefined: all that are configured. */
  readonly receiver: ReceiverName | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Sends a sample to the configured receivers, and what ends it, and prints what became of each.
 *
 * @returns 0 when all of them took it, else 1
 * @throws {UsageError} when there is nobody to tell
 */
export async function runAlertTest({ receiver: only, environment }: AlertTestOptions): Promise<number> {
  const { settings, problems } = readReceiverSettings(environment, (file) => readFileSync(file));
  if (settings === null) throw new UsageError(`the settings are not complete:\n${problems.join('\n')}`);
  const configured = createReceivers(settings);
  const receivers = only === undefined ? configured : configured.filter(({ name }) => name === only);
  if (receivers.length === 0) {
    throw new UsageError(
      `${only === undefined ? 'no receiver is' : `the receiver ${only} is not`} configured: set the variables ALERT_… that .env.example describes. Issues need none of them.`,
    );
  }
  const results = await Promise.all(receivers.map(async (one) => ({ ...one, error: await tell(one) })));
  const rows = results.map(({ name, destination, error }) => [
    name,
    destination,
    error ?? 'took the sample and its end',
  ]);
  process.stdout.write(tableOf(rows));
  return results.every(({ error }) => error === null) ? EXIT.passed : EXIT.blocked;
}

/** What went wrong, as a sentence without secrets; null when nothing did. */
async function tell(receiver: Receiver): Promise<string | null> {
  try {
    for (const notice of sampleNotices(Date.now())) await receiver.deliver(notice, { now: Date.now() });
    return null;
  } catch (error) {
    if (error instanceof ReceiverError) return error.message;
    throw error;
  }
}

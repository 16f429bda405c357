import { describe, expect, test } from '@jest/globals';
import type { DirectPushAlert } from '../../src/alerts/alert.ts';
import type { Receiver } from '../../src/alerts/receivers/receiver.ts';
import { deliverAlert } from '../../src/github/deliver-alert.ts';
import { close, openIncidents, raiseAlert } from '../../src/github/incidents.ts';
import type { DeliverAlertJob } from '../../src/github/job.ts';
import { housekeeping } from '../../src/github/sweeps/housekeeping.ts';
import { directPush } from '../alerts/fixtures.ts';
import { jobHarness } from './support/job.ts';

const HOUR = 3_600_000;
const QUIET = directPush({ review: { ...directPush().review!, findings: [] } });

function house() {
  const harness = jobHarness();
  const { context } = harness;
  let now = Date.parse('2026-03-01T12:00:00Z');
  const told: string[] = [];
  const receiver = (name: Receiver['name'], keeps: number | null): Receiver => ({
    ...{ name, keeps, destination: 'example.com' },
    deliver: (notice) => {
      told.push(`${name} ${notice.status}`);
      return Promise.resolve();
    },
  });
  Object.assign(context.environment, {
    clock: { ...context.environment.clock, now: () => now },
    receivers: [receiver('alertmanager', 24 * HOUR), receiver('slack', null)],
  });
  const { environment, log, signal } = context;
  const reminders = async (): Promise<DeliverAlertJob[]> => {
    harness.enqueued.length = 0;
    await housekeeping({ environment, delivery: 'd', log, signal });
    return harness.enqueued.filter((job): job is DeliverAlertJob => job.kind === 'deliver-alert');
  };
  return {
    ...{ context, told, reminders, audited: harness.audited },
    raise: (alert: DirectPushAlert = directPush()) => raiseAlert(context, alert, { guarded: true }),
    deliver: (job: DeliverAlertJob) =>
      deliverAlert({ environment, log, signal, attempt: 1, lastAttempt: false }, job),
    later: (milliseconds: number): void => void (now += milliseconds),
  };
}

describe('an incident that stays open', () => {
  test('is told again to a receiver that would forget it, and to no other, once an hour', async () => {
    const { raise, later, reminders, deliver, told, audited } = house();
    await raise();
    expect(await reminders()).toEqual([]);
    later(HOUR);
    const [job, ...others] = await reminders();
    expect(others).toEqual([]);
    expect(job).toMatchObject({ receiver: 'alertmanager', again: true, installationId: 42 });
    expect((await reminders())[0]?.delivery).toBe(job?.delivery);
    later(HOUR);
    expect((await reminders())[0]?.delivery).not.toBe(job?.delivery);
    audited.length = 0;
    await deliver(job!);
    expect([told, audited]).toEqual([['alertmanager firing'], []]);
  });

  test('is not told again after it ended or went on, also by a reminder that waited', async () => {
    const { context, raise, later, reminders, deliver, told } = house();
    await raise();
    later(HOUR);
    const [first] = await reminders();
    await raise(directPush({ before: 'c'.repeat(40), after: 'd'.repeat(40) }));
    await deliver(first!);
    expect(told).toEqual([]);
    later(HOUR);
    const [second] = await reminders();
    for (const incident of await openIncidents(context, 'refs/heads/main')) {
      await close(context, incident, { how: 'closed-by-person', by: 'mona' });
    }
    await deliver(second!);
    expect([told, await reminders()]).toEqual([[], []]);
  });

  test('has a key of its own: a reminder takes the place of nothing that waits', async () => {
    const { context, raise, later, reminders } = house();
    const harnessed = await raise();
    later(HOUR);
    const [job] = await reminders();
    expect(job?.key).not.toBe(`alert/alertmanager/${harnessed.id}`);
    Object.assign(context.environment, { alertMinSeverity: 'critical' });
    expect(await reminders()).toHaveLength(1);
  });

  test('that weighs less than anybody wants to hear of is not told again', async () => {
    const { context, raise, later, reminders } = house();
    Object.assign(context.environment, { alertMinSeverity: 'critical' });
    await raise(QUIET);
    later(HOUR);
    expect(await reminders()).toEqual([]);
  });
});

import type { SweepJob } from '../job.ts';
import { placeProtection } from '../protection/place-protection.ts';
import { rejudgeInstallation } from '../rejudge/rejudge-installation.ts';
import type { SweepContext } from './context.ts';
import { housekeeping } from './housekeeping.ts';
import { sweepDeliveries } from './sweep-deliveries.ts';
import { sweepInstallation } from './sweep-installation.ts';
import { sweepInstallations } from './sweep-installations.ts';

export async function runSweep(context: SweepContext, job: SweepJob): Promise<void> {
  const { metrics } = context.environment;
  try {
    await run(context, job);
    metrics.sweep(job.kind, 'succeeded');
  } catch (error) {
    if (!context.signal.aborted) metrics.sweep(job.kind, 'failed');
    throw error;
  }
}

async function run(context: SweepContext, job: SweepJob): Promise<void> {
  switch (job.kind) {
    case 'sweep-deliveries':
      return sweepDeliveries(context);
    case 'sweep-installations':
      return sweepInstallations(context);
    case 'sweep-installation':
      return sweepInstallation(context, job);
    case 'rejudge-installation':
      return rejudgeInstallation(context, job);
    case 'housekeeping':
      return housekeeping(context);
    case 'place-protection':
      return placeProtection(context, job);
  }
}

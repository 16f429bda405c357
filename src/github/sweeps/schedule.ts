import type { JobEnvironment } from '../dependencies.ts';
import type { SweepJob } from '../job.ts';

const KINDS = ['sweep-deliveries', 'sweep-installations', 'housekeeping'] as const;
const MINUTE = 60_000;

export interface Schedule {
  stop(): void;
}

/**
 * Has the sweeps done at start and then regularly. Replicas name a turn by its time, so that each is done once however
 * many there are; a turn that is missed is made up for by the next.
 *
 * @param every milliseconds
 */
export function startSchedule(
  every: number,
  sweeps: Pick<JobEnvironment, 'enqueue' | 'liveKeys'>,
  onError: (error: unknown) => void,
): Schedule {
  const give = (turn: string): void => {
    for (const kind of KINDS) {
      enqueueSweep(sweeps, sweepJob(kind, `${kind}/${turn}`)).catch(onError);
    }
  };
  give(`start-${String(Math.floor(Date.now() / Math.min(every, MINUTE)))}`);
  const timer = setInterval(() => {
    give(`${String(every)}-${String(Math.floor(Date.now() / every))}`);
  }, every);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** Keeps a sweep, unless one like it waits or runs: during an outage they would only pile up. */
export async function enqueueSweep(
  { enqueue, liveKeys }: Pick<JobEnvironment, 'enqueue' | 'liveKeys'>,
  sweep: SweepJob,
): Promise<boolean> {
  return !(await liveKeys([sweep.key])).has(sweep.key) && (await enqueue(sweep));
}

/** What a sweep that failed for good left undone, the next one does: it takes its place. */
function sweepJob(kind: (typeof KINDS)[number], delivery: string): SweepJob {
  return { kind, key: kind, supersedes: true, delivery };
}

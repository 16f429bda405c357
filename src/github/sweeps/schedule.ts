import type { Job, SweepJob } from '../job.ts';

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
  enqueue: (job: Job) => Promise<boolean>,
  onError: (error: unknown) => void,
): Schedule {
  const give = (turn: string): void => {
    for (const kind of KINDS) {
      enqueue(sweepJob(kind, `${kind}/${turn}`)).catch(onError);
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

function sweepJob(kind: (typeof KINDS)[number], delivery: string): SweepJob {
  return { kind, key: kind, supersedes: false, delivery };
}

import { shortSha } from '../engine/change.ts';
import type { StopReason } from '../jobs/queue.ts';
import type { Job } from './job.ts';
import type { Trouble } from './failure.ts';

/** Why a job's signal was aborted; null when it was not. */
export function stopReason(signal: AbortSignal): StopReason<Job> | null {
  return signal.aborted ? (signal.reason as StopReason<Job>) : null;
}

/** What the check of a stopped review says. */
export function describeStop(reason: StopReason<Job>, headSha: string): Trouble {
  if (reason.type === 'shutdown') {
    return {
      title: 'Stopped before it was finished',
      summary:
        'gitops-warden was shut down during this review. Nothing was verified. Press *Re-run* on this check.',
    };
  }
  const newer = 'headSha' in reason.by ? reason.by.headSha : null;
  if (newer === null || newer === headSha) {
    return {
      title: 'Judged again',
      summary: 'The pull request changed during this review, so a new one was started for the same commit.',
    };
  }
  return describeSuperseded(newer);
}

export function describeSuperseded(newer: string): Trouble {
  return {
    title: `Superseded by ${shortSha(newer)}`,
    summary: `A newer head arrived during this review: ${newer}. The verdict is on that commit.`,
  };
}

import { shortSha } from '../engine/change.ts';
import type { StopReason } from '../jobs/worker.ts';
import type { Trouble } from './failure.ts';

/** Why a job's signal was aborted; null when it was not. */
export function stopReason(signal: AbortSignal): StopReason | null {
  return signal.aborted ? (signal.reason as StopReason) : null;
}

/** True when another worker goes on with the job: this one leaves everything as it is. */
export function isHandedOn(signal: AbortSignal): boolean {
  const reason = stopReason(signal);
  return reason !== null && reason.type !== 'superseded';
}

/** What the check of a review says that a newer event made pointless. `newer`: its head, if it names one. */
export function describeStop(newer: unknown, headSha: string): Trouble {
  if (typeof newer === 'string' && newer !== headSha) return describeSuperseded(newer);
  return {
    title: 'Judged again',
    summary:
      'The pull request or its policy changed during this review. If it is still open, a new one was started for the same commit.',
  };
}

export function describeSuperseded(newer: string): Trouble {
  return {
    title: `Superseded by ${shortSha(newer)}`,
    summary: `A newer head arrived during this review: ${newer}. The verdict is on that commit.`,
  };
}

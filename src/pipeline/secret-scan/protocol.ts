import type { Range } from '../../manifests/position.ts';
import type { KnownBy } from '../../secrets/gitleaks/known.ts';
import type { ScanSetup } from '../../secrets/scan-setup.ts';

/** What a worker is told about the process that it works for. */
export interface WorkerSettings {
  /** Makes the fingerprints that people see; null: there are none. */
  readonly fingerprintKey: Uint8Array | null;
}

const MAX_SETUPS = 4;

/** Forgets the oldest of the setups that a worker keeps. Both sides do so, lest one of them counts on what is gone. */
export function forgetOldSetups(setups: Pick<Map<string, unknown>, 'keys' | 'delete'>): void {
  for (const old of [...setups.keys()].slice(0, -MAX_SETUPS)) setups.delete(old);
}

export interface WorkerJob {
  readonly id: number;
  readonly path: string;
  readonly commit: string | null;
  /** In bytes: the contents stand one after the other in `WorkerBatch.contents`. */
  readonly length: number;
}

export interface WorkerBatch {
  readonly setupHash: string;
  /** Null: the worker has it. */
  readonly setup: ScanSetup | null;
  readonly jobs: readonly WorkerJob[];
  /** Of all jobs: to hand over one buffer takes as long as to search a small file. */
  readonly contents: Uint8Array;
}

/** A finding without the secret: all that leaves a worker. */
export interface FoundLeak {
  readonly ruleId: string;
  readonly range: Range | null;
  readonly start: number;
  readonly span: number;
  readonly length: number;
  readonly encoded: boolean;
  readonly fingerprint: string | null;
  /** Why it is no news: `.gitleaksignore`, or the baseline. */
  readonly known: KnownBy | null;
  /** Its line has the comment that allows it. */
  readonly commented: boolean;
}

export interface WorkerAnswer {
  readonly id: number;
  /** Null: the time for one file was not enough. */
  readonly leaks: readonly FoundLeak[] | null;
}

/** What a worker says: that it is there, and then what it found, of several jobs at a time. */
export type WorkerMessage = readonly WorkerAnswer[];

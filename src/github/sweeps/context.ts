import type { JobEnvironment, Logger } from '../dependencies.ts';

/** One sweep at work. */
export interface SweepContext {
  readonly environment: JobEnvironment;
  /** The delivery that stands for this sweep. */
  readonly delivery: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

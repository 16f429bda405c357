/** Milliseconds: as the clock shows them, and as the processors were busy. */
export interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** What a child process measured. */
export interface Stages {
  readonly times: Record<string, Time>;
  /** Milliseconds on the clock, by rule. */
  readonly rules: Record<string, number>;
  findings: number;
  /** From the start of the process. */
  readonly whole: Time;
  readonly peakMebibytes: number;
}

/** Starts to measure; the answer tells the time since. */
export function stopwatch(): () => Time {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  return () => ({ wall: performance.now() - wall, cpu: busy(process.cpuUsage(cpu)) });
}

/** What this process took so far. */
export function usage(): Pick<Stages, 'whole' | 'peakMebibytes'> {
  return {
    whole: { wall: performance.now(), cpu: busy(process.cpuUsage()) },
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
  };
}

function busy({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

/** Rules that search every text for credentials: `npm run bench:secrets` measures these. */
export const DEEP_SEARCH: ReadonlySet<string> = new Set([
  'no-leaked-credential',
  'no-credential-in-file',
  'no-credential-in-manifest',
  'no-plaintext-secret',
  'no-private-key',
]);

import { readFileSync } from 'node:fs';

/** What a process has used so far; null where the system does not tell as Linux does. */
export interface ProcessCost {
  /** Of the process and of the children that it has waited for, such as git. */
  readonly cpuMilliseconds: number;
  /** Of the process alone. */
  readonly peakMebibytes: number;
}

/** Linux counts processor time in hundredths of a second: https://man7.org/linux/man-pages/man5/proc.5.html */
const MILLISECONDS_A_TICK = 10;

export function costOf(pid: number): ProcessCost | null {
  try {
    // The name of the program, in parentheses, can hold spaces.
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8').split(') ')[1] ?? '';
    const ticks = stat.split(' ').slice(11, 15).map(Number);
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
    return {
      cpuMilliseconds: ticks.reduce((sum, one) => sum + one, 0) * MILLISECONDS_A_TICK,
      peakMebibytes: Number(peak?.[1] ?? NaN) / 1024,
    };
  } catch {
    return null;
  }
}

import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isRecord } from '../manifests/manifest.ts';

/** A process, named so that another one can tell whether it still runs. Unknown parts are empty. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Which run of the machine. */
  readonly boot: string;
  /** Process ids mean something only within their namespace: a container has its own. */
  readonly namespace: string;
  /** In clock ticks since the machine's start: a later process with the same id has another one. */
  readonly start: string;
}

let own: Promise<Holder> | null = null;

/** This process, as text that says who holds something. */
export async function describeHolder(): Promise<string> {
  own ??= ownHolder();
  return `${JSON.stringify(await own)}\n`;
}

/**
 * Whether the process that {@link describeHolder} described still runs.
 *
 * @returns `unknown` for a process that cannot be seen from here, and for a text that is not whole
 */
export async function holderState(text: string): Promise<'alive' | 'dead' | 'unknown'> {
  const holder = parseHolder(text);
  if (holder === null) return 'unknown';
  own ??= ownHolder();
  const { host, boot, namespace } = await own;
  if (holder.host !== host || holder.boot !== boot || holder.namespace !== namespace) return 'unknown';
  return (await runs(holder)) ? 'alive' : 'dead';
}

async function ownHolder(): Promise<Holder> {
  const [boot, namespace, stat] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
    readStat(process.pid),
  ]);
  return { pid: process.pid, host: hostname(), boot: boot.trim(), namespace, start: stat?.start ?? '' };
}

async function runs({ pid, start }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It may belong to somebody else, and run.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (start === '') return true;
  const stat = await readStat(pid);
  return stat !== null && stat.start === start && !['Z', 'X'].includes(stat.state);
}

/** From `/proc`, where there is one. */
async function readStat(pid: number): Promise<{ readonly state: string; readonly start: string } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The name, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: fields[19] ?? '' };
}

function parseHolder(text: string): Holder | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { pid, host, boot, namespace, start } = value;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return null;
  if (typeof host !== 'string' || typeof boot !== 'string') return null;
  if (typeof namespace !== 'string' || typeof start !== 'string') return null;
  return { pid, host, boot, namespace, start };
}

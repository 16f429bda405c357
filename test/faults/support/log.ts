import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FaultWorld } from './world.ts';

export type LogLine = Readonly<Record<string, unknown>>;

/** What all replicas have logged, in order. */
export function readLog({ directory }: FaultWorld): readonly LogLine[] {
  return readFileSync(path.join(directory, 'log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** How the attempts ended that have ended: `done`, `retried`, `lost`… */
export function outcomes(world: FaultWorld): readonly unknown[] {
  return readLog(world).flatMap((line) => (line['outcome'] === undefined ? [] : [line['outcome']]));
}

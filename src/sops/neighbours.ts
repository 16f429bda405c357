import { posix } from 'node:path';
import type { FileVersion, Snapshot } from '../engine/change.ts';

const folders = new WeakMap<Snapshot, ReadonlyMap<string, readonly FileVersion[]>>();

/** The other loaded files of a file's folder. */
export function neighboursOf(path: string, snapshot: Snapshot): FileVersion[] {
  let known = folders.get(snapshot);
  if (known === undefined) folders.set(snapshot, (known = byFolder(snapshot)));
  return (known.get(posix.dirname(path)) ?? []).filter((version) => version.path !== path);
}

function byFolder({ files }: Snapshot): Map<string, FileVersion[]> {
  const grouped = new Map<string, FileVersion[]>();
  for (const version of files.values()) {
    const folder = posix.dirname(version.path);
    const known = grouped.get(folder);
    if (known === undefined) grouped.set(folder, [version]);
    else known.push(version);
  }
  return grouped;
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** True when the program can be run and ends well. */
function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** A small disk of one's own, in memory. */
export interface SmallDisk {
  readonly directory: string;
  remove(): void;
}

/** Null where this user may not mount anything. @param megabytes its size */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'warden-disk-'));
  const mounted = succeeds('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'tmpfs', directory]);
  if (!mounted) {
    rmSync(directory, { recursive: true });
    return null;
  }
  return {
    directory,
    remove: () => {
      if (!succeeds('umount', [directory]) && !succeeds('umount', ['-l', directory])) {
        throw new Error(`${directory} could not be unmounted.`);
      }
      rmSync(directory, { recursive: true });
    },
  };
}

export function mayMount(): boolean {
  const disk = mountSmallDisk(1);
  disk?.remove();
  return disk !== null;
}

/** Takes or gives back the right to write to files that are open already, as a file system that turns read-only does. */
export function setImmutable(files: readonly string[], immutable: boolean): boolean {
  return succeeds('chattr', [immutable ? '+i' : '-i', ...files]);
}

/** Needs a file system that knows the attribute, and the right to set it. */
export function maySetImmutable(): boolean {
  const directory = mkdtempSync(path.join(tmpdir(), 'warden-immutable-'));
  const file = path.join(directory, 'file');
  writeFileSync(file, '');
  const possible = setImmutable([file], true);
  setImmutable([file], false);
  rmSync(directory, { recursive: true });
  return possible;
}

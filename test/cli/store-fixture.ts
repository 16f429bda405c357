import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { StoreStage } from '../support/stores.ts';
import { BARE_ENVIRONMENT } from '../support/programs.ts';

export const CLI = path.resolve(import.meta.dirname, '../../src/cli.ts');

/** A store in a test needs few connections. */
export const FEW = { connections: 2 };

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the App would have in its environment. */
export function environmentOf(stage: StoreStage): Record<string, string> {
  const { databaseUrl, dataDirectory } = stage.location();
  return databaseUrl === null ? { DATA_DIRECTORY: dataDirectory } : { DATABASE_URL: databaseUrl };
}

export function runWith(environment: Record<string, string>, args: readonly string[]): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    env: { ...BARE_ENVIRONMENT, ...environment },
    maxBuffer: 100 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}

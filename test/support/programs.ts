import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from '@jest/globals';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const DEPLOY = path.join(ROOT, 'deploy');

/** Of a program of ours that shall know nothing about this process. */
export const BARE_ENVIRONMENT: Readonly<NodeJS.ProcessEnv> = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  /** Both streams, for messages. */
  readonly output: string;
}

/** Runs a program to its end; `status` is null when it is not there. */
export function run(program: string, argv: readonly string[], cwd = ROOT): Outcome {
  const result = spawnSync(program, argv, { cwd, encoding: 'utf8', timeout: 240_000 });
  return {
    status: result.error === undefined ? result.status : null,
    stdout: result.stdout,
    output: `${result.stdout}${result.stderr}`,
  };
}

/** `test`, or a skipped test where the program is missing. */
export function testWith(program: string): typeof test | typeof test.skip {
  return hasProgram(program) ? test : test.skip;
}

export function hasProgram(program: string): boolean {
  const versionOption = program === 'kustomize' ? 'version' : '--version';
  return run(program, [versionOption]).status === 0;
}

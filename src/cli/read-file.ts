import { readFile } from 'node:fs/promises';
import type { TextFile } from '../pipeline/base-policy.ts';
import { UsageError } from './exit.ts';

/** @throws {UsageError} when it cannot be read */
export async function readTextFile(path: string, option: string): Promise<TextFile> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new UsageError(`${option} ${path} cannot be read (${code}).`);
  }
}

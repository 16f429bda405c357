import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PolicyReference } from '../engine/policy-reference.ts';
import { NOTHING_OUTSIDE, type OutsideAnswer, type OutsidePolicies } from '../pipeline/outside-policy.ts';

/** A larger file is no policy. */
const MAX_BYTES = 256 * 1024;

/**
 * Where a command reads what a policy extends.
 *
 * @param directory with clones of the owner's repositories, each under its name and read as it is checked out;
 *   undefined: nowhere
 */
export function outsideIn(directory: string | undefined): OutsidePolicies {
  if (directory === undefined) return NOTHING_OUTSIDE;
  return { ...NOTHING_OUTSIDE, extended: { owner: null, read: (reference) => readIn(directory, reference) } };
}

async function readIn(directory: string, reference: PolicyReference): Promise<OutsideAnswer> {
  const file = path.join(directory, reference.repository, reference.path);
  try {
    if ((await stat(file)).size > MAX_BYTES)
      return { state: 'unreadable', reason: `is larger than ${MAX_BYTES / 1024} KiB` };
    return { state: 'found', file: { path: file, text: await readFile(file, 'utf8') } };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { state: 'unreadable', reason: `cannot be read at ${file} (${code})` };
  }
}

import { readFileSync } from 'node:fs';
import { readSearchSettings } from '../config/environment.ts';
import { openSecretSearch, SecretRulesError } from '../pipeline/secret-scan/open-search.ts';
import type { SecretSearch } from '../pipeline/secret-scan/search.ts';
import { UsageError } from './exit.ts';

/**
 * The search for credentials as the environment describes it, for as long as a command needs it.
 *
 * @throws {UsageError} when a setting cannot be used
 */
export async function withSecretSearch<T>(use: (search: SecretSearch) => Promise<T>): Promise<T> {
  const { settings, problems } = readSearchSettings(process.env, (path) => readFileSync(path));
  if (settings === null) throw new UsageError(problems.join('\n'));
  const search = await openSecretSearch(settings).catch((error: unknown) => {
    throw error instanceof SecretRulesError ? new UsageError(error.message) : error;
  });
  try {
    return await use(search);
  } finally {
    await search.scanner.close();
  }
}

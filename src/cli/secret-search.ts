import { readFileSync } from 'node:fs';
import { readSearchSettings } from '../config/environment.ts';
import { openSecretSearch, SecretRulesError } from '../pipeline/secret-scan/open-search.ts';
import type { SecretSearch } from '../pipeline/secret-scan/search.ts';
import { UsageError } from './exit.ts';

/**
 * The search for credentials as the environment describes it, for as long as a command needs it.
 *
 * @param cacheFolder where findings are kept for the next time; needs FINGERPRINT_KEY
 * @throws {UsageError} when a setting cannot be used
 */
export async function withSecretSearch<T>(
  cacheFolder: string | null,
  use: (search: SecretSearch) => Promise<T>,
): Promise<T> {
  const { settings, problems } = readSearchSettings(process.env, (path) => readFileSync(path));
  if (settings === null) throw new UsageError(problems.join('\n'));
  if (cacheFolder !== null && settings.fingerprintKey === null)
    throw new UsageError(
      '--cache needs FINGERPRINT_KEY, which seals what is kept. Set it, or leave --cache out.',
    );
  const search = await openSecretSearch({ ...settings, cacheFolder }).catch((error: unknown) => {
    throw error instanceof SecretRulesError ? new UsageError(error.message) : error;
  });
  try {
    return await use(search);
  } finally {
    await search.scanner.close();
  }
}

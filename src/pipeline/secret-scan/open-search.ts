import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { catalogueRules } from '../../secrets/catalogue/rules.ts';
import { resolveRuleFile } from '../../secrets/gitleaks/resolve.ts';
import type { RuleSetData } from '../../secrets/rule-set.ts';
import { createSecretSearch, type SecretSearch } from './search.ts';

/** The operator's rule file cannot be used. */
export class SecretRulesError extends Error {
  override readonly name = 'SecretRulesError';
}

export interface SearchOptions {
  readonly fingerprintKey: string | null;
  readonly gitleaksConfig: string | null;
  /** Where findings are kept for the next process; only with a key. */
  readonly cacheFolder?: string | null;
}

/** @throws {SecretRulesError} naming every mistake in the operator's rule file */
export async function openSecretSearch({
  fingerprintKey,
  gitleaksConfig,
  cacheFolder = null,
}: SearchOptions): Promise<SecretSearch> {
  const defaults = gitleaksConfig === null ? null : await readDefaults(gitleaksConfig);
  return createSecretSearch(
    defaults,
    fingerprintKey === null ? null : Buffer.from(fingerprintKey),
    cacheFolder,
  );
}

async function readDefaults(file: string): Promise<RuleSetData> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new SecretRulesError(`GITLEAKS_CONFIG names ${file}, which cannot be read (${code}).`);
  });
  const beside = (name: string): Promise<string | null> =>
    readFile(path.resolve(path.dirname(file), name), 'utf8').catch(() => null);
  const { data, problems } = await resolveRuleFile(file, text, catalogueRules(), beside);
  if (problems.length === 0) return data;
  const lines = problems.map(
    (one) => `${one.path}${one.line === null ? '' : `:${one.line}`}: ${one.message}`,
  );
  throw new SecretRulesError(['GITLEAKS_CONFIG names a file that cannot be used:', ...lines].join('\n'));
}

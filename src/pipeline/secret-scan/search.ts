import { catalogueRules } from '../../secrets/catalogue/rules.ts';
import type { RuleSetData } from '../../secrets/rule-set.ts';
import { LeakCache } from './leak-cache.ts';
import { RecentLeaks } from './recent-leaks.ts';
import { SecretScanner } from './scanner.ts';

/** How credentials are looked for, as whoever runs gitops-warden decides. */
export interface SecretSearch {
  readonly scanner: SecretScanner;
  readonly recent: RecentLeaks;
  /** What other processes found; null: nothing is kept on disk. */
  readonly cache: LeakCache | null;
  /** What `useDefault` stands for. */
  readonly defaults: RuleSetData;
  readonly hasKey: boolean;
}

/**
 * @param defaults instead of the catalogue
 * @param fingerprintKey null: findings have no fingerprint of their secret, and nothing is kept on disk
 * @param cacheFolder null: nothing is kept on disk
 */
export function createSecretSearch(
  defaults: RuleSetData | null,
  fingerprintKey: Uint8Array | null,
  cacheFolder: string | null = null,
): SecretSearch {
  return {
    scanner: new SecretScanner({ fingerprintKey }),
    recent: new RecentLeaks(),
    cache:
      cacheFolder === null || fingerprintKey === null ? null : new LeakCache(cacheFolder, fingerprintKey),
    defaults: defaults ?? catalogueRules(),
    hasKey: fingerprintKey !== null,
  };
}

let shared: SecretSearch | null = null;

/** With the catalogue and without fingerprints; its threads serve the whole process. */
export function sharedSecretSearch(): SecretSearch {
  return (shared ??= createSecretSearch(null, null));
}

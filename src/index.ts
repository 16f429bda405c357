import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings, type Settings, type SettingsResult } from './config/environment.ts';
import { createMirrors } from './git/mirrors.ts';
import type { Repository } from './git/repository.ts';
import { createApp, type App, type AppOptions } from './github/app.ts';
import type { Job } from './github/job.ts';
import { NOTHING_OUTSIDE, type OutsidePolicies } from './pipeline/outside-policy.ts';
import { VERSION } from './pipeline/package-root.ts';
import { policyAt, reviewRepository, type ReviewRequest } from './pipeline/review-repository.ts';
import { openSecretSearch, SecretRulesError } from './pipeline/secret-scan/open-search.ts';
import { loadRuleSet, RuleFolderError } from './pipeline/rule-set.ts';
import { GitError } from './git/git-error.ts';
import { StoreError } from './store/database.ts';
import { APP_ACTOR } from './store/audit-trail.ts';
import type { NewAuditEntry } from './store/audit-entry.ts';
import { openStore } from './store/store.ts';
import { createMetrics } from './telemetry/metrics.ts';

/** Why the App cannot be started: every reason at once. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** @throws {StartError} for what an operator can mend; other errors as they are */
function refuseToStart(reasons: readonly unknown[]): never {
  const expected = [RuleFolderError, StoreError, GitError, SecretRulesError];
  const unexpected = reasons.find((reason) => !expected.some((kind) => reason instanceof kind));
  if (unexpected !== undefined) throw unexpected as Error;
  throw new StartError(reasons.map((reason) => (reason as Error).message).join('\n'));
}

/**
 * Starts the GitHub App with everything that it needs.
 *
 * @throws {StartError} with everything that is wrong, when rules, store or cache cannot be used
 * @throws {Error} when the settings are unsafe or the port is taken
 */
export async function startApp(settings: Settings, options: AppOptions = {}): Promise<App> {
  const background: { report: (error: Error) => void } = { report: () => undefined };
  const metrics = options.metrics ?? createMetrics(VERSION);
  const mirrors = createMirrors({
    directory: settings.cacheDirectory,
    maxBytes: settings.cacheMaxBytes,
    maxAgeMs: settings.cacheMaxAgeMs,
    onEvent: (event) => {
      if (event.type === 'evicted') metrics.mirrorEvicted(event.reason);
      else {
        metrics.mirrorFetch(event.result);
        metrics.reviewStage('fetch', event.milliseconds / 1_000);
      }
    },
  });
  metrics.setMirrorStats(async () => {
    const usage = await mirrors.usage();
    return { count: usage.mirrors, bytes: usage.bytes };
  });
  const opening = openStore({
    databaseUrl: settings.databaseUrl,
    dataDirectory: settings.dataDirectory,
    ...(options.timing === undefined ? {} : { timing: options.timing }),
    onError: (error) => {
      metrics.storeError();
      background.report(error);
    },
  });
  // All of them, so that every reason not to start is named at once.
  const [loaded, opened, prepared, searching] = await Promise.allSettled([
    loadRuleSet(settings.ruleDirectories),
    opening,
    mirrors.prepare(),
    openSecretSearch({ ...settings, cacheFolder: path.join(settings.dataDirectory, 'leaks') }),
  ]);
  if (
    loaded.status === 'rejected' ||
    opened.status === 'rejected' ||
    prepared.status === 'rejected' ||
    searching.status === 'rejected'
  ) {
    if (searching.status === 'fulfilled') await searching.value.scanner.close();
    if (opened.status === 'fulfilled') await opened.value.close();
    const parts = [loaded, opened, prepared, searching];
    refuseToStart(parts.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])));
  }
  const [rules, store, secrets] = [loaded.value, opened.value, searching.value];
  const dependencies = {
    review: (request: ReviewRequest) => reviewRepository({ ...request, secrets }),
    policyAt: (repository: Repository, revision: string, outside: OutsidePolicies = NOTHING_OUTSIDE) =>
      policyAt(repository, revision, rules, outside),
    mirrors,
    rules,
  };
  try {
    await store.audit.append([startEntry(settings, store.kind)]);
    const app = await createApp(settings, dependencies, store, { ...options, metrics });
    background.report = (error) => {
      app.reportStoreError(error);
    };
    const close = async (drainMilliseconds: number): Promise<readonly Job[]> => {
      const unfinished = await app.close(drainMilliseconds);
      await secrets.scanner.close();
      await store.close();
      return unfinished;
    };
    let closed: Promise<readonly Job[]> | null = null;
    return { ...app, close: (drainMilliseconds) => (closed ??= close(drainMilliseconds)) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Says in the audit trail with what the App was started; no setting that may be secret. */
function startEntry(settings: Settings, kind: string): NewAuditEntry {
  return {
    action: 'settings',
    actor: APP_ACTOR,
    repository: null,
    installation: null,
    subject: `version/${VERSION}`,
    reason: 'The App was started.',
    delivery: null,
    detail: {
      values: {
        appId: settings.appId,
        apiUrl: settings.apiUrl,
        store: kind,
        ruleDirectories: settings.ruleDirectories.join(':'),
        concurrency: settings.concurrency,
        sweepMs: settings.sweepMs,
        orgPolicy: settings.orgPolicy,
        auditRetentionMs: settings.auditRetentionMs,
        webhookSecrets: settings.webhookSecrets.length,
      },
    },
  };
}

/** The settings in an environment, or everything that is wrong with them. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): SettingsResult {
  const defaultCache = path.join(tmpdir(), 'gitops-warden');
  return readSettings(environment, (file) => readFileSync(file), defaultCache);
}

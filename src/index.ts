import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings, type Settings } from './config/environment.ts';
import { createMirrors } from './git/mirrors.ts';
import { createApp, type App, type AppOptions } from './github/app.ts';
import { policyAt, reviewRepository } from './pipeline/review-repository.ts';
import { loadRuleSet } from './pipeline/rule-set.ts';

/**
 * Starts the GitHub App with everything that it needs.
 *
 * @throws {Error} when the settings are unsafe, the port is taken, or a rule folder cannot be read
 */
export async function startApp(settings: Settings, options: AppOptions = {}): Promise<App> {
  const rules = await loadRuleSet(settings.ruleDirectories);
  const floor = null;
  const dependencies = {
    review: reviewRepository,
    policyAt: (repository: Parameters<typeof policyAt>[0], revision: string) =>
      policyAt(repository, revision, rules, floor),
    mirrors: createMirrors({ directory: settings.cacheDirectory }),
    rules,
    floor,
  };
  return createApp(settings, dependencies, options);
}

/**
 * The settings in an environment.
 *
 * @throws {Error} naming everything that is wrong
 */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): Settings {
  const defaultCache = path.join(tmpdir(), 'gitops-warden');
  const read = readSettings(environment, (file) => readFileSync(file, 'utf8'), defaultCache);
  if (read.settings === null) throw new Error(read.problems.join('\n'));
  return read.settings;
}

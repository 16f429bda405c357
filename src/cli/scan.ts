import path from 'node:path';
import { decodeText } from '../engine/judged-file.ts';
import type { Category } from '../engine/rule.ts';
import type { Report } from '../engine/report.ts';
import type { Repository } from '../git/repository.ts';
import { loadRuleSet } from '../pipeline/rule-set.ts';
import { scanPaths, scanStaged, type Scan, type ScanRequest } from '../pipeline/scan-files.ts';
import { exitCodeOf, UsageError } from './exit.ts';
import { writeReport, type OutputOptions } from './output.ts';
import { outsideIn } from './outside.ts';
import { withProgress } from './progress.ts';
import { readTextFile } from './read-file.ts';
import { scanRoot } from './scan-root.ts';
import { withSecretSearch } from './secret-search.ts';
import type { Sources } from './sources.ts';

export interface ScanCommand extends OutputOptions {
  readonly paths: readonly string[];
  readonly repo: string | undefined;
  readonly ref: string;
  readonly staged: boolean;
  readonly policy: string | undefined;
  readonly floor: string | undefined;
  readonly extendsFrom: string | undefined;
  readonly rules: readonly string[];
  /** None: all rules. */
  readonly only: readonly Category[];
  readonly cache: string | undefined;
}

interface Scanned {
  readonly report: Report;
  readonly sources: Sources;
}

/** Judges files without a base: every finding counts as introduced. */
export async function runScan(command: ScanCommand): Promise<number> {
  const ways = [command.paths.length > 0, command.repo !== undefined, command.staged].filter(Boolean).length;
  if (ways > 1) throw new UsageError('scan takes either paths, or --repo with --ref, or --staged.');

  const rules = await loadRuleSet(command.rules);
  const request: ScanRequest = {
    rules,
    only: command.only,
    policy: command.policy === undefined ? null : await readTextFile(command.policy, '--policy'),
    floor: command.floor === undefined ? null : await readTextFile(command.floor, '--floor'),
    outside: outsideIn(command.extendsFrom),
  };
  const { report, sources } = await withSecretSearch(command.cache ?? null, (secrets) =>
    withProgress('Scanning', () => scan(command, { ...request, secrets })),
  );
  await writeReport(report, command, rules, sources);
  return exitCodeOf(report);
}

async function scan(command: ScanCommand, request: ScanRequest): Promise<Scanned> {
  if (command.staged) {
    return withRepository('.', async (repository) =>
      scannedFiles(await scanStaged(repository, hookIndex(), request)),
    );
  }
  if (command.repo !== undefined) {
    return withRepository(command.repo, async (repository) => {
      // What reads commits and verifies them takes a while to load, and files on disk need none of it.
      const [{ reviewRepository }, { loadSources }] = await Promise.all([
        import('../pipeline/review-repository.ts'),
        import('./sources.ts'),
      ]);
      const head = await repository.resolve(command.ref);
      const { report } = await reviewRepository({ repository, base: null, head, ...request });
      return { report, sources: await loadSources(repository, head, report) };
    });
  }
  const paths = command.paths.length === 0 ? ['.'] : command.paths;
  const root = await scanRoot(paths);
  const absolute = paths.map((one) => path.resolve(one));
  return scannedFiles(await scanPaths(absolute, root, request));
}

/** The index that Git names to a hook, relative to the folder in which it runs the hook; null outside of one. */
function hookIndex(): string | null {
  const file = process.env['GIT_INDEX_FILE'];
  return file === undefined || file === '' ? null : path.resolve(file);
}

async function withRepository<T>(directory: string, use: (repository: Repository) => Promise<T>): Promise<T> {
  const { openRepository } = await import('../git/repository.ts');
  const repository = await openRepository(directory);
  try {
    return await use(repository);
  } finally {
    repository.close();
  }
}

function scannedFiles({ report, change }: Scan): Scanned {
  return {
    report,
    sources: (name) => {
      const content = change.after.files.get(name)?.content ?? null;
      return content === null ? null : decodeText(content);
    },
  };
}

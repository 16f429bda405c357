import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { valueOf, type Environment } from '../config/variables.ts';
import type { Report } from '../engine/report.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { VERSION } from '../pipeline/package-root.ts';
import { reviewRepository } from '../pipeline/review-repository.ts';
import { loadRuleSet, type RuleSet } from '../pipeline/rule-set.ts';
import { renderGithub } from '../report/github.ts';
import { renderSarif } from '../report/sarif.ts';
import { renderSummary } from '../report/summary.ts';
import { rangeOfEvent, type EventRange } from './action-event.ts';
import { EXIT, exitCodeOf, UsageError } from './exit.ts';
import { readTextFile } from './read-file.ts';
import { withSecretSearch } from './secret-search.ts';

/** GitHub takes 1 MiB from each step. */
const MAX_SUMMARY = 900_000;

/**
 * Reviews what the event of a GitHub workflow brings, as `action.yml` has it done: annotations on standard output, the
 * report on the page of the run and as SARIF.
 */
export async function runAction(environment: Environment): Promise<number> {
  const input = (name: string): string | null => valueOf(environment, `INPUT_${name}`);
  const workspace = valueOf(environment, 'GITHUB_WORKSPACE') ?? '.';
  const inWorkspace = (file: string): string => path.resolve(workspace, file);
  const range = await rangeOf(environment);
  if (range === null) {
    process.stdout.write('The branch was deleted: there is nothing to review.\n');
    return EXIT.passed;
  }
  const rules = await loadRuleSet((input('RULES') ?? '').split('\n').flatMap((one) => one.trim() || []));
  const textOf = (name: string) => {
    const file = input(name);
    return file === null ? null : readTextFile(inWorkspace(file), `the input ${name.toLowerCase()}`);
  };
  const directory = inWorkspace(input('PATH') ?? '.');
  const [policy, floor] = [await textOf('POLICY'), await textOf('FLOOR')];
  const repository = await openWith(directory, range);
  try {
    const head = await repository.resolve(range.head);
    const base = range.base === null ? null : await repository.resolve(range.base);
    const { report } = await withSecretSearch(null, (secrets) =>
      reviewRepository({ repository, base, head, rules, policy, floor, secrets }),
    );
    await publish(report, rules, environment, inWorkspace);
    return exitCodeOf(report);
  } finally {
    repository.close();
  }
}

async function rangeOf(environment: Environment): Promise<EventRange | null> {
  const base = valueOf(environment, 'INPUT_BASE');
  const head = valueOf(environment, 'INPUT_HEAD');
  if (base !== null) return { base, head: head ?? 'HEAD', refspecs: [] };
  const file = valueOf(environment, 'GITHUB_EVENT_PATH');
  if (file === null) throw new UsageError('GITHUB_EVENT_PATH is not set: `action` is for GitHub workflows.');
  const payload = JSON.parse(await readFile(file, 'utf8')) as unknown;
  const range = rangeOfEvent(valueOf(environment, 'GITHUB_EVENT_NAME') ?? '', payload);
  return range === null || head === null ? range : { ...range, head };
}

/** Opens the checked-out repository, with what the review needs and `actions/checkout` leaves out by default. */
async function openWith(directory: string, { base, head, refspecs }: EventRange): Promise<Repository> {
  const repository = await openRepository(directory);
  const isThere = async (revision: string | null): Promise<boolean> =>
    revision === null || (await repository.tryResolve(revision)) !== null;
  const shallow = await repository.isShallow();
  if (!shallow && (await isThere(base)) && (await isThere(head))) return repository;
  repository.close();
  await fetchInto(directory, [...(shallow ? ['--unshallow'] : []), 'origin', ...refspecs]);
  return openRepository(directory);
}

/** With the checkout's own settings, which hold its token. */
async function fetchInto(directory: string, what: readonly string[]): Promise<void> {
  const args = ['-C', directory, 'fetch', '--quiet', '--no-tags', '--no-recurse-submodules', ...what];
  try {
    await promisify(execFile)('git', args);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new UsageError(
      `The history could not be fetched. Let actions/checkout fetch it, with \`fetch-depth: 0\`. ${stderr?.trim() ?? ''}`,
    );
  }
}

async function publish(
  report: Report,
  rules: RuleSet,
  environment: Environment,
  inWorkspace: (file: string) => string,
): Promise<void> {
  process.stdout.write(renderGithub(report));
  const temporary = valueOf(environment, 'RUNNER_TEMP') ?? tmpdir();
  const given = valueOf(environment, 'INPUT_SARIF');
  const sarif = given === null ? path.join(temporary, 'gitops-warden.sarif') : inWorkspace(given);
  const options = { rules: rules.rules.map((rule) => rule.definition), version: VERSION, urlOf: rules.urlOf };
  await writeFile(sarif, renderSarif(report, options));
  const summary = valueOf(environment, 'GITHUB_STEP_SUMMARY');
  if (summary !== null) {
    await appendFile(summary, `${renderSummary(report, { blobUrl: () => null, limit: MAX_SUMMARY })}\n`);
  }
  const output = valueOf(environment, 'GITHUB_OUTPUT');
  if (output !== null) await appendFile(output, `conclusion=${report.conclusion}\nsarif=${sarif}\n`);
}

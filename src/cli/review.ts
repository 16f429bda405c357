import { openRepository } from '../git/repository.ts';
import { reviewRepository } from '../pipeline/review-repository.ts';
import { loadRuleSet } from '../pipeline/rule-set.ts';
import { exitCodeOf } from './exit.ts';
import { writeReport, type OutputOptions } from './output.ts';
import { outsideIn } from './outside.ts';
import { withProgress } from './progress.ts';
import { readTextFile } from './read-file.ts';
import { withSecretSearch } from './secret-search.ts';
import { loadSources } from './sources.ts';

export interface ReviewCommand extends OutputOptions {
  readonly repo: string;
  readonly base: string | undefined;
  readonly head: string;
  readonly policy: string | undefined;
  readonly floor: string | undefined;
  readonly extendsFrom: string | undefined;
  readonly rules: readonly string[];
  readonly cache: string | undefined;
}

/** Reviews the commits between a base and a head. */
export async function runReview(command: ReviewCommand): Promise<number> {
  const rules = await loadRuleSet(command.rules);
  const policy = command.policy === undefined ? null : await readTextFile(command.policy, '--policy');
  const floor = command.floor === undefined ? null : await readTextFile(command.floor, '--floor');
  const outside = outsideIn(command.extendsFrom);
  const repository = await openRepository(command.repo);
  try {
    const head = await repository.resolve(command.head);
    const base = await repository.resolve(command.base ?? (await repository.defaultBase()));
    const { report } = await withSecretSearch(command.cache ?? null, (secrets) =>
      withProgress('Reviewing', () =>
        reviewRepository({ repository, base, head, rules, policy, floor, outside, secrets }),
      ),
    );
    await writeReport(report, command, rules, await loadSources(repository, head, report));
    return exitCodeOf(report);
  } finally {
    repository.close();
  }
}

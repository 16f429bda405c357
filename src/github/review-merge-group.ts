import { compareCommits } from './api/commits.ts';
import { CannotJudge } from './cannot-judge.ts';
import type { CheckResult } from './check-lifecycle.ts';
import { withCheckRun } from './check-lifecycle.ts';
import type { JobContext } from './dependencies.ts';
import { givenWaivers, pullRequestOfGroup } from './given-waivers.ts';
import { fetchRefs } from './remote.ts';
import { verdictResult } from './verdict.ts';
import { stageOf } from './stages.ts';
import { createWitness } from './verification.ts';

export interface MergeGroup {
  readonly headSha: string;
  /** Full name. */
  readonly headRef: string;
  /** What the group builds on; null when its name does not tell. */
  readonly baseSha: string | null;
}

/** Judges what the merge queue is about to merge. There is no pull request to comment on: only the check. */
export async function judgeMergeGroup(context: JobContext, group: MergeGroup): Promise<void> {
  await withCheckRun(context, group.headSha, () => judge(context, group));
}

async function judge(context: JobContext, group: MergeGroup): Promise<CheckResult> {
  const { environment, api, signal } = context;
  if (group.baseSha === null) {
    throw new CannotJudge(
      `the merge queue's branch ${group.headRef} does not say what it builds on`,
      'take the pull request out of the merge queue, and put it in again.',
    );
  }
  const { baseSha, headSha } = group;
  const repository = await fetchRefs(context, [group.headRef]);
  try {
    const number = pullRequestOfGroup(group.headRef);
    const witness = createWitness(context, { lists: [() => compareCommits(api, baseSha, headSha)] });
    const { report } = await environment.review({
      repository,
      base: await repository.resolve(baseSha),
      head: await repository.resolve(headSha),
      rules: environment.rules,
      witness,
      waivers: number === null ? [] : await givenWaivers(context, number),
      digest: environment.valueDigest,
      now: new Date(environment.clock.now()),
      signal,
      stage: stageOf(context),
    });
    signal.throwIfAborted();
    const publication = { inline: new Set<string>(), notes: witness.notes(), remarks: [], trouble: null };
    return verdictResult(context, [{ number: null, report }], publication);
  } finally {
    repository.close();
  }
}

import type { Repository } from '../git/repository.ts';
import type { Review } from '../pipeline/review-repository.ts';
import type { CheckRun } from './api/check-runs.ts';
import { compareCommits } from './api/commits.ts';
import { getPullRequest, listOpenPullRequests, listPullRequestCommits } from './api/pull-requests.ts';
import type { PullRequest } from './api/pull-requests.ts';
import { CannotJudge } from './cannot-judge.ts';
import type { CheckResult } from './check-lifecycle.ts';
import { cancelledResult, mayRepeat } from './check-lifecycle.ts';
import { missingCommits } from './count-commits.ts';
import type { JobContext } from './dependencies.ts';
import { givenWaivers } from './given-waivers.ts';
import { publishReview } from './publish-review.ts';
import { fetchRefs, ownersOfHead } from './remote.ts';
import { reportToCodeScanning } from './report-to-code-scanning.ts';
import { describeSuperseded } from './stop.ts';
import { verdictResult } from './verdict.ts';
import { stageOf } from './stages.ts';
import { createWitness } from './verification.ts';

/** A head shared by more open pull requests than this is not judged: the check fails and says so. */
const MAX_SHARED = 20;

/** GitHub updates `refs/pull/N/head` a moment after the pull request. Waits in milliseconds. */
const REF_DELAYS = [1_000, 3_000, 9_000] as const;

export interface HeadOutcome {
  readonly result: CheckResult;
  /** The pull request has this newer head, which needs a check of its own; null when the result counts. */
  readonly moved: PullRequest | null;
}

export interface Judgement {
  readonly pull: PullRequest;
  readonly review: Review;
  readonly notes: readonly string[];
}

/**
 * Judges one head: for all open pull requests that have it, each against its own base, because a check belongs to
 * the commit and not to the pull request. The worst verdict counts.
 */
export async function judgePullRequests(
  context: JobContext,
  pull: PullRequest,
  run: CheckRun,
): Promise<HeadOutcome> {
  const pulls = await sharedHead(context, pull);
  const repository = await fetchPullRequests(context, pulls);
  try {
    const moved = await movedHead(context, repository, pull);
    if (moved !== null) {
      return { result: cancelledResult(describeSuperseded(moved.headSha)), moved };
    }
    const judgements: Judgement[] = [];
    for (const one of pulls) judgements.push(await judgePullRequest(context, repository, one));
    context.signal.throwIfAborted();
    return { result: await publish(context, run, judgements), moved: null };
  } finally {
    repository.close();
  }
}

/** The pull request and the other open ones that have its head. */
export async function sharedHead(context: JobContext, pull: PullRequest): Promise<readonly PullRequest[]> {
  const { pullRequests } = await ownersOfHead(context, pull.headSha);
  const others = await openOnes(
    context,
    pullRequests.filter((number) => number !== pull.number),
  );
  if (others.length >= MAX_SHARED) {
    throw new CannotJudge(
      `${String(others.length + 1)} open pull requests have the head ${pull.headSha}, and a check counts for all of them`,
      `close those that are not needed. At most ${String(MAX_SHARED)} are judged together. Then press *Re-run* on this check.`,
    );
  }
  const current = await Promise.all(others.map((number) => getPullRequest(context.api, number)));
  return [pull, ...current.filter((other) => other.open && other.headSha === pull.headSha)];
}

/** Few are asked for one by one, closed ones among them. Of many, the list of all that are open tells more cheaply. */
async function openOnes(context: JobContext, numbers: readonly number[]): Promise<readonly number[]> {
  if (numbers.length < MAX_SHARED) return numbers;
  const { items } = await listOpenPullRequests(context.api, null);
  const open = new Set(items.map(({ number }) => number));
  return numbers.filter((number) => open.has(number));
}

export function fetchPullRequests(context: JobContext, pulls: readonly PullRequest[]): Promise<Repository> {
  return fetchRefs(
    context,
    pulls.flatMap((pull) => [`refs/heads/${pull.baseRef}`, headRef(pull)]),
  );
}

/** The pull request as it is now when its head is another one than the one that is to be judged; else null. */
async function movedHead(
  context: JobContext,
  repository: Repository,
  pull: PullRequest,
): Promise<PullRequest | null> {
  for (const delay of [...REF_DELAYS, null]) {
    if ((await repository.tryResolve(headRef(pull))) === pull.headSha) return null;
    const current = await getPullRequest(context.api, pull.number);
    if (current.headSha !== pull.headSha) return current;
    if ((await repository.tryResolve(pull.headSha)) !== null) return null;
    if (delay === null) break;
    await context.environment.clock.sleep(delay);
    context.signal.throwIfAborted();
    (await fetchRefs(context, [headRef(pull)])).close();
  }
  throw new Error(`The head ${pull.headSha} of pull request ${String(pull.number)} cannot be fetched.`);
}

/** Judges one pull request against its base, under the waivers that were given on it. */
export async function judgePullRequest(
  context: JobContext,
  repository: Repository,
  pull: PullRequest,
): Promise<Judgement> {
  const { environment, api, signal } = context;
  const base = await repository.resolve(`refs/heads/${pull.baseRef}`);
  const witness = createWitness(context, {
    lists: [() => listPullRequestCommits(api, pull.number), () => compareCommits(api, base, pull.headSha)],
    incomplete: (commits) => missingCommits(context, repository, pull, base, commits),
  });
  const review = await environment.review({
    repository,
    base,
    head: pull.headSha,
    rules: environment.rules,
    witness,
    waivers: await givenWaivers(context, pull.number),
    digest: environment.valueDigest,
    now: new Date(environment.clock.now()),
    signal,
    stage: stageOf(context),
  });
  return { pull, review, notes: witness.notes() };
}

async function publish(
  context: JobContext,
  run: CheckRun,
  judgements: readonly Judgement[],
): Promise<CheckResult> {
  const botLogin = run.botLogin ?? (await context.environment.botLogin());
  let inline: ReadonlySet<string> = new Set();
  const notes = judgements.flatMap((one) => one.notes);
  const remarks: string[] = [];
  let trouble: unknown = null;
  // The others get their comments from jobs of their own, which no other replica runs at the same time.
  const [own] = judgements;
  const draft = own?.pull.draft === true;
  if (own !== undefined && !draft) {
    try {
      const target = { pull: own.pull, botLogin };
      const publication = await stageOf(context)('publish', () => publishReview(context, target, own.review));
      inline = publication.inline;
      remarks.push(...publication.remarks);
    } catch (error) {
      context.signal.throwIfAborted();
      if (mayRepeat(context, error)) throw error;
      context.log.error({ err: error, pullRequest: own.pull.number }, 'The review could not be posted');
      trouble = error;
    }
  }
  if (own !== undefined) remarks.push(...(await reportToCodeScanning(context, own.pull.number, own.review)));
  return verdictResult(
    context,
    judgements.map(({ pull, review }) => ({ number: pull.number, report: review.report })),
    { inline, notes, remarks, trouble, draft },
  );
}

function headRef(pull: PullRequest): string {
  return `refs/pull/${String(pull.number)}/head`;
}

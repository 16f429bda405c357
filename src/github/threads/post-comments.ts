import type { Place } from '../../report/placement.ts';
import { createFileComment, createReview } from '../api/pull-requests.ts';
import type { JobContext } from '../dependencies.ts';
import { GitHubError } from '../errors.ts';
import type { Plan } from './plan-threads.ts';

/** Refused requests after which the comments that are left are given up: they are in the check all the same. */
const MAX_REFUSALS = 10;
const MAX_FILE_REFUSALS = 3;

export interface Post {
  readonly number: number;
  readonly headSha: string;
  /** What stands above the comments. */
  readonly body: string;
}

/** The place that GitHub refused, by fingerprint. */
export type Refused = ReadonlyMap<string, Place['type']>;

/**
 * Begins the threads of a plan: those on lines in one review, which GitHub takes as a whole or not at all, those on
 * files one by one.
 *
 * @throws {GitHubError} when GitHub fails, and then some of them may stand
 */
export async function postComments(
  context: JobContext,
  post: Post,
  { lines, files }: Pick<Plan, 'lines' | 'files'>,
): Promise<Refused> {
  const refused = new Map<string, Place['type']>();
  await postLines(context, post, lines, refused);
  await postFiles(context, post, files, refused);
  return refused;
}

async function postFiles(
  context: JobContext,
  post: Post,
  files: Plan['files'],
  refused: Map<string, Place['type']>,
): Promise<void> {
  let refusals = 0;
  for (const { finding, place, body } of files) {
    context.signal.throwIfAborted();
    const comment = { commit: post.headSha, path: place.path, body };
    const refusal =
      refusals === MAX_FILE_REFUSALS
        ? 'given up'
        : await refusalOf(createFileComment(context.api, post.number, comment));
    if (refusal === null) continue;
    refusals = Math.min(refusals + 1, MAX_FILE_REFUSALS);
    refused.set(finding.fingerprint, 'file');
  }
}

/** GitHub does not say which line it refuses, so a refused review is halved until the bad ones are found. */
async function postLines(
  context: JobContext,
  post: Post,
  lines: Plan['lines'],
  refused: Map<string, Place['type']>,
): Promise<void> {
  // Bad ones are mostly in one file, whose diff GitHub does not show.
  const byPath = [...lines].sort((a, b) => (a.place.path < b.place.path ? -1 : 1));
  const waiting = lines.length === 0 ? [] : [lines];
  let refusals = 0;
  let { body } = post;
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    context.signal.throwIfAborted();
    const comments = group.map(({ place, body }) => ({ ...place, body }));
    const review = { commit: post.headSha, body, comments };
    const refusal = await refusalOf(createReview(context.api, post.number, review));
    if (refusal === null) {
      // The rest of a review that was divided says nothing again.
      body = '';
      continue;
    }
    context.log.warn({ err: refusal, comments: group.length }, 'GitHub refused inline comments');
    refusals += 1;
    const elsewhere = isAboutPlace(refusal);
    if (!elsewhere || refusals >= MAX_REFUSALS) {
      giveUp([group, ...waiting], elsewhere ? 'line' : 'file', refused);
      return;
    }
    const ordered = group === lines ? byPath : group;
    const middle = Math.ceil(ordered.length / 2);
    if (ordered.length === 1) giveUp([ordered], 'line', refused);
    else waiting.push(ordered.slice(0, middle), ordered.slice(middle));
  }
}

function giveUp(
  groups: readonly Plan['lines'][],
  type: Place['type'],
  refused: Map<string, Place['type']>,
): void {
  for (const { finding } of groups.flat()) refused.set(finding.fingerprint, type);
}

/** What GitHub says against a comment; null when it took it. */
async function refusalOf(request: Promise<void>): Promise<GitHubError | null> {
  try {
    await request;
    return null;
  } catch (error) {
    if (error instanceof GitHubError && error.kind === 'unprocessable') return error;
    throw error;
  }
}

/** Whether another place could help: a text that is refused, or a commit that is gone, is so everywhere. */
function isAboutPlace({ message }: GitHubError): boolean {
  return /\b(?:line|path|position|diff|hunk)\b/i.test(message.replace(/^[^:]*:/, ''));
}

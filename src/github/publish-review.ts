import type { Finding } from '../engine/finding.ts';
import { readMarker, renderComment, renderReviewBody } from '../report/comment.ts';
import { placeFindings } from '../report/placement.ts';
import type { PlacedFinding } from '../report/placement.ts';
import type { Review } from '../pipeline/review-repository.ts';
import { createReview, listReviewComments, listReviews } from './api/pull-requests.ts';
import type { NewReview } from './api/pull-requests.ts';
import type { JobContext } from './dependencies.ts';
import { GitHubError } from './errors.ts';
import { writeOnce } from './write-once.ts';

/** New inline comments for one push; what is over goes to the check run. */
const COMMENT_LIMIT = 30;

export interface Publication {
  /** Fingerprints of findings that have a comment of ours on their line. */
  readonly inline: ReadonlySet<string>;
  /** What went otherwise than planned, as sentences. */
  readonly notes: readonly string[];
}

const NOTHING: Publication = { inline: new Set(), notes: [] };

export interface PublishTarget {
  readonly number: number;
  readonly headSha: string;
  readonly botLogin: string;
}

/** Posts what has no comment of ours yet, as one review. No introduced finding on a line of the diff: no request. */
export async function publishReview(
  context: JobContext,
  target: PublishTarget,
  { report, hunks }: Review,
): Promise<Publication> {
  const introduced = report.findings.filter((finding) => finding.introduced);
  const placed = placeFindings(introduced, hunks, { limit: Number.MAX_SAFE_INTEGER });
  if (placed.inline.length === 0) return NOTHING;
  const commented = await ownFingerprints(context, target);
  const fresh = placed.inline.filter(({ finding }) => !commented.has(finding.fingerprint));
  const posted = fresh.slice(0, COMMENT_LIMIT);
  const over = fresh.slice(COMMENT_LIMIT).map(({ finding }) => finding);
  const inline = new Set(placed.inline.filter((one) => !over.includes(one.finding)).map(fingerprintOf));
  if (posted.length === 0) return { inline, notes: [] };
  const body = renderReviewBody(report, [...over, ...placed.elsewhere]);
  try {
    // Not after another worker has taken over: it may be posting the same.
    context.signal.throwIfAborted();
    await postReview(context, target, posted, body);
    return { inline, notes: [] };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.kind !== 'unprocessable') throw error;
    context.log.warn({ err: error }, 'GitHub refused the inline comments');
    const findings = [...posted.map(({ finding }) => finding), ...over, ...placed.elsewhere];
    const note = await postWithoutComments(context, target, renderReviewBody(report, findings));
    return { inline: new Set([...inline].filter((one) => commented.has(one))), notes: [note] };
  }
}

/** A marker counts only in a comment that our own App wrote: anybody can write a marker. */
async function ownFingerprints(context: JobContext, target: PublishTarget): Promise<ReadonlySet<string>> {
  const { items, truncated } = await listReviewComments(context.api, target.number);
  if (truncated) {
    throw new Error(`Pull request ${String(target.number)} has more review comments than can be read.`);
  }
  const own = items.filter((comment) => comment.author === target.botLogin);
  return new Set(own.flatMap((comment) => readMarker(comment.body) ?? []));
}

async function postReview(
  context: JobContext,
  target: PublishTarget,
  placed: readonly PlacedFinding[],
  body: string,
): Promise<void> {
  const review: NewReview = {
    commit: target.headSha,
    body,
    comments: placed.map(({ finding, path, line, startLine }) => ({
      path,
      line,
      startLine,
      body: renderComment(applicable(finding, startLine ?? line, line)),
    })),
  };
  await writeOnce(context.api.clock, {
    write: async () => {
      await createReview(context.api, target.number, review);
      return true;
    },
    // GitHub takes a review as a whole, so one of its comments stands for all.
    find: async () => {
      const standing = await ownFingerprints(context, target);
      return placed.some(({ finding }) => standing.has(finding.fingerprint)) ? true : null;
    },
  });
}

/** A suggestion replaces the lines that its comment stands on, so on other lines it would do harm. */
function applicable(finding: Finding, firstLine: number, lastLine: number): Finding {
  const { suggestion } = finding;
  const fits = suggestion?.startLine === firstLine && suggestion.endLine === lastLine;
  return fits ? finding : { ...finding, suggestion: null };
}

/** GitHub does not say which line it refuses, so the findings go into the body of a review without comments. */
async function postWithoutComments(
  context: JobContext,
  target: PublishTarget,
  body: string,
): Promise<string> {
  const fallback =
    'GitHub did not accept the inline comments on some line of the diff, so the findings are listed here and in a review without line comments.';
  const standing = async (): Promise<true | null> => {
    const { items } = await listReviews(context.api, target.number);
    const own = items.some((one) => one.author === target.botLogin && sameText(one.body, body));
    return own ? true : null;
  };
  if ((await standing()) !== null) return fallback;
  try {
    await writeOnce(context.api.clock, {
      write: async () => {
        await createReview(context.api, target.number, { commit: target.headSha, body, comments: [] });
        return true;
      },
      find: standing,
    });
    return fallback;
  } catch (error) {
    if (!(error instanceof GitHubError) || error.kind !== 'unprocessable') throw error;
    context.log.warn({ err: error }, 'GitHub refused the review without comments too');
    return 'GitHub did not accept a review on this commit, so the findings are listed here only.';
  }
}

function sameText(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trim() === b.replaceAll('\r\n', '\n').trim();
}

function fingerprintOf({ finding }: { readonly finding: Finding }): string {
  return finding.fingerprint;
}

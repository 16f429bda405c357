import { escapeMarkdown } from '../report/markdown.ts';
import { ReceiverError } from '../alerts/receivers/receiver.ts';
import { GitError } from '../git/git-error.ts';
import { CannotJudge } from './cannot-judge.ts';
import { GitHubError } from './errors.ts';

/** Trouble of the bot, told to people: what failed, whose fault it is, what to do. Markdown. */
export interface Trouble {
  readonly title: string;
  readonly summary: string;
}

const AGAIN = 'Then press *Re-run* on this check.';

/** Says what went wrong in a check run. It never blames the author and never counts as passed. */
export function describeTrouble(error: unknown): Trouble {
  const { cause, remedy, isOurs = true } = causeOf(error);
  const lead = isOurs
    ? '**This is a problem of gitops-warden, not of the change.** Because nothing was verified, the check fails.'
    : '**This cannot be judged.** Because nothing was verified, the check fails.';
  return {
    title: isOurs ? 'gitops-warden could not finish its review' : 'This cannot be judged',
    summary: [lead, `What failed: ${escapeMarkdown(cause)}`, `What to do: ${remedy}`].join('\n\n'),
  };
}

/** Says that a verdict stands whose comments could not be posted. Markdown. */
export function describeUnposted(error: unknown): Trouble {
  const { cause, remedy } = causeOf(error);
  return {
    title: 'The comments could not be posted',
    summary: [
      '**The comments could not be posted.** All findings are here. This is a problem of gitops-warden, not of the change, and the check fails until it is mended.',
      `What failed: ${escapeMarkdown(cause)}`,
      `What to do: ${remedy}`,
    ].join('\n\n'),
  };
}

/** As `describeTrouble`, when a push could not be judged or the alert about it could not be raised. */
export function describeUnjudgedPush(error: unknown): Trouble {
  return {
    title: 'gitops-warden could not judge this push',
    summary: [
      '**This is a problem of gitops-warden.** Either it could not tell whether this push came from a merged pull request, or it could not raise the alert about it. Look at the push as you would at a direct push.',
      `What failed: ${escapeMarkdown(causeOf(error).cause)}`,
    ].join('\n\n'),
  };
}

/** What the check says of a review that nobody goes on with. */
export function describeAbandoned(): Trouble {
  return {
    title: 'gitops-warden could not finish its review',
    summary: [
      '**This is a problem of gitops-warden, not of the change.** Because nothing was verified, the check fails.',
      'What failed: the review was interrupted again and again; the details are in the log of gitops-warden.',
      `What to do: press *Re-run* on this check. If it fails again, please tell the operator.`,
    ].join('\n\n'),
  };
}

interface Cause {
  readonly cause: string;
  /** Markdown. */
  readonly remedy: string;
  /** Whether it is gitops-warden that has to be mended, or what stands around it; true when absent. */
  readonly isOurs?: boolean;
}

function causeOf(error: unknown): Cause {
  if (error instanceof GitHubError) {
    const id = error.requestId === null ? '' : ` (GitHub request ${error.requestId})`;
    return { cause: `${error.message}${id}`, remedy: remedyFor(error) };
  }
  if (error instanceof GitError && error.kind === 'no-merge-base') {
    return {
      cause: error.message,
      remedy: 'make the branch anew from its base branch, for instance with `git rebase --onto`, and push.',
      isOurs: false,
    };
  }
  if (error instanceof GitError) {
    return {
      cause: `git could not read the repository: ${error.message}`,
      remedy:
        error.kind === 'not-found'
          ? `the branch or commit is gone, perhaps after a force push. Push again or press *Re-run* on this check.`
          : `wait a minute, then press *Re-run* on this check. If it fails again, the operator finds the details in the log.`,
    };
  }
  if (error instanceof CannotJudge) return { cause: error.message, remedy: error.remedy, isOurs: false };
  if (error instanceof ReceiverError) {
    return { cause: error.message, remedy: 'the operator checks the settings of the receiver.' };
  }
  // The text of an unforeseen error is for the operator's log only: nobody has checked what it may quote.
  return {
    cause: 'an error inside gitops-warden; the details are in its log',
    remedy: `press *Re-run* on this check. If it fails again, please tell the operator.`,
  };
}

function remedyFor(error: GitHubError): string {
  switch (error.kind) {
    case 'permission':
      return `the App lacks a permission${error.permission === null ? '' : `: \`${error.permission.replaceAll('`', "'")}\``}. An owner grants it in the settings of the installation. ${AGAIN}`;
    case 'unauthorized':
      return `the operator checks the App's id and private key. ${AGAIN}`;
    case 'rate-limited':
      return `GitHub's rate limit is used up; wait until it is reset. ${AGAIN}`;
    case 'not-found':
      return `the App cannot see it: it was deleted, or the installation does not cover it. An owner checks the installation. ${AGAIN}`;
    case 'gone':
      return `the feature is switched off in this repository. ${AGAIN}`;
    case 'unavailable':
      return `GitHub did not answer; see https://www.githubstatus.com, and wait. ${AGAIN}`;
    case 'unprocessable':
    case 'refused':
      return `GitHub refused the request; please report it with the request id. ${AGAIN}`;
  }
}

/** Why an attempt failed, for the operator's list of jobs; the text of an unforeseen error stays in the log. */
export function describeForOperator(error: unknown): string {
  return causeOf(error).cause;
}

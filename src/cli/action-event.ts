import { isRecord } from '../manifests/manifest.ts';

/** What an event of a workflow asks to be looked at. Revisions are full ids or names that `git` knows. */
export interface EventRange {
  /** Null: there is nothing to compare with, and the head is scanned. */
  readonly base: string | null;
  readonly head: string;
  /** What has to be fetched for both, as refspecs. */
  readonly refspecs: readonly string[];
}

const NO_COMMIT = /^0+$/;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/**
 * Reads the payload of the event that started a workflow:
 * https://docs.github.com/actions/reference/events-that-trigger-workflows
 *
 * @returns null when the event left nothing to look at: a deleted branch
 */
export function rangeOfEvent(name: string, payload: unknown): EventRange | null {
  if (!isRecord(payload)) return SCAN;
  if (name === 'pull_request' || name === 'pull_request_target') return rangeOfPullRequest(payload) ?? SCAN;
  if (name === 'merge_group') return rangeOfMergeGroup(payload) ?? SCAN;
  if (name === 'push') return payload['deleted'] === true ? null : (rangeOfPush(payload) ?? SCAN);
  return SCAN;
}

const SCAN: EventRange = { base: null, head: 'HEAD', refspecs: [] };

/** The base as it is now: its policy may be newer than what the event names. */
function rangeOfPullRequest(payload: Readonly<Record<string, unknown>>): EventRange | null {
  const pull = recordAt(payload, 'pull_request');
  const base = branchAt(recordAt(pull, 'base'), 'ref');
  const head = commitAt(recordAt(pull, 'head'), 'sha');
  const number = payload['number'];
  if (base === null || head === null || typeof number !== 'number' || !Number.isSafeInteger(number))
    return null;
  return {
    base: `refs/remotes/origin/${base}`,
    head,
    refspecs: [
      branchRefspec(base),
      `+refs/pull/${String(number)}/head:refs/remotes/origin/pull/${String(number)}/head`,
    ],
  };
}

function rangeOfMergeGroup(payload: Readonly<Record<string, unknown>>): EventRange | null {
  const group = recordAt(payload, 'merge_group');
  const base = commitAt(group, 'base_sha');
  const head = commitAt(group, 'head_sha');
  if (base === null || head === null) return null;
  return { base, head, refspecs: [base, head] };
}

/** A new branch is compared with the default one. */
function rangeOfPush(payload: Readonly<Record<string, unknown>>): EventRange | null {
  const { ref, before } = payload;
  const after = commitAt(payload, 'after');
  if (after === null || typeof ref !== 'string' || typeof before !== 'string') return null;
  if (!NO_COMMIT.test(before)) {
    return COMMIT.test(before) ? { base: before, head: after, refspecs: [before, after] } : null;
  }
  const main = branchAt(recordAt(payload, 'repository'), 'default_branch');
  if (main === null || ref === `refs/heads/${main}`) return { base: null, head: after, refspecs: [after] };
  return { base: `refs/remotes/origin/${main}`, head: after, refspecs: [branchRefspec(main), after] };
}

function branchRefspec(branch: string): string {
  return `+refs/heads/${branch}:refs/remotes/origin/${branch}`;
}

function recordAt(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function commitAt(value: unknown, key: string): string | null {
  const found = recordAt(value, key);
  return typeof found === 'string' && COMMIT.test(found) ? found : null;
}

/** What `git` allows in the name of a branch and no refspec reads as something else. */
function branchAt(value: unknown, key: string): string | null {
  const found = recordAt(value, key);
  return typeof found === 'string' && /^[^\s~^:?*[\\\p{Cc}]+$/u.test(found) ? found : null;
}

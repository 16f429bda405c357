import { isMarkedGone, type NoteKind } from '../../report/comment.ts';

/** A thread that our own App began about a finding. */
export interface Thread {
  /** GraphQL's id. */
  readonly id: string;
  readonly fingerprint: string;
  readonly path: string;
  /** Where it stands in the present diff; null when its line changed, and for a whole file. */
  readonly line: number | null;
  readonly startLine: number | null;
  /** Whether its line was changed since, so that GitHub does not show it in the diff any more. */
  readonly outdated: boolean;
  readonly resolved: boolean;
  /** Whether the App may resolve it, or open it again. */
  readonly canResolve: boolean;
  readonly comment: {
    /** GraphQL's id. */
    readonly id: string;
    readonly body: string;
    /** Whether it is folded away. */
    readonly hidden: boolean;
    readonly canHide: boolean;
  };
  /** The latest that we added to the comment; null when there is nothing. */
  readonly lastNote: NoteKind | null;
  /** Whether somebody else wrote in it. */
  readonly answered: boolean;
  /** Whether somebody else wrote in it after our last note, or at all when there is none. */
  readonly answeredSince: boolean;
}

/** Whether nobody has to look at it any more. */
export function isClosed({ resolved, comment }: Thread): boolean {
  return resolved || comment.hidden;
}

/** Whether it waits for its finding to come back, which would open it again. */
export function isLaidToRest(thread: Thread): boolean {
  return isDoneByUs(thread) || (isClosed(thread) && isMarkedGone(thread.comment.body));
}

/** Whether our last word in it was that it is done. Whatever is closed without that was closed by a person. */
export function isDoneByUs({ lastNote }: Thread): boolean {
  return lastNote !== null && lastNote !== 'back';
}

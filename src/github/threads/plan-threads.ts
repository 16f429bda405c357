import { SEVERITIES, type Finding, type Severity } from '../../engine/finding.ts';
import type { Report } from '../../engine/report.ts';
import { WHOLE_REPOSITORY } from '../../git/not-checked.ts';
import { isMarkedGone, markGone, renderComment, renderNote, type NoteKind } from '../../report/comment.ts';
import { placeFinding, type LineSpan, type Place } from '../../report/placement.ts';
import { isClosed, isDoneByUs, isLaidToRest, type Thread } from './thread.ts';

/** A comment on a whole file takes a request of its own, so there are few of them a push. */
const MAX_FILE_COMMENTS = 10;

/** What is done to a thread that stands. */
export type ThreadChange =
  | { readonly type: 'edit' | 'hide' | 'show'; readonly commentId: string; readonly body: string }
  | {
      readonly type: 'note' | 'resolve' | 'reopen';
      readonly threadId: string;
      readonly body: string;
      /** What is done in its place when GitHub does not let the App do it. */
      readonly instead?: ThreadChange;
    };

export interface NewThread<P extends Place = Place> {
  readonly finding: Finding;
  readonly place: P;
  readonly body: string;
}

export interface Plan {
  /** Threads to begin, the most severe first. */
  readonly lines: readonly NewThread<Extract<Place, { type: 'line' }>>[];
  readonly files: readonly NewThread<Extract<Place, { type: 'file' }>>[];
  readonly changes: readonly ThreadChange[];
  /** Fingerprints of findings whose comment can be seen in the diff, or was closed by people, once the plan is carried out. */
  readonly commented: ReadonlySet<string>;
  /** Findings for which there is no room. */
  readonly over: readonly Finding[];
  /** Findings that the diff has no place for. */
  readonly elsewhere: readonly Finding[];
}

export interface PlanInput {
  readonly report: Report;
  readonly hunks: ReadonlyMap<string, readonly LineSpan[]>;
  /** Our threads, the oldest first. */
  readonly threads: readonly Thread[];
  /** How many comments on findings that stand may be open at a time. */
  readonly limit: number;
  /** The last place that GitHub refused, by fingerprint. */
  readonly refused?: ReadonlyMap<string, Place['type']>;
}

/** What has to be done so that each introduced finding has one thread, and each thread says what holds now. */
export function planThreads(input: PlanInput): Plan {
  const { report, threads } = input;
  const standing = new Map(
    report.findings.filter(({ introduced }) => introduced).map((finding) => [finding.fingerprint, finding]),
  );
  const kept = new Map<string, Thread>();
  const changes: ThreadChange[] = [];
  for (const [fingerprint, group] of groupThreads(threads)) {
    const keeper = chooseKeeper(group);
    if (keeper === undefined) continue;
    kept.set(fingerprint, keeper);
    const finding = standing.get(fingerprint);
    changes.push(
      ...(finding === undefined ? finish(keeper, report) : uphold(keeper, finding, report)),
      ...group.filter((one) => one !== keeper).flatMap((one) => mergeDouble(one, report)),
    );
  }
  const fresh = [...standing.values()].filter(({ fingerprint }) => !kept.has(fingerprint));
  const open = [...kept].flatMap(([fingerprint, thread]) =>
    isClosed(thread) && !isLaidToRest(thread) ? [] : (standing.get(fingerprint)?.severity ?? []),
  );
  const begun = begin(fresh, open, input);
  const began = [...begun.lines, ...begun.files].map(({ finding }) => finding.fingerprint);
  const shown = [...kept].flatMap(([fingerprint, thread]) => (showsInDiff(thread) ? fingerprint : []));
  return { ...begun, changes, commented: new Set([...shown, ...began]) };
}

/** A thread that GitHub hides although its finding stands tells nobody of it. */
function showsInDiff(thread: Thread): boolean {
  const staysClosed = thread.resolved && isLaidToRest(thread) && !thread.canResolve;
  return !thread.outdated && !staysClosed;
}

function groupThreads(threads: readonly Thread[]): Map<string, Thread[]> {
  const groups = new Map<string, Thread[]>();
  for (const thread of threads) {
    groups.set(thread.fingerprint, [...(groups.get(thread.fingerprint) ?? []), thread]);
  }
  return groups;
}

/** Of several threads about one finding: one that people wrote in, else an open one, else the oldest. */
function chooseKeeper(group: readonly Thread[]): Thread | undefined {
  const candidates = group.filter(({ lastNote }) => lastNote !== 'double');
  return (
    candidates.find(({ answered }) => answered) ??
    candidates.find((one) => !isClosed(one)) ??
    candidates[0] ??
    group[0]
  );
}

/** The finding is there: the comment says what holds now, and is open again if we had closed it. */
function uphold(thread: Thread, finding: Finding, report: Report): ThreadChange[] {
  const { id, comment, line, startLine, resolved, canResolve } = thread;
  const body = renderComment(applicable(finding, startLine ?? line, line));
  const edit: ThreadChange[] = sameText(comment.body, body)
    ? []
    : [{ type: 'edit', commentId: comment.id, body }];
  // A thread that a person resolved stays resolved: the finding is in the check all the same.
  if (!isLaidToRest(thread)) return edit;
  return [
    ...(resolved && canResolve ? [{ type: 'reopen' as const, threadId: id, body: '' }] : []),
    ...(comment.hidden && comment.canHide
      ? [{ type: 'show' as const, commentId: comment.id, body: '' }]
      : []),
    note(thread, 'back', report),
    // Last, because it may take the mark away by which a request that broke off is gone on with.
    ...edit,
  ];
}

/** The finding is not there, or asks for nothing any more. */
function finish(thread: Thread, report: Report): ThreadChange[] {
  const kind = reasonFor(thread, report);
  if (kind === null) return [];
  if (!isDoneByUs(thread))
    return isClosed(thread) ? layToRest(thread) : [note(thread, kind, report), ...close(thread)];
  // Said already. Still open: our request broke off before, or somebody opened it and says why.
  return isClosed(thread) || thread.answeredSince ? [] : close(thread);
}

/** Somebody closed it already, so nobody has to hear of it. */
function layToRest({ comment: { id, body } }: Thread): ThreadChange[] {
  return isMarkedGone(body) ? [] : [{ type: 'edit', commentId: id, body: markGone(body) }];
}

/** Why a thread can be closed; null when it cannot, because nobody can tell whether the finding is gone. */
function reasonFor({ fingerprint, path }: Thread, report: Report): NoteKind | null {
  if (report.waived.some(({ finding }) => finding.fingerprint === fingerprint)) return 'waived';
  if (report.findings.some((finding) => finding.fingerprint === fingerprint)) return 'existing';
  const unsure = report.failures.length > 0 || report.configProblems.length > 0;
  const unchecked = report.notChecked.some((one) => one.path === path || one.path === WHOLE_REPOSITORY);
  return unsure || unchecked ? null : 'mended';
}

function mergeDouble(thread: Thread, report: Report): ThreadChange[] {
  if (thread.answered || isClosed(thread)) return [];
  return thread.lastNote === 'double' ? close(thread) : [note(thread, 'double', report), ...close(thread)];
}

function note(thread: Thread, kind: NoteKind, report: Report): ThreadChange {
  const waiver = report.waived.find(({ finding }) => finding.fingerprint === thread.fingerprint) ?? null;
  const leftOpen = kind !== 'back' && !thread.resolved && !thread.canResolve;
  const facts = { head: report.head ?? '', waiver, leftOpen };
  return { type: 'note', threadId: thread.id, body: renderNote(kind, facts) };
}

/** Resolved where GitHub lets the App; else folded away. */
function close({ id, comment, canResolve }: Thread): ThreadChange[] {
  const hide: ThreadChange[] = comment.canHide ? [{ type: 'hide', commentId: comment.id, body: '' }] : [];
  if (!canResolve) return hide;
  const [instead] = hide;
  return [{ type: 'resolve', threadId: id, body: '', ...(instead === undefined ? {} : { instead }) }];
}

/** New threads within the limit, in which a comment on a warning takes no room from an error. */
function begin(
  fresh: readonly Finding[],
  open: readonly Severity[],
  { hunks, limit, refused = new Map() }: PlanInput,
): Pick<Plan, 'lines' | 'files' | 'over' | 'elsewhere'> {
  const lines: Plan['lines'][number][] = [];
  const files: Plan['files'][number][] = [];
  const over: Finding[] = [];
  const elsewhere: Finding[] = [];
  const bySeverity = [...fresh].sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
  for (const finding of bySeverity) {
    const place = allowed(placeFinding(finding, hunks), refused.get(finding.fingerprint));
    const before = open.filter((severity) => rankOf(severity) <= rankOf(finding.severity)).length;
    const full = before + lines.length + files.length >= limit;
    if (place === null) elsewhere.push(finding);
    else if (full || (place.type === 'file' && files.length >= MAX_FILE_COMMENTS)) over.push(finding);
    else if (place.type === 'file')
      files.push({ finding, place, body: renderComment(withoutSuggestion(finding)) });
    else {
      const body = renderComment(applicable(finding, place.startLine ?? place.line, place.line));
      lines.push({ finding, place, body });
    }
  }
  return { lines, files, over, elsewhere };
}

function allowed(place: Place | null, refused: Place['type'] | undefined): Place | null {
  if (place === null || refused === 'file') return null;
  return refused === 'line' ? { type: 'file', path: place.path } : place;
}

function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** A suggestion replaces the lines that its comment stands on, so on other lines it would do harm. */
function applicable(finding: Finding, firstLine: number | null, lastLine: number | null): Finding {
  const { suggestion } = finding;
  const fits = suggestion?.startLine === firstLine && suggestion.endLine === lastLine;
  return fits ? finding : withoutSuggestion(finding);
}

function withoutSuggestion(finding: Finding): Finding {
  return { ...finding, suggestion: null };
}

function sameText(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trim() === b.replaceAll('\r\n', '\n').trim();
}

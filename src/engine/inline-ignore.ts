import { yamlComments } from '../manifests/comments.ts';
import type { Compared } from './compare.ts';
import { displayName } from './message.ts';
import type { RawFinding } from './judge.ts';
import { REASON_LENGTH } from './waiver-file.ts';

/** `# gitops-warden:ignore RULE REASON`: in the line of a finding, or in a line of its own above it. */
export interface InlineIgnore {
  readonly ruleId: string;
  readonly reason: string;
  /** Of the comment. */
  readonly line: number;
  /** The line whose findings it means. */
  readonly covers: number;
}

/** What a comment does to the finding that it means. */
export type IgnoreOutcome =
  | { readonly state: 'in-force'; readonly reason: string }
  /** `new`: the base does not have it; `no-reason`: it does not say why; `refused`: the rule cannot be waived so. */
  | { readonly state: 'new' | 'no-reason' | 'refused'; readonly line: number };

const MARK = 'gitops-warden:ignore';

/** The comments of a YAML text that ask to ignore something. */
export function ignoresIn(text: string): InlineIgnore[] {
  if (!text.includes(MARK)) return [];
  const comments = yamlComments(text);
  const lines = text.split('\n');
  const isAlone = (line: number): boolean => (lines[line - 1] ?? '').trimStart().startsWith('#');
  return comments.flatMap(({ text: comment, range }) => {
    const found = /^gitops-warden:ignore\s+([a-z][a-z0-9-]{0,99})(?:\s+(.*))?$/s.exec(comment);
    if (found === null) return [];
    const { line } = range.start;
    let covers = line;
    if (isAlone(line)) while (isAlone(covers)) covers += 1;
    return [{ ruleId: found[1] ?? '', reason: (found[2] ?? '').trim(), line, covers }];
  });
}

export interface IgnoreSides {
  /** The YAML text of a file; null when it is none. */
  readonly head: (path: string) => string | null;
  /** Null in a scan, where the comments that stand there count. */
  readonly base: ((path: string) => string | null) | null;
  /** Whether a comment may set aside what a rule finds. */
  readonly mayIgnore: (ruleId: string) => boolean;
}

/**
 * Says of each introduced finding what the comment does that means it. A change cannot excuse itself: its comment counts
 * when the base has one for the same finding already, whose value the change then may alter.
 */
export function withIgnores(
  findings: readonly Compared[],
  base: readonly RawFinding[],
  sides: IgnoreSides,
): readonly Compared[] {
  const ignoreAt = ignoreFinder(sides.head);
  const meant = findings.map((one) => (one.introduced ? ignoreAt(one.raw) : null));
  if (meant.every((ignore) => ignore === null)) return findings;
  const atBase = sides.base === null ? null : ignoreFinder(sides.base);
  const accepted = new Set(
    atBase === null ? [] : base.filter((raw) => atBase(raw) !== null).map(({ fingerprint }) => fingerprint),
  );
  return findings.map((one, index) => {
    const ignore = meant[index] ?? null;
    if (ignore === null) return one;
    const isAccepted = atBase === null || accepted.has(one.raw.fingerprint);
    return { ...one, raw: { ...one.raw, ignore: outcomeOf(ignore, isAccepted, sides) } };
  });
}

function outcomeOf(
  { ruleId, reason, line }: InlineIgnore,
  isAccepted: boolean,
  { mayIgnore }: IgnoreSides,
): IgnoreOutcome {
  if (!mayIgnore(ruleId)) return { state: 'refused', line };
  if (reason.length < REASON_LENGTH.min) return { state: 'no-reason', line };
  return isAccepted
    ? { state: 'in-force', reason: reason.slice(0, REASON_LENGTH.max) }
    : { state: 'new', line };
}

/** Finds the comment that means a finding, in one side's files. */
function ignoreFinder(textOf: (path: string) => string | null): (raw: RawFinding) => InlineIgnore | null {
  const known = new Map<string, readonly InlineIgnore[]>();
  return ({ ruleId, subject }) => {
    if (subject.type !== 'file' || subject.commit !== null || subject.range === null) return null;
    let ignores = known.get(subject.path);
    if (ignores === undefined) {
      ignores = ignoresIn(textOf(subject.path) ?? '');
      known.set(subject.path, ignores);
    }
    const { line } = subject.range.start;
    return ignores.find((one) => one.ruleId === ruleId && one.covers === line) ?? null;
  };
}

/** What a comment that does not count lacks, as a sentence; empty for one that counts. */
export function describeIgnore(outcome: IgnoreOutcome, fingerprint: string): string {
  if (outcome.state === 'in-force') return '';
  const comment = `The comment \`${MARK}\` on line ${String(outcome.line)}`;
  switch (outcome.state) {
    case 'refused':
      return `${comment} does not count: findings of this rule cannot be set aside by a comment.`;
    case 'no-reason':
      return `${comment} does not count: it must say behind the name of the rule why this may stay.`;
    case 'new':
      return (
        `${comment} is not in force yet, because the base branch does not have it for this finding. To have it accepted now, ask somebody who may ` +
        `give waivers to comment \`/warden waive ${displayName(fingerprint.slice(0, 12))} because …\` on the pull request.`
      );
  }
}

import type { ActiveRule } from './active-rules.ts';
import { Benches, type BenchInput } from './benches.ts';
import { shortSha, type ChangeSet, type FileVersion, type NotChecked } from './change.ts';
import { unreadIn } from './unread.ts';
import { cutsOf } from './cuts.ts';
import { BaseFindings, onlyInHistory, type Compared } from './compare.ts';
import { fingerprint } from './fingerprint.ts';
import { judgeEvent, judgeFile, type Bench, type RawFinding } from './judge.ts';
import { judgeRepository } from './judge-repository.ts';
import { withIgnores } from './inline-ignore.ts';
import { JudgedSides, type Side } from './judged-sides.ts';
import { leakKey, type Leaks } from './leak.ts';
import type { RuleFailure } from './report.ts';
import type { RuleContext } from './rule.ts';
import { finished, type Steps } from './steps.ts';
import { withoutYielding } from './yielding.ts';

/** The path of a note about the change as a whole: too many commits, for instance. */
const WHOLE_CHANGE = '.';

export interface JudgementInput extends BenchInput {
  readonly rules: readonly ActiveRule[];
  /** Whether a comment in the file may set aside what a rule finds. */
  readonly mayIgnore: (ruleId: string) => boolean;
}

/** Rules that are judged together: those about leaked credentials last. */
interface Part {
  readonly rules: readonly ActiveRule[];
  /** Those of them that also judge what only commits have. */
  readonly history: readonly ActiveRule[];
  readonly last: boolean;
}

/**
 * One run of the rules over both sides of a change. What needs no knowledge of leaked credentials is judged in steps,
 * while they may still be looked for; `finish` does the rest.
 */
export class Judgement {
  readonly failures: RuleFailure[] = [];
  manifests = 0;
  readonly #unread: NotChecked[] = [];
  readonly #input: JudgementInput;
  readonly #change: ChangeSet;
  readonly #sides: JudgedSides;
  readonly #benches: Benches;
  readonly #first: Part;
  readonly #last: Part;
  readonly #steps: Steps<void>;
  readonly #found: Record<Side | 'past', RawFinding[]> = { head: [], base: [], past: [] };
  #leaks: Leaks | undefined;

  constructor(input: JudgementInput) {
    this.#input = input;
    this.#change = input.change;
    this.#sides = new JudgedSides(input.change);
    this.#benches = new Benches(input, this.#sides, (failure) => this.failures.push(failure));
    this.#first = partOf(
      input.rules.filter((active) => !judgesLeaks(active)),
      false,
    );
    this.#last = partOf(input.rules.filter(judgesLeaks), true);
    this.#steps = this.#judge();
  }

  /** Judges a little more, as a file or a rule; false when nothing is left but what `finish` does. */
  step(): boolean {
    return this.#steps.next().done !== true;
  }

  /** @param leaks what the search for credentials found; undefined when nobody searched */
  finish(leaks: Leaks | undefined): readonly Compared[] {
    finished(this.#steps);
    this.#leaks = leaks;
    finished(this.#judgeVersions(this.#last));
    const { head, base, past } = this.#found;
    const counted = new BaseFindings(base);
    const compared = head.map((raw) => ({ raw, introduced: !counted.take(raw) }));
    const history = onlyInHistory(past, base, head, (raw) => fingerprint({ ...raw.parts, commit: null }));
    const events = [...this.#judgeCommits(), ...this.#judgePush()];
    const all = [...compared, ...[...history, ...events].map((raw) => ({ raw, introduced: true }))];
    return withIgnores(withoutYielding(all, this.#input.rules), base, {
      head: (path) => this.#sides.yamlText(path, 'head'),
      base: this.#change.base === null ? null : (path) => this.#sides.yamlText(path, 'base'),
      mayIgnore: this.#input.mayIgnore,
    });
  }

  /** @param unsearched what the search for credentials left out */
  notChecked(unsearched: readonly NotChecked[]): NotChecked[] {
    const { rules } = this.#input;
    const known = [...this.#change.notChecked, ...unsearched].filter(
      ({ path }) => path === WHOLE_CHANGE || concern(rules, path),
    );
    return [...known, ...this.#unread, ...cutsOf(this.#change.after)].sort((a, b) =>
      a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
    );
  }

  *#judge(): Steps<void> {
    const { rules } = this.#first;
    const kinds = new Set(rules.flatMap((active) => active.rule.code?.kinds ?? []));
    yield* this.#sides.index(kinds, this.#input.policy.exclude);
    yield* this.#judgeVersions(this.#first);
    for (const side of this.#sides.names) {
      add(this.#found[side], yield* judgeRepository(this.#sides.files(side), rules, this.#benches.of(side)));
    }
  }

  /** Every version of every changed file. */
  *#judgeVersions(part: Part): Steps<void> {
    for (const { before, after } of this.#change.files) {
      yield;
      if (before !== null && this.#change.base !== null) this.#judgeBase(before, part);
      if (after !== null) this.#judgeHead(after, before, part);
    }
    if (part.history.length > 0) yield* this.#judgePast(part);
  }

  #judgeHead(after: FileVersion, before: FileVersion | null, part: Part): void {
    if (!this.#isToJudge(after, null, part)) return;
    const opened = this.#sides.open(after, 'head');
    const bench = this.#withLeaks(this.#benches.ofHead(after, before), after, part);
    const findings = judgeFile(opened.file, part.rules, bench);
    add(this.#found.head, findings);
    if (part.last) return;
    this.manifests += opened.file.manifests.length;
    add(this.#unread, unreadIn(opened, findings, null));
  }

  #judgeBase(before: FileVersion, part: Part): void {
    if (!this.#isToJudge(before, null, part)) return;
    const { file } = this.#sides.open(before, 'base');
    const bench = this.#withLeaks(this.#benches.of('base'), before, part);
    add(this.#found.base, judgeFile(file, part.rules, bench));
  }

  *#judgePast(part: Part): Steps<void> {
    const seen = new Map<string, number>();
    for (const { commit, file } of this.#change.past) {
      yield;
      const index = seen.get(file.path) ?? 0;
      seen.set(file.path, index + 1);
      if (!this.#isToJudge(file, commit, part)) continue;
      const opened = this.#sides.open(file, 'head');
      const bench = this.#withLeaks(this.#benches.ofPast(commit, file, index), file, part);
      const findings = judgeFile(opened.file, part.history, bench);
      add(this.#found.past, findings);
      if (!part.last) add(this.#unread, unreadIn(opened, findings, commit));
    }
  }

  /** Of versions without a leaked credential the rules about those have nothing to say, if anybody searched. */
  #isToJudge({ path, oid, content }: FileVersion, commit: string | null, { rules, last }: Part): boolean {
    if (content === null || !concern(rules, path)) return false;
    return !last || this.#leaks === undefined || this.#leaks.has(leakKey(path, oid, commit));
  }

  #withLeaks(bench: Bench, { path, oid }: FileVersion, { last }: Part): Bench {
    if (!last) return bench;
    const leaks = this.#leaks?.get(leakKey(path, oid, bench.commit)) ?? null;
    return { ...bench, context: { ...bench.context, leaks } };
  }

  #judgeCommits(): RawFinding[] {
    const bench = this.#benches.of('head');
    const context: RuleContext = { ...bench.context, range: this.#change };
    return this.#change.commits.flatMap((commit) =>
      judgeEvent('commit', this.#first.rules, bench, (code) => code.judge(commit, context), {
        subject: { type: 'commit', commit: commit.sha },
        values: { commit: shortSha(commit.sha), subject: commit.subject },
        commit: commit.sha,
      }),
    );
  }

  #judgePush(): RawFinding[] {
    const { push } = this.#change;
    if (push === null) return [];
    const commit = push.deleted ? null : push.after;
    const bench = this.#benches.of('head');
    return judgeEvent('push', this.#first.rules, bench, (code) => code.judge(push, bench.context), {
      subject: { type: 'push', ref: push.ref, commit },
      values: { ref: push.ref, pusher: push.pusher, commit: shortSha(push.after) },
      commit: push.after,
    });
  }
}

function judgesLeaks({ rule: { code } }: ActiveRule): boolean {
  return code?.scope === 'file' && code.judgesLeaks === true;
}

function partOf(rules: readonly ActiveRule[], last: boolean): Part {
  return { rules, history: rules.filter((active) => active.rule.definition.history), last };
}

/** Whether any of the rules looks at this path. */
function concern(rules: readonly ActiveRule[], path: string): boolean {
  return rules.some((active) => active.appliesToPath(path));
}

/** A spread would put all of them on the stack. */
function add<T>(list: T[], more: readonly T[]): void {
  for (const one of more) list.push(one);
}

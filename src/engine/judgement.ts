import type { ActiveRule } from './active-rules.ts';
import {
  renamesOf,
  shortSha,
  type ChangeSet,
  type FileVersion,
  type KeyReview,
  type NotChecked,
  type Snapshot,
} from './change.ts';
import { unreadIn } from './unread.ts';
import { cutsOf } from './cuts.ts';
import { BaseFindings, onlyInHistory, type Compared } from './compare.ts';
import { fingerprint, type ValueDigest } from './fingerprint.ts';
import {
  judgeEvent,
  judgeFile,
  judgeRepository,
  type Bench,
  type RawFinding,
  type RuleObserver,
} from './judge.ts';
import { compileGlobs } from './globs.ts';
import type { OpenedFile } from './judged-file.ts';
import { withIgnores } from './inline-ignore.ts';
import { leakKey } from './leak.ts';
import { indexObjects, type ObjectIndex } from './object-index.ts';
import { OpenedFiles } from './opened-files.ts';
import type { PolicyReview } from './policy-difference.ts';
import type { Policy } from './policy.ts';
import type { RuleFailure } from './report.ts';
import type { JudgedFile, KindOf, KnownRules, RuleContext } from './rule.ts';
import { withoutYielding } from './yielding.ts';

/** The path of a note about the change as a whole: too many commits, for instance. */
const WHOLE_CHANGE = '.';

/** Earlier versions of one file that a later one is compared with. */
const MAX_EARLIER = 50;

export interface JudgementInput {
  readonly change: ChangeSet;
  readonly rules: readonly ActiveRule[];
  readonly knownRules: KnownRules;
  readonly policy: Policy;
  readonly digest: ValueDigest;
  readonly kindOf?: KindOf | undefined;
  readonly observe?: RuleObserver | undefined;
  /** Whether a comment in the file may set aside what a rule finds. */
  readonly mayIgnore: (ruleId: string) => boolean;
}

/** One run of the rules over both sides of a change. */
export class Judgement {
  readonly failures: RuleFailure[] = [];
  manifests = 0;
  readonly #unread: NotChecked[] = [];
  readonly #input: JudgementInput;
  readonly #change: ChangeSet;
  readonly #rules: readonly ActiveRule[];
  readonly #renamed: ReadonlyMap<string, string>;
  /** The base's loaded files, and all that commits made. */
  readonly #history: readonly FileVersion[];
  readonly #renamedFrom: ReadonlyMap<string, string>;
  readonly #changed: Readonly<Record<'base' | 'head', ReadonlySet<string>>>;
  /** Versions that commits in between made, by path, in the order of the commits. */
  readonly #made: ReadonlyMap<string, readonly FileVersion[]>;
  readonly #opened = new OpenedFiles();
  readonly #openers = new Map<'base' | 'head', ReadonlyMap<string, () => JudgedFile>>();
  readonly #indexes = new Map<'base' | 'head', ObjectIndex>();

  constructor(input: JudgementInput) {
    this.#input = input;
    this.#change = input.change;
    this.#rules = input.rules;
    this.#history = [...input.change.before.files.values(), ...input.change.past.map(({ file }) => file)];
    this.#renamedFrom = renamesOf(input.change);
    this.#renamed = new Map([...this.#renamedFrom].map(([to, from]) => [from, to]));
    this.#changed = {
      base: new Set(input.change.files.flatMap(({ before }) => before?.path ?? [])),
      head: new Set(input.change.files.flatMap(({ after }) => after?.path ?? [])),
    };
    this.#made = byPath(input.change.past.map(({ file }) => file));
  }

  run(): readonly Compared[] {
    const head: RawFinding[] = [];
    const base: RawFinding[] = [];
    for (const { before, after } of this.#change.files) {
      if (![before, after].some((version) => version !== null && this.#concerns(version.path))) continue;
      const previous = before === null ? null : this.#open(before, 'base').file;
      if (previous !== null && this.#change.base !== null) base.push(...this.#judgeBase(previous));
      if (after !== null) head.push(...this.#judgeHead(after, previous));
    }
    head.push(...this.#judgeRevision('head'));
    if (this.#change.base !== null) base.push(...this.#judgeRevision('base'));

    const counted = new BaseFindings(base);
    const compared = head.map((raw) => ({ raw, introduced: !counted.take(raw) }));
    const history = onlyInHistory(this.#judgePast(), base, head, (raw) =>
      fingerprint({ ...raw.parts, commit: null }),
    );
    const events = [...this.#judgeCommits(), ...this.#judgePush()];
    const all = [...compared, ...[...history, ...events].map((raw) => ({ raw, introduced: true }))];
    return withIgnores(withoutYielding(all, this.#rules), base, {
      head: (path) => this.#yamlText(path, 'head'),
      base: this.#change.base === null ? null : (path) => this.#yamlText(path, 'base'),
      mayIgnore: this.#input.mayIgnore,
    });
  }

  #yamlText(path: string, side: 'base' | 'head'): string | null {
    const version = this.#snapshot(side).files.get(path);
    if (version === undefined || version.content === null) return null;
    const { file } = this.#open(version, side);
    return file.yaml === null ? null : file.text;
  }

  notChecked(): NotChecked[] {
    const known = this.#change.notChecked.filter(
      (item) => item.path === WHOLE_CHANGE || this.#concerns(item.path),
    );
    return [...known, ...this.#unread, ...cutsOf(this.#change.after)].sort((a, b) =>
      a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
    );
  }

  #judgeHead(after: FileVersion, previous: JudgedFile | null): RawFinding[] {
    if (after.content === null || !this.#concerns(after.path)) return [];
    const opened = this.#open(after, 'head');
    this.manifests += opened.file.manifests.length;
    const made = this.#made.get(after.path)?.length ?? 0;
    const older = this.#change.olderThanHead?.get(after.path) ?? made;
    const bench = this.#benchFor(
      after,
      this.#bench('head', previous, this.#earlierThan(after, made), Math.max(0, made - older)),
    );
    const findings = judgeFile(opened.file, this.#rules, bench);
    this.#unread.push(...unreadIn(opened, findings, null));
    return findings;
  }

  #judgeBase(file: JudgedFile): RawFinding[] {
    if (file.version.content === null || !this.#concerns(file.path)) return [];
    return judgeFile(file, this.#rules, this.#benchFor(file.version, this.#bench('base')));
  }

  #judgePast(): RawFinding[] {
    const rules = this.#rules.filter((active) => active.rule.definition.history);
    if (rules.length === 0) return [];
    const seen = new Map<string, number>();
    return this.#change.past.flatMap(({ commit, file }) => {
      const index = seen.get(file.path) ?? 0;
      seen.set(file.path, index + 1);
      if (file.content === null || !this.#concerns(file.path)) return [];
      const opened = this.#open(file, 'head');
      const before = this.#change.before.files.get(file.path);
      const previous = before === undefined ? null : this.#open(before, 'base').file;
      const earlier = this.#earlierThan(file, index);
      const bench = this.#benchFor(file, this.#bench('head', previous, earlier), commit);
      const findings = judgeFile(opened.file, rules, bench);
      this.#unread.push(...unreadIn(opened, findings, commit));
      return findings;
    });
  }

  #judgeRevision(side: 'base' | 'head'): RawFinding[] {
    return judgeRepository(this.#files(side), this.#rules, this.#bench(side));
  }

  #snapshot(side: 'base' | 'head'): Snapshot {
    return side === 'head' ? this.#change.after : this.#change.before;
  }

  #open(version: FileVersion, side: 'base' | 'head'): OpenedFile {
    return this.#opened.open(version, this.#snapshot(side));
  }

  /** The loaded files of a side; each is opened when it is asked for. */
  #files(side: 'base' | 'head'): ReadonlyMap<string, () => JudgedFile> {
    const known = this.#openers.get(side);
    if (known !== undefined) return known;
    const files = new Map<string, () => JudgedFile>();
    for (const [path, version] of this.#snapshot(side).files) {
      if (version.content !== null) files.set(path, () => this.#open(version, side).file);
    }
    this.#openers.set(side, files);
    return files;
  }

  #objects(side: 'base' | 'head'): ObjectIndex {
    let index = this.#indexes.get(side);
    if (index === undefined) {
      const kinds = new Set(this.#rules.flatMap((active) => active.rule.code?.kinds ?? []));
      const excluded = compileGlobs(this.#input.policy.exclude);
      const isDeployed = (path: string): boolean => !excluded(path);
      index = indexObjects(this.#files(side).values(), kinds, this.#snapshot(side), isDeployed);
      this.#indexes.set(side, index);
    }
    return index;
  }

  #judgeCommits(): RawFinding[] {
    const context: RuleContext = { ...this.#bench('head').context, range: this.#change };
    return this.#change.commits.flatMap((commit) =>
      judgeEvent('commit', this.#rules, this.#bench('head'), (code) => code.judge(commit, context), {
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
    return judgeEvent(
      'push',
      this.#rules,
      this.#bench('head'),
      (code) => code.judge(push, this.#bench('head').context),
      {
        subject: { type: 'push', ref: push.ref, commit },
        values: { ref: push.ref, pusher: push.pusher, commit: shortSha(push.after) },
        commit: push.after,
      },
    );
  }

  /** What the commits made of a file before its `index`th version; of a renamed one also what they made of the old name. */
  #earlierThan({ path }: FileVersion, index: number): readonly FileVersion[] {
    const old = this.#renamedFrom.get(path);
    const made = [
      ...(old === undefined ? [] : (this.#made.get(old) ?? [])),
      ...(this.#made.get(path) ?? []).slice(0, index),
    ];
    return made.slice(-MAX_EARLIER).reverse();
  }

  /** Whether any rule looks at this path. */
  #concerns(path: string): boolean {
    return this.#rules.some((active) => active.appliesToPath(path));
  }

  /** With what was found in one version of one file before it is judged. */
  #benchFor(version: FileVersion, bench: Bench, commit: string | null = null): Bench {
    const known = this.#change.leaks;
    const leaks = known === undefined ? null : (known.get(leakKey(version.path, version.oid, commit)) ?? []);
    return { ...bench, commit, context: { ...bench.context, leaks } };
  }

  #bench(
    side: 'base' | 'head',
    previous: JudgedFile | null = null,
    earlier: readonly FileVersion[] = [],
    takenBack = 0,
  ): Bench {
    const { keys, policyReview } = this.#change;
    return {
      context: {
        policy: this.#input.policy,
        snapshot: this.#snapshot(side),
        knownRules: this.#input.knownRules,
        parameters: {},
        objects: this.#objects(side),
        previous,
        ...(side === 'head' ? { history: this.#history } : {}),
        ...(this.#input.kindOf === undefined ? {} : { kindOf: this.#input.kindOf }),
        earlier,
        takenBack,
        base: side === 'head' && this.#change.base !== null ? this.#change.before : null,
        renamedFrom: this.#renamedFrom,
        changed: this.#changed[side],
        otherChanged: this.#changed[side === 'head' ? 'base' : 'head'],
        ...(keys === undefined ? {} : { keys: sideOf(keys, side) }),
        ...(policyReview === undefined ? {} : { policyReview: policyOf(policyReview, side) }),
      },
      digest: this.#input.digest,
      observe: this.#input.observe,
      commit: null,
      keptPath: side === 'base' ? (path) => this.#renamed.get(path) ?? path : (path) => path,
      // A rule that stops on the base only cannot have found what was there: its findings then count as introduced.
      fail: (failure) => {
        if (side === 'head') this.failures.push(failure);
      },
    };
  }
}

function byPath(versions: readonly FileVersion[]): Map<string, FileVersion[]> {
  const grouped = new Map<string, FileVersion[]>();
  for (const version of versions) {
    const known = grouped.get(version.path);
    if (known === undefined) grouped.set(version.path, [version]);
    else known.push(version);
  }
  return grouped;
}

function policyOf(
  { changes, belowFloor, problems }: PolicyReview,
  side: 'base' | 'head',
): NonNullable<RuleContext['policyReview']> {
  return {
    changes: side === 'head' ? changes : [],
    belowFloor: belowFloor[side],
    problems: problems[side],
  };
}

function sideOf(keys: KeyReview, side: 'base' | 'head'): NonNullable<RuleContext['keys']> {
  return side === 'head'
    ? { problems: keys.problemsAfter, changes: keys.changes }
    : { problems: keys.problemsBefore, changes: [] };
}

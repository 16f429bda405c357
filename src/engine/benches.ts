import { renamesOf, type ChangeSet, type FileVersion, type KeyReview } from './change.ts';
import type { ValueDigest } from './fingerprint.ts';
import type { Bench, RuleObserver } from './judge.ts';
import type { JudgedSides, Side } from './judged-sides.ts';
import type { PolicyReview } from './policy-difference.ts';
import type { Policy } from './policy.ts';
import type { RuleFailure } from './report.ts';
import type { KindOf, KnownRules, RuleContext } from './rule.ts';

/** Earlier versions of one file that a later one is compared with. */
const MAX_EARLIER = 50;

export interface BenchInput {
  readonly change: ChangeSet;
  readonly knownRules: KnownRules;
  readonly policy: Policy;
  readonly digest: ValueDigest;
  readonly kindOf?: KindOf | undefined;
  readonly observe?: RuleObserver | undefined;
}

/** Lays ready what judging one side, or one version of a file on it, needs beside the rules. */
export class Benches {
  readonly #input: BenchInput;
  readonly #sides: JudgedSides;
  readonly #fail: (failure: RuleFailure) => void;
  readonly #renamed: ReadonlyMap<string, string>;
  readonly #renamedFrom: ReadonlyMap<string, string>;
  /** The base's loaded files, and all that commits made. */
  readonly #history: readonly FileVersion[];
  readonly #changed: Readonly<Record<Side, ReadonlySet<string>>>;
  /** Versions that commits in between made, by path, in the order of the commits. */
  readonly #made: ReadonlyMap<string, readonly FileVersion[]>;
  readonly #ofSide = new Map<Side, Bench>();

  constructor(input: BenchInput, sides: JudgedSides, fail: (failure: RuleFailure) => void) {
    const { change } = input;
    this.#input = input;
    this.#sides = sides;
    this.#fail = fail;
    this.#renamedFrom = renamesOf(change);
    this.#renamed = new Map([...this.#renamedFrom].map(([to, from]) => [from, to]));
    this.#history = [...change.before.files.values(), ...change.past.map(({ file }) => file)];
    this.#changed = {
      base: new Set(change.files.flatMap(({ before }) => before?.path ?? [])),
      head: new Set(change.files.flatMap(({ after }) => after?.path ?? [])),
    };
    this.#made = byPath(change.past.map(({ file }) => file));
  }

  /** For the base's version of a file, and for what is no file. */
  of(side: Side): Bench {
    let bench = this.#ofSide.get(side);
    if (bench === undefined) this.#ofSide.set(side, (bench = this.#make(side)));
    return bench;
  }

  /** For the head's version of a file. @param before the base's */
  ofHead({ path }: FileVersion, before: FileVersion | null): Bench {
    const made = this.#made.get(path)?.length ?? 0;
    const older = this.#input.change.olderThanHead?.get(path) ?? made;
    return this.#following(path, before, made, Math.max(0, made - older));
  }

  /** For what a commit made of a file. @param index which of the path's versions it is, from 0 */
  ofPast(commit: string, { path }: FileVersion, index: number): Bench {
    const before = this.#input.change.before.files.get(path) ?? null;
    return { ...this.#following(path, before, index, 0), commit };
  }

  #following(path: string, before: FileVersion | null, index: number, takenBack: number): Bench {
    const bench = this.of('head');
    const earlier = this.#earlierThan(path, index);
    if (before === null && earlier.length === 0 && takenBack === 0) return bench;
    const previous = before === null ? null : this.#sides.open(before, 'base').file;
    return { ...bench, context: { ...bench.context, previous, earlier, takenBack } };
  }

  /** What the commits made of a file before its `index`th version; of a renamed one also what they made of the old name. */
  #earlierThan(path: string, index: number): readonly FileVersion[] {
    const old = this.#renamedFrom.get(path);
    const made = [
      ...(old === undefined ? [] : (this.#made.get(old) ?? [])),
      ...(this.#made.get(path) ?? []).slice(0, index),
    ];
    return made.slice(-MAX_EARLIER).reverse();
  }

  #make(side: Side): Bench {
    const { change, digest, knownRules, kindOf, observe, policy } = this.#input;
    const { keys, policyReview } = change;
    const isHead = side === 'head';
    const context: RuleContext = {
      policy,
      snapshot: this.#sides.snapshot(side),
      knownRules,
      parameters: {},
      objects: this.#sides.objects(side),
      previous: null,
      ...(isHead ? { history: this.#history } : {}),
      ...(kindOf === undefined ? {} : { kindOf }),
      earlier: [],
      takenBack: 0,
      base: isHead && change.base !== null ? change.before : null,
      renamedFrom: this.#renamedFrom,
      changed: this.#changed[side],
      otherChanged: this.#changed[isHead ? 'base' : 'head'],
      ...(keys === undefined ? {} : { keys: keysOf(keys, side) }),
      ...(policyReview === undefined ? {} : { policyReview: policyOf(policyReview, side) }),
    };
    return {
      context,
      digest,
      observe,
      commit: null,
      keptPath: isHead ? (path) => path : (path) => this.#renamed.get(path) ?? path,
      // A rule that stops on the base only cannot have found what was there: its findings then count as introduced.
      fail: isHead ? this.#fail : () => undefined,
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
  side: Side,
): NonNullable<RuleContext['policyReview']> {
  return {
    changes: side === 'head' ? changes : [],
    belowFloor: belowFloor[side],
    problems: problems[side],
  };
}

function keysOf(keys: KeyReview, side: Side): NonNullable<RuleContext['keys']> {
  return side === 'head'
    ? { problems: keys.problemsAfter, changes: keys.changes }
    : { problems: keys.problemsBefore, changes: [] };
}

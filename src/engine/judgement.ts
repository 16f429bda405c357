import type { ActiveRule } from './active-rules.ts';
import {
  shortSha,
  type ChangeSet,
  type FileVersion,
  type KeyReview,
  type NotChecked,
  type Snapshot,
} from './change.ts';
import { BaseFindings, onlyInHistory } from './compare.ts';
import { fingerprint, type ValueDigest } from './fingerprint.ts';
import { judgeEvent, judgeFile, judgeRepository, type Bench, type RawFinding } from './judge.ts';
import { openFile, type OpenedFile } from './judged-file.ts';
import type { Policy } from './policy.ts';
import type { RuleFailure } from './report.ts';
import type { JudgedFile, RuleContext } from './rule.ts';

/** The path of a note about the change as a whole: too many commits, for instance. */
const WHOLE_CHANGE = '.';

export interface Compared {
  readonly raw: RawFinding;
  readonly introduced: boolean;
}

export interface JudgementInput {
  readonly change: ChangeSet;
  readonly rules: readonly ActiveRule[];
  readonly ruleIds: ReadonlySet<string>;
  readonly policy: Policy;
  readonly digest: ValueDigest;
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

  constructor(input: JudgementInput) {
    this.#input = input;
    this.#change = input.change;
    this.#rules = input.rules;
    this.#renamed = new Map(
      input.change.files.flatMap(({ before, after }) =>
        before !== null && after !== null && before.path !== after.path
          ? ([[before.path, after.path]] as const)
          : [],
      ),
    );
  }

  run(): Compared[] {
    const head: RawFinding[] = [];
    const base: RawFinding[] = [];
    for (const { before, after } of this.#change.files) {
      if (![before, after].some((version) => version !== null && this.#concerns(version.path))) continue;
      // Parsed once: the head's version is compared with it, and the base is judged by it.
      const previous = before === null ? null : openFile(before.path, before, this.#change.before).file;
      if (previous !== null && this.#change.base !== null) base.push(...this.#judgeBase(previous));
      if (after !== null) head.push(...this.#judgeHead(after, previous));
    }
    head.push(...this.#judgeRevision(this.#change.after, 'head'));
    if (this.#change.base !== null) base.push(...this.#judgeRevision(this.#change.before, 'base'));

    const counted = new BaseFindings(base);
    const compared = head.map((raw) => ({ raw, introduced: !counted.take(raw) }));
    const history = onlyInHistory(this.#judgePast(), base, head, (raw) =>
      fingerprint({ ...raw.parts, commit: null }),
    );
    const events = [...this.#judgeCommits(), ...this.#judgePush()];
    return [...compared, ...[...history, ...events].map((raw) => ({ raw, introduced: true }))];
  }

  notChecked(): NotChecked[] {
    const known = this.#change.notChecked.filter(
      (item) => item.path === WHOLE_CHANGE || this.#concerns(item.path),
    );
    return [...known, ...this.#unread].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  #judgeHead(after: FileVersion, previous: JudgedFile | null): RawFinding[] {
    if (after.content === null || !this.#concerns(after.path)) return [];
    const opened = openFile(after.path, after, this.#change.after);
    this.manifests += opened.file.manifests.length;
    const findings = judgeFile(opened.file, this.#rules, this.#bench('head', previous));
    this.#noteUnread(opened, findings, null);
    return findings;
  }

  #judgeBase(file: JudgedFile): RawFinding[] {
    if (file.version.content === null || !this.#concerns(file.path)) return [];
    return judgeFile(file, this.#rules, this.#bench('base'));
  }

  #judgePast(): RawFinding[] {
    const rules = this.#rules.filter((active) => active.rule.definition.history);
    if (rules.length === 0) return [];
    return this.#change.past.flatMap(({ commit, file }) => {
      if (file.content === null || !this.#concerns(file.path)) return [];
      const opened = openFile(file.path, file, this.#change.after);
      const before = this.#change.before.files.get(file.path);
      const previous = before === undefined ? null : openFile(before.path, before, this.#change.before).file;
      const findings = judgeFile(opened.file, rules, { ...this.#bench('head', previous), commit });
      this.#noteUnread(opened, findings, commit);
      return findings;
    });
  }

  #judgeRevision(snapshot: Snapshot, side: 'base' | 'head'): RawFinding[] {
    const files = new Map<string, () => JudgedFile>();
    for (const [path, version] of snapshot.files) {
      if (version.content === null) continue;
      let file: JudgedFile | undefined;
      files.set(path, () => (file ??= openFile(path, version, snapshot).file));
    }
    return judgeRepository(files, this.#rules, this.#bench(side));
  }

  #judgeCommits(): RawFinding[] {
    return this.#change.commits.flatMap((commit) =>
      judgeEvent(
        'commit',
        this.#rules,
        this.#bench('head'),
        (code) => code.judge(commit, this.#bench('head').context),
        {
          subject: { type: 'commit', commit: commit.sha },
          values: { commit: shortSha(commit.sha), subject: commit.subject },
          commit: commit.sha,
        },
      ),
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

  /** Whether any rule looks at this path. */
  #concerns(path: string): boolean {
    return this.#rules.some((active) => active.appliesToPath(path));
  }

  #bench(side: 'base' | 'head', previous: JudgedFile | null = null): Bench {
    const snapshot = side === 'head' ? this.#change.after : this.#change.before;
    const { keys } = this.#change;
    return {
      context: {
        policy: this.#input.policy,
        snapshot,
        ruleIds: this.#input.ruleIds,
        previous,
        ...(keys === undefined ? {} : { keys: sideOf(keys, side) }),
      },
      digest: this.#input.digest,
      commit: null,
      keptPath: side === 'base' ? (path) => this.#renamed.get(path) ?? path : (path) => path,
      // A rule that stops on the base only cannot have found what was there: its findings then count as introduced.
      fail: (failure) => {
        if (side === 'head') this.failures.push(failure);
      },
    };
  }

  /** Says what could not be read, unless a rule already did. */
  #noteUnread(opened: OpenedFile, findings: readonly RawFinding[], commit: string | null): void {
    const { path } = opened.file;
    const where = commit === null ? '' : ` (in commit ${shortSha(commit)})`;
    if (opened.template) {
      if (commit === null) {
        this.#unread.push({
          path,
          reason: 'is a template: only what stands beside its actions was judged',
          blocks: false,
        });
      }
      return;
    }
    if (opened.unreadable !== null) {
      this.#unread.push({ path, reason: `could not be parsed: ${opened.unreadable}${where}`, blocks: true });
      return;
    }
    const broken = opened.file.yaml?.problems[0];
    if (broken !== undefined && findings.length === 0 && commit === null && looksDeployed(opened.file)) {
      this.#unread.push({ path, reason: `could not be parsed: ${broken.message}`, blocks: true });
    }
  }
}

/** JSON that is no manifest (a configuration with comments, say) may be as broken as it likes. */
function looksDeployed(file: JudgedFile): boolean {
  if (!/\.json$/i.test(file.path)) return true;
  return file.text !== null && file.text.includes('"kind"') && file.text.includes('"apiVersion"');
}

function sideOf(keys: KeyReview, side: 'base' | 'head'): NonNullable<RuleContext['keys']> {
  return side === 'head'
    ? { problems: keys.problemsAfter, changes: keys.changes }
    : { problems: keys.problemsBefore, changes: [] };
}

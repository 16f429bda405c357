import type { Manifest } from '../manifests/manifest.ts';
import { formatPointer, type Pointer, type Range } from '../manifests/position.ts';
import { containersOf, podSpecsOf, valueAt } from '../manifests/workload.ts';
import type { ActiveRule } from './active-rules.ts';
import { shortSha } from './change.ts';
import type { Severity, Subject, Suggestion, Related } from './finding.ts';
import { containerName, dotted, inHistory, refOf, titleOf } from './finding-words.ts';
import { fingerprint, stablePointer, type FingerprintParts, type ValueDigest } from './fingerprint.ts';
import type { Allowance, SecretFacts } from './leak.ts';
import type { IgnoreOutcome } from './inline-ignore.ts';
import { fillTemplate } from './message.ts';
import { patchesIn } from './patches-in.ts';
import type { RuleFailure } from './report.ts';
import type { CodeRule, JudgedFile, Problem, RuleContext, RuleDefinition } from './rule.ts';
import { dispatchOf } from './rule-dispatch.ts';
import { compileSchema } from './schema-rule.ts';
import { replaceSwitch } from './line-edit.ts';

/** A finding before base and head have been compared. */
export interface RawFinding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly subject: Subject;
  readonly related: readonly Related[];
  readonly suggestion: Suggestion | null;
  /** The whole stretch of text that was judged, where `subject.range` may point at its key only. */
  readonly extent: Range | null;
  readonly parts: FingerprintParts;
  readonly fingerprint: string;
  /** Keyed digest of the judged value. */
  readonly digest: string;
  /** False when the rule named no value: then only the fingerprint tells findings apart. */
  readonly hasValue: boolean;
  readonly secret: SecretFacts | null;
  readonly allowed: Allowance | null;
  /** What a comment `gitops-warden:ignore` does to it, where one means it. */
  readonly ignore?: IgnoreOutcome;
}

/** What judging needs beside the rule and its subject. */
export interface Bench {
  readonly context: RuleContext;
  readonly digest: ValueDigest;
  /** Set while a past version is judged. */
  readonly commit: string | null;
  /** The name under which a path's findings are kept: the head's, for a renamed file. */
  readonly keptPath: (path: string) => string;
  readonly fail: (failure: RuleFailure) => void;
  /** Told how long each run of a rule took. */
  readonly observe?: RuleObserver | undefined;
}

/** For measurements: time that a rule took for one file, object or revision. */
export type RuleObserver = (ruleId: string, milliseconds: number) => void;

/** Runs the manifest and file rules over one version of one file. */
export function judgeFile(file: JudgedFile, rules: readonly ActiveRule[], bench: Bench): RawFinding[] {
  const dispatch = dispatchOf(rules).for(file.path);
  const byRank = new Map<number, RawFinding[]>();
  const add = (rank: number, found: readonly RawFinding[]): void => {
    if (found.length > 0) byRank.set(rank, [...(byRank.get(rank) ?? []), ...found]);
  };
  for (const { active, rank } of dispatch.fileRules)
    add(rank, judgeWholeFile(file, active, withRule(active, bench)));
  const inFile = { ...bench, context: { ...bench.context, file } };
  const judgeOne = (manifest: Manifest, isPatch: boolean): void => {
    for (const { active, rank } of dispatch.about(manifest)) {
      // Texts within texts are searched for secrets in any case.
      if (isPatch && active.rule.definition.category === 'secrets') continue;
      if (active.inEnvironment(manifest.path, manifest))
        add(rank, judgeManifest(manifest, active, withRule(active, inFile)));
    }
  };
  for (const manifest of file.manifests) judgeOne(manifest, false);
  for (const patch of patchesIn(file)) judgeOne(patch, true);
  return [...byRank].sort(([a], [b]) => a - b).flatMap(([, found]) => found);
}

/** With what the policy sets of one rule. */
export function withRule({ rule, parameters }: ActiveRule, bench: Bench): Bench {
  if (rule.definition.parameters.size === 0) return bench;
  return { ...bench, context: { ...bench.context, parameters } };
}

/** What nearly every rule finds in nearly every object. */
const NOTHING: readonly never[] = [];

function judgeManifest(manifest: Manifest, active: ActiveRule, bench: Bench): readonly RawFinding[] {
  const problems = guarded(active, manifest.path, bench, () => manifestProblems(manifest, active, bench));
  if (problems.length === 0) return NOTHING;
  return problems.flatMap((problem) => manifestFinding(manifest, problem, active, bench));
}

export function manifestFinding(
  manifest: Manifest,
  problem: Problem,
  active: ActiveRule,
  bench: Bench,
): RawFinding[] {
  const object = refOf(manifest);
  const pointer = problem.pointer ?? [];
  return raw(active, problem, bench, {
    manifest,
    place: problem.pointer === undefined ? '' : stablePointer(manifest.value, pointer),
    subject: {
      type: 'file',
      path: manifest.path,
      range: problem.range ?? manifest.rangeOf(pointer, problem.atKey === true ? 'key' : 'value'),
      object,
      commit: bench.commit,
    },
    extent: problem.range ?? manifest.extentOf(pointer),
    values: {
      kind: manifest.kind,
      name: titleOf(manifest),
      key: pointer.at(-1) ?? '',
      pointer: dotted(pointer),
      path: manifest.path,
      container: containerName(manifest, pointer),
    },
  });
}

function manifestProblems(manifest: Manifest, active: ActiveRule, bench: Bench): readonly Problem[] {
  const { definition, code } = active.rule;
  if (code?.scope === 'manifest') return code.judge(manifest, bench.context);
  if (definition.schema === null) throw new Error('the rule has neither a schema nor code');
  const judge = compileSchema(definition.schema, active.parameters);
  const found = targetsOf(manifest, definition).flatMap((target) => {
    const inner = judge(target.value);
    return inner.length === 0 ? [] : [{ target, pointers: inner }];
  });
  if (found.length === 0) return NOTHING;
  // What several pods of one object share is judged with each of them, and told once.
  const problems = new Map<string, Problem>();
  for (const { target, pointers } of found) {
    for (const inner of pointers) {
      const pointer = target.pointerTo?.(inner) ?? [...target.pointer, ...inner];
      const judged = valueAt(target.value, inner) ?? null;
      const edit = replaceSwitch(manifest, bench.context, pointer, judged, definition.replacement);
      problems.set(formatPointer(pointer), { pointer, judged, ...edit });
    }
  }
  return [...problems.values()];
}

interface SchemaTarget {
  readonly pointer: Pointer;
  readonly value: unknown;
  pointerTo?(inner: Pointer): Pointer;
}

function targetsOf(manifest: Manifest, definition: RuleDefinition): readonly SchemaTarget[] {
  if (definition.target === 'podSpec') return podSpecsOf(manifest);
  if (definition.target === 'container') return containersOf(manifest);
  return [{ pointer: [], value: manifest.value }];
}

function judgeWholeFile(file: JudgedFile, active: ActiveRule, bench: Bench): RawFinding[] {
  const { code } = active.rule;
  if (code?.scope !== 'file') return [];
  const problems = guarded(active, file.path, bench, () => code.judge(file, bench.context));
  return problems.flatMap((problem) => fileFinding(file, problem, active, bench));
}

export function fileFinding(
  file: JudgedFile,
  problem: Problem,
  active: ActiveRule,
  bench: Bench,
): RawFinding[] {
  const document = file.yaml?.documents[0];
  const pointer = problem.pointer ?? [];
  const located = problem.pointer !== undefined && document !== undefined;
  const range: Range | null =
    problem.range ?? (located ? document.rangeOf(pointer, problem.atKey === true ? 'key' : 'value') : null);
  const manifest = file.manifests.length === 1 ? file.manifests[0] : undefined;
  return raw(active, problem, bench, {
    // Without a pointer the rule's own words and names tell what it is about; line numbers never do.
    place: located
      ? stablePointer(document.value, pointer)
      : (problem.place ??
        JSON.stringify([problem.pointer ?? null, problem.message ?? null, problem.values ?? null])),
    manifest,
    subject: {
      type: 'file',
      path: file.path,
      range,
      object: manifest === undefined ? null : refOf(manifest),
      commit: bench.commit,
    },
    extent: problem.range ?? (located ? (document.extentOf?.(pointer) ?? range) : null),
    values: { path: file.path, key: pointer.at(-1) ?? '', pointer: dotted(pointer) },
  });
}

/** Runs the rules about something that is no file: a commit or a push. */
export function judgeEvent<S extends 'commit' | 'push'>(
  scope: S,
  rules: readonly ActiveRule[],
  bench: Bench,
  judge: (code: Extract<CodeRule, { scope: S }>) => readonly Problem[],
  about: { subject: Subject; values: Readonly<Record<string, string>>; commit: string },
): RawFinding[] {
  return rules.flatMap((active) => {
    const { code } = active.rule;
    if (code?.scope !== scope) return [];
    const problems = guarded(active, null, bench, () => judge(code as Extract<CodeRule, { scope: S }>));
    return problems.flatMap((problem) =>
      raw(
        active,
        problem,
        { ...bench, commit: about.commit },
        { place: scope, subject: about.subject, extent: null, values: about.values },
      ),
    );
  });
}

interface Where {
  /** The object that it stands in. */
  readonly manifest?: Manifest | undefined;
  readonly place: string;
  readonly subject: Subject;
  readonly extent: Range | null;
  readonly values: Readonly<Record<string, string>>;
}

/** None when the policy switches the rule off for what the problem is about. */
export function raw(active: ActiveRule, problem: Problem, bench: Bench, where: Where): RawFinding[] {
  const { definition } = active.rule;
  const at = where.subject.type === 'file' ? where.subject.path : null;
  const severity = active.levelOf(problem, at, where.manifest ?? null);
  if (severity === 'off') return [];
  const values = { ...where.values, ...problem.values };
  const path = where.subject.type === 'file' ? bench.keptPath(where.subject.path) : null;
  const object = where.subject.type === 'file' ? where.subject.object : null;
  const parts: FingerprintParts = {
    ruleId: active.id,
    path,
    object,
    place: where.place,
    commit: bench.commit,
  };
  const message = fillTemplate(
    [problem.message ?? definition.message, problem.consequence ?? ''].join(' ').trim(),
    values,
  );
  const remediation = fillTemplate(problem.remediation ?? definition.remediation, values);
  const past = bench.commit !== null && where.subject.type === 'file';
  return [
    {
      ruleId: active.id,
      severity,
      message: past
        ? inHistory(message, shortSha(bench.commit), fillTemplate(problem.acceptance ?? '', values))
        : `${message} ${remediation}`.trim(),
      subject: where.subject,
      related: problem.related ?? [],
      suggestion: problem.suggestion ?? null,
      extent: where.extent,
      parts,
      fingerprint: fingerprint(parts),
      digest: bench.digest(problem.judged ?? null),
      hasValue: problem.judged !== undefined,
      secret: problem.secret ?? null,
      allowed: problem.allowed ?? null,
    },
  ];
}

/** A rule that throws has not run: that is said, and the others go on. */
export function guarded(
  active: ActiveRule,
  path: string | null,
  bench: Bench,
  judge: () => readonly Problem[],
): readonly Problem[] {
  const started = bench.observe === undefined ? 0 : performance.now();
  try {
    return judge();
  } catch (error) {
    // The text of the error may quote what was being judged; its kind does not.
    const name = error instanceof Error ? error.name : 'an exception';
    bench.fail({
      ruleId: active.id,
      path,
      reason: `the rule stopped with ${name}; this is a fault of the rule`,
    });
    return [];
  } finally {
    bench.observe?.(active.id, performance.now() - started);
  }
}

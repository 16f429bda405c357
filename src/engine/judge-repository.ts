import type { ActiveRule } from './active-rules.ts';
import {
  fileFinding,
  guarded,
  manifestFinding,
  raw,
  withRule,
  type Bench,
  type RawFinding,
} from './judge.ts';
import type { JudgedFile, Problem } from './rule.ts';
import type { Steps } from './steps.ts';

/** Runs the repository rules over one revision, each in a step. */
export function* judgeRepository(
  files: ReadonlyMap<string, () => JudgedFile>,
  rules: readonly ActiveRule[],
  bench: Bench,
): Steps<RawFinding[]> {
  const found: { readonly active: ActiveRule; readonly problem: Problem }[] = [];
  for (const active of rules) {
    const { code } = active.rule;
    if (code?.scope !== 'repository') continue;
    yield;
    const { context } = withRule(active, bench);
    for (const problem of guarded(active, null, bench, () => code.judge(files, context)))
      found.push({ active, problem });
  }
  // File by file: to know the places in one takes far longer than to find what is wrong with it.
  const findings: RawFinding[][] = [];
  for (const index of [...found.keys()].sort((a, b) =>
    compareTexts(found[a]?.problem.path, found[b]?.problem.path),
  )) {
    const one = found[index];
    yield;
    if (one !== undefined) findings[index] = repositoryFinding(one.problem, one.active, files, bench);
  }
  return findings.flat();
}

function repositoryFinding(
  problem: Problem,
  active: ActiveRule,
  files: ReadonlyMap<string, () => JudgedFile>,
  bench: Bench,
): RawFinding[] {
  const { path } = problem;
  if (path === undefined || !active.appliesToPath(path)) return [];
  const file = files.get(path)?.();
  if (file === undefined) return goneFinding(path, problem, active, bench);
  const manifest = problem.manifest === undefined ? undefined : file.manifests[problem.manifest];
  if (manifest === undefined) return fileFinding(file, problem, active, bench);
  const applies = active.isAbout(manifest) && active.inEnvironment(manifest.path, manifest);
  return applies ? manifestFinding(manifest, problem, active, bench) : [];
}

function compareTexts(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A finding about a file that this revision does not have, or that was not loaded. */
function goneFinding(path: string, problem: Problem, active: ActiveRule, bench: Bench): RawFinding[] {
  return raw(active, problem, bench, {
    place: JSON.stringify([problem.message ?? null, problem.values ?? null]),
    extent: null,
    subject: { type: 'file', path, range: null, object: null, commit: bench.commit },
    values: { path, key: '', pointer: '' },
  });
}

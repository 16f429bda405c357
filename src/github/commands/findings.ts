import { compileGlobs } from '../../engine/globs.ts';
import { nearestName } from '../../engine/document-schema.ts';
import type { Finding } from '../../engine/finding.ts';
import { code } from '../../report/markdown.ts';

/** What a command names. */
export interface Selection {
  /** A rule's id, or the beginning of a fingerprint. */
  readonly target: string;
  readonly path: string | null;
}

interface Waivable {
  readonly ruleId: string;
  readonly fingerprint: string;
  readonly path: string | null;
}

export function waivableOf({ ruleId, fingerprint, subject }: Finding): Waivable {
  return { ruleId, fingerprint, path: subject.type === 'file' ? subject.path : null };
}

/** Whether a command names a rule, and not a finding. */
function namesRule(target: string, rules: readonly string[]): boolean {
  return rules.includes(target) || !/^[0-9a-f]{8,32}$/.test(target);
}

/** Those that a command means, perhaps none; a string says as Markdown what is wrong with the command. */
export function select<T>(
  items: readonly T[],
  { target, path }: Selection,
  rules: readonly string[],
  describe: (item: T) => Waivable,
): readonly T[] | string {
  const byRule = namesRule(target, rules);
  if (byRule && !rules.includes(target))
    return `There is no rule ${code(target)}${suggestion(target, rules)}`;
  const named = items.filter((item) => {
    const { ruleId, fingerprint } = describe(item);
    return byRule ? ruleId === target : fingerprint.startsWith(target);
  });
  if (!byRule && new Set(named.map((item) => describe(item).fingerprint)).size > 1) {
    return `More than one finding begins with ${code(target)}: write more of the fingerprint.`;
  }
  if (path === null) return named;
  const matches = compileGlobs([path]);
  return named.filter((item) => {
    const at = describe(item).path;
    return at !== null && matches(at);
  });
}

function suggestion(target: string, rules: readonly string[]): string {
  const near = nearestName(target, rules);
  return near === null ? '.' : `; did you mean ${code(near)}?`;
}

/** That a command means nothing, as Markdown. */
export function nothingToWaive({ target, path }: Selection, rules: readonly string[]): string {
  const what = namesRule(target, rules) ? 'finding of ' : 'finding ';
  const where = path === null ? '' : ` in ${code(path)}`;
  return `There is nothing to waive: this pull request brings no ${what}${code(target)}${where}.`;
}

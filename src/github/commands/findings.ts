import { compileGlobs } from '../../engine/globs.ts';
import { didYouMean } from '../../engine/document-schema.ts';
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
export function namesRule(target: string, rules: readonly string[]): boolean {
  return rules.includes(target) || !/^[0-9a-f]{8,32}$/.test(target);
}

/** Those that a command means; else why it means none, as Markdown. */
export function select<T>(
  items: readonly T[],
  { target, path }: Selection,
  rules: readonly string[],
  describe: (item: T) => Waivable,
): readonly T[] | string {
  const byRule = namesRule(target, rules);
  if (byRule && !rules.includes(target)) {
    return `There is no rule ${code(target)}${didYouMean(target, rules).replace(/^; known are.*/s, '')}.`.replace(
      '?.',
      '?',
    );
  }
  const named = items.filter((item) => {
    const { ruleId, fingerprint } = describe(item);
    return byRule ? ruleId === target : fingerprint.startsWith(target);
  });
  if (!byRule && named.length > 1 && new Set(named.map((item) => describe(item).fingerprint)).size > 1) {
    return `More than one finding begins with ${code(target)}: write more of the fingerprint.`;
  }
  const matches = path === null ? () => true : compileGlobs([path]);
  const selected = named.filter((item) => {
    const at = describe(item).path;
    return path === null || (at !== null && matches(at));
  });
  const where = path === null ? '' : ` in ${code(path)}`;
  return selected.length > 0
    ? selected
    : `There is nothing to waive: the check shows no ${byRule ? `finding of ${code(target)}` : `finding ${code(target)}`}${where} that this pull request brings.`;
}

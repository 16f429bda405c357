import { posix } from 'node:path';
import { isRepositoryRule, readRuleFile, ruleComplaint } from '../../engine/rule-file.ts';
import type { FileRule } from '../../engine/rule.ts';

/** A rule that a change brings must be one that can be used: after the merge it judges everybody. */
export const validRule: FileRule = {
  scope: 'file',
  judge(file) {
    if (!isRepositoryRule(file.path)) return [];
    return problemsOf(file.path, file.text).map(({ line, message }) => ({
      values: { problem: message.replaceAll('`', '') },
      judged: message,
      ...(line === null ? {} : { range: { start: { line, column: 1 }, end: { line, column: 1 } } }),
    }));
  },
};

function problemsOf(path: string, text: string | null): readonly { line: number | null; message: string }[] {
  if (text === null) return [{ line: null, message: 'it is not text' }];
  const read = readRuleFile(path, text);
  if (read.value === null) return read.problems;
  const complaint = ruleComplaint(read.value, posix.basename(posix.dirname(path)));
  return complaint === null ? [] : [{ line: null, message: complaint }];
}

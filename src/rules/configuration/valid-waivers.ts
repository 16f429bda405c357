import { decodeText } from '../../engine/judged-file.ts';
import { isRepositoryRule, readRuleFile, REPOSITORY_RULES } from '../../engine/rule-file.ts';
import type { FileRule, RuleContext } from '../../engine/rule.ts';
import { isWaiverFile, readWaiverFile } from '../../engine/waiver-file.ts';

/** The waiver file that a change brings must be one that can be read: after the merge it counts for everybody. */
export const validWaivers: FileRule = {
  scope: 'file',
  context: [`${REPOSITORY_RULES}/*/rule.yaml`],
  judge(file, context) {
    if (!isWaiverFile(file.path)) return [];
    if (file.text === null) return [{ values: { problem: 'it is not text' } }];
    return readWaiverFile(file.path, file.text, rulesAfter(context)).problems.map(({ line, message }) => ({
      values: { problem: message.replaceAll('`', '') },
      judged: message,
      ...(line === null ? {} : { range: { start: { line, column: 1 }, end: { line, column: 1 } } }),
    }));
  },
};

/** A change may bring a rule together with a waiver of it. */
function rulesAfter({ knownRules, snapshot }: RuleContext): string[] {
  const own = [...snapshot.files.values()].flatMap(({ path, content }) => {
    const text = content !== null && isRepositoryRule(path) ? decodeText(content) : null;
    return text === null ? [] : (readRuleFile(path, text).value?.id ?? []);
  });
  return [...knownRules.keys(), ...own];
}

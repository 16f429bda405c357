import { POLICY_PATHS, readPolicyFile } from '../../engine/policy-file.ts';
import { decodeText } from '../../engine/judged-file.ts';
import { isRepositoryRule, readRuleFile, REPOSITORY_RULES } from '../../engine/rule-file.ts';
import type { FileRule, KnownRules, RuleContext } from '../../engine/rule.ts';

/** The policy file that a change brings must be one that can be understood: after the merge it judges everybody. */
export const validPolicy: FileRule = {
  scope: 'file',
  context: [`${REPOSITORY_RULES}/*/rule.yaml`],
  judge(file, context) {
    if (!(POLICY_PATHS as readonly string[]).includes(file.path)) return [];
    if (file.text === null) return [{ values: { problem: 'it is not text' } }];
    return readPolicyFile(file.path, file.text, rulesAfter(context)).problems.map(({ line, message }) => ({
      values: { problem: message.replaceAll('`', '') },
      judged: message,
      ...(line === null ? {} : { range: { start: { line, column: 1 }, end: { line, column: 1 } } }),
    }));
  },
};

/** A change may bring a rule together with its setting. */
function rulesAfter({ knownRules, snapshot }: RuleContext): KnownRules {
  const own = [...snapshot.files.values()].flatMap(({ path, content }) => {
    const text = content !== null && isRepositoryRule(path) ? decodeText(content) : null;
    const definition = text === null ? null : readRuleFile(path, text).value;
    return definition === null ? [] : [[definition.id, definition.parameters] as const];
  });
  return new Map([...own, ...knownRules]);
}

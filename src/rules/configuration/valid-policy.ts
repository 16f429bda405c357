import { ORGANISATION_PATHS } from '../../engine/organisation-file.ts';
import { POLICY_PATHS, readPolicyFile } from '../../engine/policy-file.ts';
import type { PolicyProblem } from '../../engine/policy-difference.ts';
import { decodeText } from '../../engine/judged-file.ts';
import { isRepositoryRule, readRuleFile, REPOSITORY_RULES } from '../../engine/rule-file.ts';
import type { FileRule, JudgedFile, KnownRules, RuleContext } from '../../engine/rule.ts';
import { placed } from '../support/policy-place.ts';

const NOT_TEXT = { line: null, message: 'it is not text' };

/** The policy file that a change brings must be one that can be understood: after the merge it judges everybody. */
export const validPolicy: FileRule = {
  scope: 'file',
  context: [`${REPOSITORY_RULES}/*/rule.yaml`],
  judge(file, context) {
    return problemsOf(file, context).map(({ line, message }) => {
      const { range } = placed({ path: file.path, line });
      return {
        values: { problem: message.replaceAll('`', '') },
        judged: message,
        ...(range === undefined ? {} : { range }),
      };
    });
  },
};

function problemsOf(
  { path, text }: JudgedFile,
  context: RuleContext,
): readonly Pick<PolicyProblem, 'line' | 'message'>[] {
  const isPolicy = isOneOf(POLICY_PATHS, path);
  if (!isPolicy && !isOneOf(ORGANISATION_PATHS, path)) return [];
  // Whoever reads the configuration knows of other repositories' files, and whether the organisation's counts here.
  const elsewhere = (context.policyReview?.problems ?? []).filter((problem) => problem.path === path);
  if (!isPolicy) return elsewhere;
  return text === null
    ? [NOT_TEXT]
    : [...readPolicyFile(path, text, rulesAfter(context)).problems, ...elsewhere];
}

function isOneOf(paths: readonly string[], path: string): boolean {
  return paths.includes(path);
}

/** A change may bring a rule together with its setting. */
function rulesAfter({ knownRules, snapshot }: RuleContext): KnownRules {
  const own = [...snapshot.files.values()].flatMap(({ path, content }) => {
    const text = content !== null && isRepositoryRule(path) ? decodeText(content) : null;
    const definition = text === null ? null : readRuleFile(path, text).value;
    return definition === null ? [] : [[definition.id, definition.parameters] as const];
  });
  return new Map([...own, ...knownRules]);
}

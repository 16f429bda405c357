import { POLICY_PATHS, readPolicyFile } from '../engine/policy-file.ts';
import type { FileRule } from '../engine/rule.ts';

/** The policy file that a change brings must be one that can be understood: after the merge it judges everybody. */
export const validPolicy: FileRule = {
  scope: 'file',
  judge(file, context) {
    if (!(POLICY_PATHS as readonly string[]).includes(file.path)) return [];
    if (file.text === null) return [{ values: { problem: 'it is not text' } }];
    return readPolicyFile(file.path, file.text, context.knownRules).problems.map(({ line, message }) => ({
      values: { problem: message.replaceAll('`', '') },
      judged: message,
      ...(line === null ? {} : { range: { start: { line, column: 1 }, end: { line, column: 1 } } }),
    }));
  },
};

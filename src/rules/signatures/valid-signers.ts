import type { RepositoryRule } from '../../engine/rule.ts';

/** The key files that a change brings must be readable: after the merge they decide for everybody. */
export const validSigners: RepositoryRule = {
  scope: 'repository',
  judge(_files, { keys }) {
    return (keys?.problems ?? []).map(({ path, line, message }) => ({
      path,
      values: { problem: message.replaceAll('`', '') },
      judged: message,
      ...(line === null ? {} : { range: { start: { line, column: 1 }, end: { line, column: 1 } } }),
    }));
  },
};

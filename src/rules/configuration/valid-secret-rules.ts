import { POLICY_PATHS } from '../../engine/policy-file.ts';
import type { RepositoryRule } from '../../engine/rule.ts';

/** The files are read before the judgement, by whoever looks for secrets with them. */
export const validSecretRules: RepositoryRule = {
  scope: 'repository',
  context: ['.gitleaks.toml', '.gitleaksignore', ...POLICY_PATHS],
  judge(files, { snapshot: { secretProblems = [] } }) {
    return secretProblems.flatMap(({ path, line, message }) => {
      // What is not there at all is a mistake of the file that names it.
      const place = [path, ...POLICY_PATHS, ...files.keys()].find((one) => files.has(one));
      if (place === undefined) return [];
      const here = place === path;
      const problem = (here ? message : `${path} ${message}`).replaceAll('`', '');
      const range = { start: { line: line ?? 1, column: 1 }, end: { line: line ?? 1, column: 1 } };
      return [
        {
          path: place,
          values: { problem },
          judged: problem,
          ...(here && line !== null ? { range } : {}),
        },
      ];
    });
  },
};

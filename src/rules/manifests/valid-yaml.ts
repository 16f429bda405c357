import type { FileRule, JudgedFile, Problem } from '../../engine/rule.ts';
import type { YamlProblem } from '../../manifests/yaml-file.ts';
import { withoutContent } from '../support/yaml-reason.ts';

const DUPLICATE =
  '`{path}` has the key `{key}` twice in one map. The cluster keeps one of them, or refuses the file: not what whoever ' +
  'reads it expects.';
const CONFLICT =
  '`{path}` still has a merge conflict marker. Nothing in the file can be applied until the conflict is resolved.';

export const validYaml: FileRule = {
  scope: 'file',
  judge(file) {
    if (file.yaml === null || !isMeantForTheCluster(file)) return [];
    const { problems } = file.yaml;
    const firstSyntax = problems.find(({ kind }) => kind === 'syntax');
    // The parser stumbles on: further syntax errors mostly follow from the first.
    return problems
      .filter((problem) => problem.kind !== 'syntax' || problem === firstSyntax)
      .flatMap((problem) => toProblem(problem, file));
  },
};

/** JSON that is no manifest may have comments, as the configuration of many tools has. */
function isMeantForTheCluster({ path, text }: JudgedFile): boolean {
  if (!/\.json$/i.test(path)) return true;
  return text !== null && text.includes('"kind"') && text.includes('"apiVersion"');
}

function toProblem({ kind, message, range }: YamlProblem, file: JudgedFile): Problem[] {
  switch (kind) {
    // The engine itself says that such a file was not judged.
    case 'limit':
      return [];
    case 'merge-conflict':
      return [
        {
          range,
          message: CONFLICT,
          remediation: 'Resolve it and delete the lines with `<<<<<<<`, `=======` and `>>>>>>>`.',
        },
      ];
    case 'duplicate-key':
      return [
        {
          range,
          message: DUPLICATE,
          remediation: 'Keep one of the two.',
          values: { key: keyAt(file, range.start.line, range.start.column) },
        },
      ];
    case 'syntax':
      return [{ range, values: { reason: withoutContent(message) } }];
  }
}

/** A key is quoted only when it looks like one. */
function keyAt({ text }: JudgedFile, line: number, column: number): string {
  const rest = text?.split('\n', line)[line - 1]?.slice(column - 1) ?? '';
  return /^["']?([A-Za-z0-9_./-]{1,63})["']?\s*:/.exec(rest)?.[1] ?? '(key)';
}

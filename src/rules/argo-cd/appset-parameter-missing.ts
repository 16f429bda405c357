import { nearestName } from '../../engine/document-schema.ts';
import type { Problem } from '../../engine/rule.ts';
import { leavesOf, type Leaf } from '../../manifests/leaves.ts';
import { valueAt } from '../../manifests/workload.ts';
import { parametersOf, type Parameters } from '../support/appset-parameters.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

const TEMPLATE = ['spec', 'template'];
/** `{{ .name }}` or `{{ .name | lower }}`: the way from the root of what is given. */
const GO_ACTION = /\{\{-?\s*\.([A-Za-z_]\w*)(?:\.[\w.]*)?\s*(?:\|[^{}]*)?-?\}\}/g;
/** `{{name}}`, as both kinds of templates may write it. */
const PLAIN_ACTION = /\{\{\s*([A-Za-z_][\w.[\]/-]*)\s*\}\}/g;
/** What lies below the dot may be something else after these, and between backquotes it is text. */
const MOVES_DOT = /`|\{\{-?\s*(?:range|with|define|block|template|\$)/;
/** Functions without arguments. */
const FUNCTIONS = new Set(['now', 'uuidv4', 'list', 'dict', 'end', 'else']);
/** Longer texts are files with templates of their own. */
const MAX_LENGTH = 2_000;

const WITHOUT_GO =
  '`{pointer}` of ApplicationSet `{name}` writes the parameter `{parameter}` with a dot, as Go templates do, and they are not turned on: ' +
  'the placeholder stays as it is, and is deployed.';
const TURN_ON =
  'Add `goTemplate: true` and `goTemplateOptions: ["missingkey=error"]` under `spec`, or write the parameter without its dot.';
const WITH_GO =
  '`{pointer}` of ApplicationSet `{name}` writes the parameter `{parameter}` without a dot, and Go templates take that for a function: ' +
  'Argo CD makes no Application.';
const ADD_DOT = 'Put a dot before the parameter.';

export const appsetParameterMissing = ofWholeObjects(({ value }): Problem[] => {
  const given = parametersOf(value);
  if (given === null) return [];
  const isGo = valueAt(value, ['spec', 'goTemplate']) === true;
  const strict = JSON.stringify(valueAt(value, ['spec', 'goTemplateOptions']) ?? '').includes(
    'missingkey=error',
  );
  const effect = isGo
    ? strict
      ? 'Argo CD makes no Application'
      : '`<no value>` is deployed in its place'
    : 'the placeholder stays as it is, and is deployed';
  return leavesOf(valueAt(value, TEMPLATE)).flatMap((leaf) =>
    (isGo ? goProblems(leaf, given) : plainProblems(leaf, given)).map((problem) => ({
      ...problem,
      pointer: [...TEMPLATE, ...leaf.pointer],
      judged: leaf.value,
      values: { effect, ...problem.values },
    })),
  );
});

function goProblems({ value }: Leaf, { roots }: Parameters): Problem[] {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || MOVES_DOT.test(value)) return [];
  const missing = namesIn(value, GO_ACTION).filter((name) => !roots.has(name));
  const undotted = namesIn(value, PLAIN_ACTION).filter(
    (name) => !FUNCTIONS.has(name) && roots.has(name.split(/[.[]/)[0] ?? ''),
  );
  return [
    ...missing.map((name) => missingProblem(name, [...roots])),
    ...undotted.map((name) => ({ message: WITH_GO, remediation: ADD_DOT, values: { parameter: name } })),
  ];
}

function plainProblems({ value }: Leaf, { roots, names, open }: Parameters): Problem[] {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return [];
  const missing = namesIn(value, PLAIN_ACTION).filter(
    (name) => !names.has(name) && !open.some((beginning) => name.startsWith(beginning)),
  );
  const dotted = namesIn(value, GO_ACTION).filter((name) => roots.has(name));
  return [
    ...missing.map((name) => missingProblem(name, [...names])),
    ...dotted.map((name) => ({ message: WITHOUT_GO, remediation: TURN_ON, values: { parameter: name } })),
  ];
}

function missingProblem(name: string, known: readonly string[]): Problem {
  const near = nearestName(name, known);
  const values = { parameter: name, known: [...known].sort().slice(0, 12).join(', ') };
  return near === null ? { values } : { values: { ...values, near }, remediation: 'Did you mean `{near}`?' };
}

function namesIn(text: string, action: RegExp): string[] {
  return [...new Set([...text.matchAll(action)].map(([, name = '']) => name))];
}

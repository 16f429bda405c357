import { nearestName } from '../../engine/document-schema.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { kustomizeTreeOf } from '../../graph/kustomize-tree.ts';
import { OPERATIONS, readOperation, type OperationFault } from '../../manifests/json-patch.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import { valueAt } from '../../manifests/workload.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { MissingPlaces } from '../support/patch-places.ts';
import { patchesWithin, patchFilesOf, type Patch } from '../support/patches.ts';
import { withoutContent } from '../support/yaml-reason.ts';

const STOPS = 'kustomize stops there, so nothing of what it is for is deployed any more.';
const NO_YAML = `The patch is no YAML: {reason}; ${STOPS}`;
const NO_PATCH = `The text is neither a part of an object nor a list of operations, and so no patch: ${STOPS}`;
const UNNAMED = `The patch does not say \`{missing}\`, without which it is no part of an object: ${STOPS}`;
const NO_TARGET = `A list of operations does not say which object it changes, and the patch has no \`target\`: ${STOPS}`;
const NO_MAP = `An operation of the patch is no map with \`op\` and \`path\`: ${STOPS}`;
const INCOMPLETE = `An operation of the patch has no \`{missing}\`: ${STOPS}`;
const UNKNOWN = `The patch has the operation \`{found}\`, which does not exist: ${STOPS}`;
const NO_SLASH =
  'The `{missing}` of an operation begins without a `/`. Its first step is left out then, so that something else is changed, or ' +
  'nothing.';
const WRITE_OBJECT =
  'Write the part of the object with its `apiVersion`, `kind` and `metadata.name`, or a list of operations with `op` and `path`.';
/** What it is once it is filled in, nobody knows. */
const FILLED_IN = /\$\{|\{\{/;

export const validPatch: RepositoryRule = {
  scope: 'repository',
  kinds: ['Application', 'HelmRelease', 'Kustomization'],
  context: KUSTOMIZE_GLOBS,
  widen: unitWidening,
  judge(files, { snapshot, objects }) {
    const places = new MissingPlaces(files, snapshot);
    const seen = new Set<string>();
    const kustomizations = [...kustomizeTreeOf(files, snapshot).byFolder.values()].flatMap((node) => {
      const manifest = files.get(node.path)?.().manifests[0];
      const inline = manifest === undefined ? [] : patchesWithin(manifest, 0);
      const all = [...inline, ...patchFilesOf(node, files)];
      return all.flatMap((patch) => [
        ...formProblems(patch),
        ...places.problemsOf(node, patch),
        ...places.containerProblems(node, patch),
      ]);
    });
    const deployers = objects.all
      .filter(({ form }) => form === 'whole')
      .flatMap(({ manifest, position }) => patchesWithin(manifest, position).flatMap(formProblems));
    // Several kustomizations may name one file.
    return [...kustomizations, ...deployers].filter(({ path, pointer, message, range, judged }) => {
      const key = JSON.stringify([path, pointer, message, range, judged]);
      return !seen.has(key) && seen.add(key);
    });
  },
};

function formProblems(patch: Patch): Problem[] {
  const { documents, problems } = patch.yaml;
  const [broken] = problems;
  // Of a file, `valid-yaml` says so.
  if (broken !== undefined && (patch.file !== null || FILLED_IN.test(patch.text))) return [];
  if (broken !== undefined) {
    const values = { reason: withoutContent(broken.message) };
    return [{ ...patch.within(broken.range), judged: broken.message, message: NO_YAML, values }];
  }
  return documents.flatMap(({ value }, index): Problem[] => {
    if (index > 0 || value === null || value === undefined) return [];
    if (Array.isArray(value)) return operationProblems(value as unknown[], patch);
    if (isRecord(value)) return unnamedProblem(value, patch);
    return typeof value === 'string' && holdsExpression(value)
      ? []
      : [{ ...patch.at([]), judged: value, message: NO_PATCH, remediation: WRITE_OBJECT }];
  });
}

/** https://github.com/kubernetes-sigs/kustomize/blob/master/api/resource/factory.go: also with a target, an object needs both. */
function unnamedProblem(value: Readonly<Record<string, unknown>>, patch: Patch): Problem[] {
  const kind = value['kind'];
  if (typeof kind === 'string' && kind.endsWith('List')) return [];
  const places = [['kind'], ['metadata', 'name']];
  const missing = places.find((place) => (valueAt(value, place) ?? '') === '');
  if (missing === undefined) return [];
  const values = { missing: missing.join('.') };
  return [{ ...patch.at([]), judged: values, message: UNNAMED, remediation: WRITE_OBJECT, values }];
}

function operationProblems(operations: readonly unknown[], patch: Patch): Problem[] {
  if (patch.target === null && operations.length > 0) {
    return [
      {
        ...patch.at([]),
        judged: null,
        message: NO_TARGET,
        remediation: 'Give it a `target` with the kind and the name of the object.',
      },
    ];
  }
  return operations.flatMap((operation, index) => {
    const fault = readOperation(operation);
    return 'reason' in fault ? [operationProblem(fault, operation, index, patch)] : [];
  });
}

function operationProblem(
  { key, reason }: OperationFault,
  operation: unknown,
  index: number,
  patch: Patch,
): Problem {
  const place = reason === 'missing' || key === null ? [String(index)] : [String(index), key];
  const about = { ...patch.at(place), judged: [reason, key, index] };
  const found = (key === null || !isRecord(operation) ? null : asText(operation[key])) ?? '';
  const values = { missing: key ?? '', found };
  switch (reason) {
    case 'not-a-map':
      return { ...about, message: NO_MAP, remediation: WRITE_OBJECT, values };
    case 'missing':
      return { ...about, message: INCOMPLETE, remediation: 'Add `{missing}`.', values };
    case 'unknown-operation': {
      const near = nearestName(found.toLowerCase(), OPERATIONS);
      const known = OPERATIONS.join(', ');
      const remediation = near === null ? 'Write one of {known}.' : 'Did you mean `{near}`?';
      return { ...about, message: UNKNOWN, remediation, values: { ...values, near: near ?? '', known } };
    }
    case 'no-slash':
      return { ...about, message: NO_SLASH, remediation: 'Write `/{found}`.', values };
  }
}

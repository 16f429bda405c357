import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { kustomizeTreeOf, type KustomizationNode } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';
import { patchObjectsOf, type Patchable } from '../support/patch-objects.ts';

/** Kinds whose `replicas` kustomize sets. */
const SCALED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];
const GENERATORS = { configMapGenerator: 'ConfigMap', secretGenerator: 'Secret' };
/** Others may be patterns. */
const NAME = /^[a-z0-9-]+$/;

const NOTHING_TO_MERGE =
  'The generator of {made} has `behavior: {behavior}`, and there is no {made} before it: kustomize stops there, so nothing of the ' +
  'kustomization is deployed any more.';
const ADD_BASE = 'Correct the name, or take `behavior` out.';
const ALREADY_THERE =
  'The generator makes {made}, which is there already: kustomize stops there, so nothing of the kustomization is deployed any more.';
const SET_BEHAVIOR = 'Add `behavior: merge` or `behavior: replace`, or give it another name.';

export const kustomizationEntryWithoutTarget: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, { snapshot }) {
    const tree = kustomizeTreeOf(files, snapshot);
    const objects = patchObjectsOf(files, snapshot);
    return [...tree.byFolder.values()].flatMap((node) => {
      const fields = ['replicas', ...Object.keys(GENERATORS)];
      if (fields.every((field) => node.value[field] === undefined)) return [];
      const known = objects.of(node);
      if (known === null) return [];
      const inner = tree.closureOf(node).kustomizations.filter((one) => one !== node);
      return [...replicaProblems(node, known), ...generatorProblems(node, inner, known)];
    });
  },
};

function replicaProblems(node: KustomizationNode, known: Patchable): Problem[] {
  return listAt(node.value, ['replicas']).flatMap((entry, index): Problem[] => {
    const workload = isRecord(entry) ? asText(entry['name']) : null;
    if (workload === null || !NAME.test(workload) || SCALED.some((kind) => known.has(kind, workload)))
      return [];
    const pointer = ['replicas', String(index), 'name'];
    return [{ path: node.path, pointer, judged: workload, values: { workload } }];
  });
}

function generatorProblems(
  node: KustomizationNode,
  inner: readonly KustomizationNode[],
  known: Patchable,
): Problem[] {
  return Object.entries(GENERATORS).flatMap(([field, kind]) =>
    listAt(node.value, [field]).flatMap((generator, index): Problem[] => {
      if (!isRecord(generator)) return [];
      const name = asText(generator['name']);
      if (name === null || !NAME.test(name) || generator['namespace'] !== undefined) return [];
      const exists = isThere(name, field, kind, inner, known);
      const behavior = asText(generator['behavior']) ?? 'create';
      const merges = behavior === 'merge' || behavior === 'replace';
      if (exists === merges) return [];
      const words = merges
        ? { message: NOTHING_TO_MERGE, remediation: ADD_BASE }
        : { message: ALREADY_THERE, remediation: SET_BEHAVIOR };
      const pointer = [field, String(index), 'name'];
      const values = { behavior, made: `${kind} ${name}` };
      return [{ path: node.path, pointer, judged: [name, behavior], ...words, values }];
    }),
  );
}

/** Whether something of that name comes from the files, or from the generator of a base. */
function isThere(
  name: string,
  field: string,
  kind: string,
  inner: readonly KustomizationNode[],
  known: Patchable,
): boolean {
  const written = [
    ...known.meeting([
      { part: 'kind', pattern: kind },
      { part: 'name', pattern: name },
    ]),
  ];
  return (
    written.some(({ source }) => source !== null) ||
    inner.some(({ value }) => listAt(value, [field]).some((one) => isRecord(one) && one['name'] === name))
  );
}

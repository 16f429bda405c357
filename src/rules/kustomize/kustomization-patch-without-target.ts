import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { kustomizeTreeOf, type Files, type KustomizationNode } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRemoteReference, resolveReference } from '../../manifests/kustomize-references.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import {
  describeTarget,
  patchObjectsOf,
  targetPartsOf,
  type Patchable,
  type PatchObjects,
} from '../support/patch-objects.ts';

const SILENT =
  'The patch has a `target` that nothing here matches ({wanted}): kustomize leaves it out without a word, and what it ' +
  'should change stays as it is.';
const CORRECT_TARGET = 'Correct the target, or remove the patch.';

export const kustomizationPatchWithoutTarget: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, { snapshot }) {
    const tree = kustomizeTreeOf(files, snapshot);
    const objects = patchObjectsOf(files, snapshot);
    return [...tree.byFolder.values()].flatMap((node) => problemsOf(node, objects, files));
  },
};

function problemsOf(node: KustomizationNode, known: PatchObjects, files: Files): Problem[] {
  const fields = ['patches', 'patchesStrategicMerge', 'patchesJson6902'];
  // A component patches what others bring along.
  if (node.value['kind'] === 'Component' || fields.every((field) => node.value[field] === undefined))
    return [];
  const objects = known.of(node);
  if (objects === null) return [];
  return [
    ...['patches', 'patchesJson6902'].flatMap((field) =>
      listAt(node.value, [field]).flatMap((patch, index) => {
        const pointer = [field, String(index)];
        if (!isRecord(patch)) return [];
        if (isRecord(patch['target'])) return targetProblem(node, patch['target'], pointer, objects);
        const place = asText(patch['path']) === null ? 'patch' : 'path';
        return mergeProblem(node, asText(patch[place]), [...pointer, place], objects, files);
      }),
    ),
    ...listAt(node.value, ['patchesStrategicMerge']).flatMap((patch, index) =>
      mergeProblem(node, asText(patch), ['patchesStrategicMerge', String(index)], objects, files),
    ),
  ];
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/: each part is an anchored pattern. */
function targetProblem(
  node: KustomizationNode,
  target: Readonly<Record<string, unknown>>,
  pointer: Pointer,
  objects: Patchable,
): Problem[] {
  const written = targetPartsOf(target);
  if (written.length === 0 || written.some(({ pattern }) => /\$\{|\{\{/.test(pattern))) return [];
  if (objects.someMeets(written)) return [];
  return [
    {
      path: node.path,
      pointer: [...pointer, 'target'],
      atKey: true,
      judged: target,
      severity: 'warning',
      message: SILENT,
      remediation: CORRECT_TARGET,
      values: { wanted: describeTarget(written) },
    },
  ];
}

/** A strategic merge patch without a target finds its object by kind and name. */
function mergeProblem(
  node: KustomizationNode,
  text: string | null,
  pointer: Pointer,
  objects: Patchable,
  files: Files,
): Problem[] {
  if (text === null || isRemoteReference(text)) return [];
  const isInline = /\n|^\s*\{|:\s/.test(text);
  const documents = isInline
    ? parseYaml('patch.yaml', text).documents.map(({ value }) => value)
    : (files.get(resolveReference(node.folder, text))?.().yaml?.documents ?? []).map(({ value }) => value);
  return documents.flatMap((patch) => {
    const kind = isRecord(patch) ? asText(patch['kind']) : null;
    const name = asText(valueAt(patch, ['metadata', 'name']));
    if (kind === null || name === null || /\$\{|\{\{/.test(kind + name)) return [];
    if (objects.has(kind, name)) return [];
    return [{ path: node.path, pointer, judged: [kind, name], values: { target: `${kind} ${name}` } }];
  });
}

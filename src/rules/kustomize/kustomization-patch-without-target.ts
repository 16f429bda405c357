import { compilePattern } from '../../engine/re2.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import {
  kustomizeTreeOf,
  type Files,
  type KustomizationNode,
  type KustomizeTree,
} from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRemoteReference, resolveReference } from '../../manifests/kustomize-references.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';

const SILENT =
  'The patch has a `target` that nothing here matches ({wanted}): kustomize leaves it out without a word, and what it ' +
  'should change stays as it is.';
const CORRECT_TARGET = 'Correct the target, or remove the patch.';

/** An object that patches may change. */
interface Known {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export const kustomizationPatchWithoutTarget: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, { snapshot }) {
    const tree = kustomizeTreeOf(files, snapshot);
    return [...tree.byFolder.values()].flatMap((node) => problemsOf(node, tree, files));
  },
};

function problemsOf(node: KustomizationNode, tree: KustomizeTree, files: Files): Problem[] {
  const fields = ['patches', 'patchesStrategicMerge', 'patchesJson6902'];
  // A component patches what others bring along.
  if (node.value['kind'] === 'Component' || fields.every((field) => node.value[field] === undefined))
    return [];
  const objects = objectsOf(node, tree, files);
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

/** Everything that a kustomization has to patch; null when a part of it cannot be seen. */
function objectsOf(node: KustomizationNode, tree: KustomizeTree, files: Files): Known[] | null {
  const { complete, files: reached, kustomizations } = tree.closureOf(node);
  const affixed = kustomizations.some(
    ({ value }) => value['namePrefix'] !== undefined || value['nameSuffix'] !== undefined,
  );
  if (!complete || affixed || kustomizations.some(({ value }) => value['kind'] === 'Component')) return null;
  const found: Known[] = [];
  for (const path of reached.keys()) {
    const file = files.get(path)?.();
    if (file === undefined || file.template || (file.yaml?.problems.length ?? 1) > 0) return null;
    for (const { group, version, kind, name, namespace } of file.manifests) {
      if (name === null) return null;
      found.push({ group, version, kind, name, namespace: reached.get(path) ?? namespace ?? '' });
    }
  }
  for (const { value } of kustomizations) {
    for (const [field, kind] of [
      ['configMapGenerator', 'ConfigMap'],
      ['secretGenerator', 'Secret'],
    ] as const) {
      for (const generator of listAt(value, [field])) {
        const name = isRecord(generator) ? asText(generator['name']) : null;
        if (name !== null) found.push({ group: '', version: 'v1', kind, name, namespace: '' });
      }
    }
  }
  return found;
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/: each part is an anchored pattern. */
function targetProblem(
  node: KustomizationNode,
  target: Readonly<Record<string, unknown>>,
  pointer: Pointer,
  objects: readonly Known[],
): Problem[] {
  const parts = ['group', 'version', 'kind', 'name'] as const;
  const written = parts.flatMap((part) => {
    const pattern = asText(target[part]);
    return pattern === null ? [] : [{ part, pattern }];
  });
  if (written.length === 0 || written.some(({ pattern }) => /\$\{|\{\{/.test(pattern))) return [];
  try {
    const tests = written.map(({ part, pattern }) => ({ part, test: compilePattern(`^(?:${pattern})$`) }));
    if (objects.some((object) => tests.every(({ part, test }) => test(object[part])))) return [];
  } catch {
    return [];
  }
  return [
    {
      path: node.path,
      pointer: [...pointer, 'target'],
      atKey: true,
      judged: target,
      severity: 'warning',
      message: SILENT,
      remediation: CORRECT_TARGET,
      values: { wanted: written.map(({ part, pattern }) => `${part} ${pattern}`).join(', ') },
    },
  ];
}

/** A strategic merge patch without a target finds its object by kind and name. */
function mergeProblem(
  node: KustomizationNode,
  text: string | null,
  pointer: Pointer,
  objects: readonly Known[],
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
    if (objects.some((object) => object.kind === kind && object.name === name)) return [];
    return [{ path: node.path, pointer, judged: [kind, name], values: { target: `${kind} ${name}` } }];
  });
}

import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { kustomizeTreeOf, type Files, type KustomizationNode } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { resolveReference } from '../../manifests/kustomize-references.ts';
import { valueAt } from '../../manifests/workload.ts';

const HELM = {
  flag: '--enable-helm',
  why: 'renders Helm charts, which kustomize does only with `--enable-helm`',
};
const PLUGIN = {
  flag: '--enable-alpha-plugins',
  why: 'runs a plugin, which kustomize does only with `--enable-alpha-plugins`, and with `--enable-exec` for a program',
};
const FUNCTION_ANNOTATION = 'config.kubernetes.io/function';

export const kustomizationNeedsFlags: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  judge(files, { snapshot }) {
    return [...kustomizeTreeOf(files, snapshot).byFolder.values()].flatMap((node) => [
      ...['helmCharts', 'helmChartInflationGenerator']
        .filter((field) => Array.isArray(node.value[field]))
        .map((field) => problem(node, [field], HELM)),
      ...node.references
        .filter(({ field, text }) => isPlugin(field, resolveReference(node.folder, text), files))
        .map(({ pointer }) => problem(node, pointer, PLUGIN)),
    ]);
  },
};

/** Transformers and generators of kustomize itself have the group `builtin` and need no flag. */
function isPlugin(field: string, path: string, files: Files): boolean {
  if (!['generators', 'transformers', 'validators'].includes(field)) return false;
  return (files.get(path)?.().manifests ?? []).some(
    ({ apiVersion, value }) =>
      apiVersion !== 'builtin' ||
      valueAt(value, ['metadata', 'annotations', FUNCTION_ANNOTATION]) !== undefined,
  );
}

function problem(node: KustomizationNode, pointer: readonly string[], { flag, why }: typeof HELM): Problem {
  return {
    path: node.path,
    pointer,
    atKey: pointer.length === 1,
    judged: flag,
    message: `This kustomization ${why}. Where the flag is missing, nothing of it is deployed.`,
    values: { flag },
  };
}

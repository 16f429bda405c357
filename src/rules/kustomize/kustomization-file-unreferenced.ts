import { posix } from 'node:path';
import type { RepositoryRule } from '../../engine/rule.ts';
import { kustomizeTreeOf, type KustomizeTree } from '../../graph/kustomize-tree.ts';
import { isKustomizationPath, KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRemoteReference, resolveReference } from '../../manifests/kustomize-references.ts';

/** Objects that tools read from the folder themselves. */
const READ_OTHERWISE =
  /^(?:argoproj\.io|kustomize\.toolkit\.fluxcd\.io|kustomize\.config\.k8s\.io|builtin|viaduct\.ai)$/;

export const kustomizationFileUnreferenced: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  widen: (path) =>
    /\.ya?ml$/i.test(path) ? { under: posix.dirname(path), containing: 'apiVersion', only: 'folder' } : null,
  judge(files, { snapshot }) {
    const tree = kustomizeTreeOf(files, snapshot);
    const named = namedBy(tree);
    return [...files].flatMap(([path, open]) => {
      const node = tree.byFolder.get(posix.dirname(path));
      if (node === undefined || !/\.ya?ml$/i.test(path) || isKustomizationPath(path) || named.has(path))
        return [];
      const { manifests, template } = open();
      if (template || manifests.length === 0 || manifests.some(({ group }) => READ_OTHERWISE.test(group)))
        return [];
      return [{ path, judged: path, place: '', values: { kustomization: node.path } }];
    });
  },
};

/** A folder named as a whole stands for every file in it. */
function namedBy(tree: KustomizeTree): ReadonlySet<string> {
  return new Set(
    [...tree.byFolder.values()].flatMap(({ folder, references }) =>
      references
        .filter(({ text }) => !isRemoteReference(text))
        .map(({ text }) => resolveReference(folder, text)),
    ),
  );
}

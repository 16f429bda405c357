import type { Problem, RepositoryRule } from '../engine/rule.ts';
import { kustomizeTreeOf, type KustomizationNode, type KustomizeTree } from '../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../manifests/kustomization.ts';
import { isRemoteReference, resolveReference } from '../manifests/kustomize-references.ts';

export const kustomizationCycle: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  judge(files, { snapshot }) {
    const tree = kustomizeTreeOf(files, snapshot);
    const inCycle = cyclesOf(tree);
    return [...inCycle].flatMap(([node, cycle]) => problemsOf(node, cycle));
  },
};

/** Each kustomization that leads back to itself, with the folders on the way. */
function cyclesOf(tree: KustomizeTree): Map<KustomizationNode, ReadonlySet<string>> {
  // What leads to no other is in no cycle; taken away again and again, only cycles and what is between them are left.
  const left = new Set(tree.byFolder.values());
  const parents = new Map<KustomizationNode, KustomizationNode[]>();
  const open = new Map<KustomizationNode, number>();
  for (const node of left) {
    const children = new Set(tree.children(node));
    open.set(node, children.size);
    for (const child of children) parents.set(child, [...(parents.get(child) ?? []), node]);
  }
  const waiting = [...left].filter((node) => open.get(node) === 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    left.delete(next);
    for (const parent of parents.get(next) ?? []) {
      const count = (open.get(parent) ?? 0) - 1;
      open.set(parent, count);
      if (count === 0) waiting.push(parent);
    }
  }
  const found = new Map<KustomizationNode, ReadonlySet<string>>();
  for (const node of [...left].slice(0, MAX_CYCLES)) {
    const reached = reachedFrom(node, tree);
    if (!reached.has(node)) continue;
    const back = [...reached].filter((other) => reachedFrom(other, tree).has(node));
    found.set(node, new Set(back.map(({ folder }) => folder)));
  }
  return found;
}

/** A hostile repository may be one large cycle. */
const MAX_CYCLES = 50;

function reachedFrom(node: KustomizationNode, tree: KustomizeTree): Set<KustomizationNode> {
  const reached = new Set<KustomizationNode>();
  const waiting = [...tree.children(node)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...tree.children(next));
  }
  return reached;
}

function problemsOf(node: KustomizationNode, cycle: ReadonlySet<string>): Problem[] {
  return node.references.flatMap(({ field, text, pointer }) => {
    const target = resolveReference(node.folder, text);
    if (
      !['resources', 'bases', 'components'].includes(field) ||
      isRemoteReference(text) ||
      !cycle.has(target)
    )
      return [];
    return [{ path: node.path, pointer, judged: text, values: { target } }];
  });
}

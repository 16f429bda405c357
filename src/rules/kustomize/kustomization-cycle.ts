import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { kustomizeTreeOf, type KustomizationNode, type KustomizeTree } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRemoteReference, resolveReference } from '../../manifests/kustomize-references.ts';

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
    for (const child of children) {
      const known = parents.get(child);
      if (known === undefined) parents.set(child, [node]);
      else known.push(node);
    }
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
  const suspects = [...left].sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MAX_CYCLES);
  for (const node of suspects) {
    const reached = reachedFrom(node, (one) => tree.children(one));
    if (!reached.has(node)) continue;
    const leading = reachedFrom(node, (one) => parents.get(one) ?? []);
    found.set(node, new Set([...reached].filter((one) => leading.has(one)).map(({ folder }) => folder)));
  }
  return found;
}

/** A hostile repository may be one large cycle. */
const MAX_CYCLES = 50;

function reachedFrom(
  node: KustomizationNode,
  next: (node: KustomizationNode) => readonly KustomizationNode[],
): Set<KustomizationNode> {
  const reached = new Set<KustomizationNode>();
  const waiting = [...next(node)];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (reached.has(one)) continue;
    reached.add(one);
    waiting.push(...next(one));
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

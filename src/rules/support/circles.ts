/**
 * Gives each node that has edges the number of its circle: two nodes have the same one exactly when each leads to the
 * other. (Tarjan's strongly connected components, without recursion.)
 */
export function circlesOf<Node>(next: ReadonlyMap<Node, readonly Node[]>): Map<Node, number> {
  const circles = new Map<Node, number>();
  const order = new Map<Node, number>();
  const lowest = new Map<Node, number>();
  const open: Node[] = [];
  for (const start of next.keys()) {
    if (order.has(start)) continue;
    const way = [enter(start)];
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const following = step.following.next();
      if (following.done !== true) {
        const node = following.value;
        if (!order.has(node)) way.push(enter(node));
        else if (!circles.has(node)) reach(step.node, order.get(node) ?? 0);
        continue;
      }
      way.pop();
      const low = lowest.get(step.node) ?? 0;
      const before = way.at(-1);
      if (before !== undefined) reach(before.node, low);
      if (low === order.get(step.node)) close(step.node, low);
    }
  }
  return circles;

  function enter(node: Node): { readonly node: Node; readonly following: Iterator<Node, undefined> } {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    open.push(node);
    return { node, following: (next.get(node) ?? []).values() };
  }

  function reach(node: Node, low: number): void {
    lowest.set(node, Math.min(lowest.get(node) ?? low, low));
  }

  function close(first: Node, circle: number): void {
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      circles.set(node, circle);
      if (node === first) return;
    }
  }
}

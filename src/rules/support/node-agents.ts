import type { Manifest } from '../../manifests/manifest.ts';

/** Namespaces of the cluster itself, whose pods are part of the node. */
const SYSTEM_NAMESPACES = new Set(['kube-system', 'kube-node-lease']);

/**
 * Whether pods look after nodes, and therefore need some of what is forbidden to applications.
 *
 * @param namespace in which they end up; null: as the object says
 */
export function looksAfterNodes(
  { kind, namespace: own }: Manifest,
  namespace: string | null = null,
): boolean {
  return kind === 'DaemonSet' || SYSTEM_NAMESPACES.has(namespace ?? own ?? '');
}

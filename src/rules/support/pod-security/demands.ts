import type { RuleContext } from '../../../engine/rule.ts';
import { KNOWN_MINORS } from '../../../manifests/kubernetes/catalogue.ts';
import type { Manifest } from '../../../manifests/manifest.ts';
import { DEPLOYING_KINDS } from '../deployers.ts';
import { targetsFor } from '../kubernetes-targets.ts';
import type { PodSecurityLevel } from './control.ts';
import { DECLARING_KINDS, demandsOfNamespace, type Mode } from './namespace-labels.ts';
import { destinationsOf } from './namespaces.ts';

/** A level that the pods of an object must fit. */
export interface Demand {
  /** Null: no namespace asks for it; it is the rule's own idea of what is reasonable. */
  readonly mode: Mode | null;
  readonly level: PodSecurityLevel;
  /** Minors of Kubernetes 1.x, of which any may judge the pods. */
  readonly minors: readonly number[];
  readonly namespace: string | null;
  /** A patch may change what is judged. */
  readonly patched: boolean;
}

/** What the demands on a pod depend on, wherever in the repository it stands. */
export const DEMANDING_KINDS = [...new Set<string>([...DECLARING_KINDS, ...DEPLOYING_KINDS])];

const known = new WeakMap<Manifest, { context: RuleContext['objects']; demands: readonly Demand[] }>();

/**
 * What is asked of the pods of an object: by the labels of each namespace that it ends up in, and of those without
 * labels a level of which nothing is said yet (`level: 'privileged'`, `mode: null`).
 */
export function demandsOn(manifest: Manifest, context: RuleContext): readonly Demand[] {
  const kept = known.get(manifest);
  if (kept?.context === context.objects) return kept.demands;
  const own = targetsFor(manifest, context.policy).map(({ minor }) => minorOf(minor));
  const demands = destinationsOf(manifest, context).flatMap(({ namespace, patched }): Demand[] => {
    const asked = namespace === null ? null : demandsOfNamespace(namespace, manifest.path, context.objects);
    if (asked === null) return [{ mode: null, level: 'privileged', minors: own, namespace, patched }];
    return asked.map(({ mode, level, minor }) => ({
      ...{ mode, level, namespace, patched },
      minors: minor === null ? own : [minor],
    }));
  });
  known.set(manifest, { context: context.objects, demands });
  return demands;
}

/** @param minor `1.31`; empty for a cluster of which nothing is known, which is taken for the latest */
function minorOf(minor: string): number {
  return Number((minor === '' ? (KNOWN_MINORS.at(-1) ?? '') : minor).split('.')[1]);
}

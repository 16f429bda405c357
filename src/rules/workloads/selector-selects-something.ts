import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import type { Files } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Pointer } from '../../manifests/position.ts';
import { valueAt } from '../../manifests/workload.ts';
import { LabelIndex } from '../support/label-index.ts';
import { describeSelector, readSelector, wordsOf } from '../support/label-selector.ts';
import {
  mayMeet,
  placedObjectsOf,
  type PlacedObject,
  type PlacedObjects,
} from '../support/placed-objects.ts';
import { looksElsewhere, servicesOf, type PlacedService } from '../support/placed-services.ts';
import { lostPods, podIndexOf, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';

/** What each kind selects, where its selector stands, and what is amiss when it selects nothing. */
const KINDS: Readonly<
  Record<string, { group: string; pointer: Pointer; selects: 'pods' | 'Services'; effect: string }>
> = {
  PodDisruptionBudget: {
    group: 'policy',
    pointer: ['spec', 'selector'],
    selects: 'pods',
    effect: 'nothing keeps a drain from stopping all pods at once',
  },
  NetworkPolicy: {
    group: 'networking.k8s.io',
    pointer: ['spec', 'podSelector'],
    selects: 'pods',
    effect: 'the pods that it was written for are not protected',
  },
  PodMonitor: {
    group: 'monitoring.coreos.com',
    pointer: ['spec', 'selector'],
    selects: 'pods',
    effect: 'nothing is measured, and no alert can fire',
  },
  ServiceMonitor: {
    group: 'monitoring.coreos.com',
    pointer: ['spec', 'selector'],
    selects: 'Services',
    effect: 'nothing is measured, and no alert can fire',
  },
};

export const selectorSelectsSomething: RepositoryRule = {
  scope: 'repository',
  kinds: [...Object.keys(KINDS), 'Service', ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const services = new LabelIndex(servicesOf(placed));
    return Object.entries(KINDS).flatMap(([kind, known]) =>
      placed
        .ofKind(kind, (group) => group === known.group)
        .flatMap((one) => judgeObject(one, known, { placed, services, files, context }) ?? []),
    );
  },
};

interface Surroundings {
  readonly placed: PlacedObjects;
  readonly services: LabelIndex<PlacedService>;
  readonly files: Files;
  readonly context: RuleContext;
}

function judgeObject(
  one: PlacedObject,
  { pointer, selects, effect }: (typeof KINDS)[string],
  { placed, services, files, context }: Surroundings,
): Problem | null {
  const { object, units } = one;
  if (object.form !== 'whole') return null;
  const selector = readSelector(valueAt(object.value, pointer));
  if (selector === null || selector.requirements.length === 0 || looksElsewhere(one)) return null;
  if (units.some(({ patches }) => patches('labels') || patches('elector'))) return null;
  const pods = podIndexOf(placed, files);
  const found =
    selects === 'pods'
      ? pods.select(selector, one).length > 0
      : services.select(selector).some(({ placed: service }) => mayMeet(service, one));
  if (found || placed.mayBeSupplied(one, [object.name ?? '', ...wordsOf(selector)])) return null;
  if (!pods.standBeside(one) && !lostPods(one, context)) return null;
  return {
    path: object.path,
    manifest: object.position,
    pointer,
    judged: valueAt(object.value, pointer),
    values: { selects, effect, selector: describeSelector(selector) },
  };
}

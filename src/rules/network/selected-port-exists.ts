import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import type { Files } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { LabelIndex } from '../support/label-index.ts';
import { readSelector, wordsOf, type Selector } from '../support/label-selector.ts';
import {
  mayMeet,
  placedObjectsOf,
  type PlacedObject,
  type PlacedObjects,
} from '../support/placed-objects.ts';
import { looksElsewhere, servicesOf, type PlacedService } from '../support/placed-services.ts';
import { podIndexOf, portNames, SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';

/** Ports of containers that something puts into the pods when they are made. */
const INJECTED = /envoy|istio|linkerd|dapr|consul|kuma|vault/;

const POLICY_EFFECT = 'nothing is let through to them by it';
const MONITOR_EFFECT = 'nothing is measured, and no alert can fire';

export const selectedPortExists: RepositoryRule = {
  scope: 'repository',
  kinds: ['NetworkPolicy', 'PodMonitor', 'ServiceMonitor', 'Service', ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const services = new LabelIndex(servicesOf(placed));
    const around = { placed, services, files };
    return [
      ...placed
        .ofKind('NetworkPolicy', isNetworking)
        .flatMap((one) => problemsOf(one, policyPorts(one), around)),
      ...['PodMonitor', 'ServiceMonitor']
        .flatMap((kind) => placed.ofKind(kind, (group) => group === 'monitoring.coreos.com'))
        .filter((one) => !looksElsewhere(one))
        .flatMap((one) => problemsOf(one, monitorPorts(one), around)),
    ];
  },
};

interface Surroundings {
  readonly placed: PlacedObjects;
  readonly services: LabelIndex<PlacedService>;
  readonly files: Files;
}

/** A port by its name, and the selectors of what should have it. */
interface NamedPort {
  readonly pointer: Pointer;
  readonly name: string;
  readonly selectors: readonly unknown[];
  readonly of: 'pods' | 'Services';
  readonly effect: string;
}

function isNetworking(group: string): boolean {
  return group === 'networking.k8s.io';
}

/** Of incoming connections the selected pods have the port, of outgoing ones the pods that they lead to. */
function policyPorts({ object: { value } }: PlacedObject): NamedPort[] {
  const common = { of: 'pods', effect: POLICY_EFFECT } as const;
  const own = valueAt(value, ['spec', 'podSelector']);
  const incoming = listAt(value, ['spec', 'ingress']).flatMap((rule, index) =>
    namedIn(rule, 'ports', ['spec', 'ingress', String(index)]).map((port) => ({
      ...common,
      ...port,
      selectors: [own],
    })),
  );
  const outgoing = listAt(value, ['spec', 'egress']).flatMap((rule, index) => {
    const peers = listAt(rule, ['to']);
    const areNear = peers.every((peer) => isRecord(peer) && Object.keys(peer).join() === 'podSelector');
    if (peers.length === 0 || !areNear) return [];
    const selectors = peers.map((peer) => valueAt(peer, ['podSelector']));
    return namedIn(rule, 'ports', ['spec', 'egress', String(index)]).map((port) => ({
      ...common,
      ...port,
      selectors,
    }));
  });
  return [...incoming, ...outgoing];
}

function monitorPorts({ object: { kind, value } }: PlacedObject): NamedPort[] {
  const isOfPods = kind === 'PodMonitor';
  const of = isOfPods ? 'pods' : 'Services';
  const selectors = [valueAt(value, ['spec', 'selector'])];
  return namedIn(valueAt(value, ['spec']), isOfPods ? 'podMetricsEndpoints' : 'endpoints', ['spec']).map(
    (port) => ({
      ...port,
      selectors,
      of,
      effect: MONITOR_EFFECT,
    }),
  );
}

function namedIn(root: unknown, list: string, pointer: Pointer): { pointer: Pointer; name: string }[] {
  return listAt(root, [list]).flatMap((port, index) => {
    const name = isRecord(port) ? port['port'] : undefined;
    const isName = typeof name === 'string' && name !== '' && !/^\d+$/.test(name) && !holdsExpression(name);
    return isName ? [{ pointer: [...pointer, list, String(index), 'port'], name }] : [];
  });
}

function problemsOf(holder: PlacedObject, ports: readonly NamedPort[], around: Surroundings): Problem[] {
  const { object, units } = holder;
  if (object.form !== 'whole' || ports.length === 0) return [];
  return ports.flatMap(({ pointer, name, selectors, of, effect }): Problem[] => {
    const read = selectors.map((selector) => readSelector(selector));
    const known = read.filter((one) => one !== null && one.requirements.length > 0) as Selector[];
    if (known.length < read.length || INJECTED.test(name)) return [];
    const names = of === 'pods' ? namesOfPods(holder, known, around) : namesOfServices(holder, known, around);
    if (names === null || names.has(name) || units.some(({ patches }) => patches(name))) return [];
    // A chart may bring along more of what is selected.
    if (around.placed.mayBeSupplied(holder, known.flatMap(wordsOf))) return [];
    return [
      {
        path: object.path,
        manifest: object.position,
        pointer,
        judged: name,
        values: { port: name, selects: of, effect, known: [...names].sort().slice(0, 8).join(', ') },
        ...(names.size === 0 ? { remediation: 'Give the port that name where it is defined.' } : {}),
      },
    ];
  });
}

/** Null where one of the pods, or a part of it, is only known later, or where there is none. */
function namesOfPods(
  holder: PlacedObject,
  selectors: readonly Selector[],
  { placed, files }: Surroundings,
): Set<string> | null {
  const pods = podIndexOf(placed, files);
  const selected = selectors.flatMap((selector) => pods.select(selector, holder));
  if (selected.length === 0 || selected.some(({ labels }) => labels === null)) return null;
  const isPatched = selected.some(({ placed: { units } }) => units.some(({ patches }) => patches('ports')));
  return isPatched ? null : new Set(selected.flatMap(portNames));
}

function namesOfServices(
  holder: PlacedObject,
  selectors: readonly Selector[],
  { services }: Surroundings,
): Set<string> | null {
  const selected = selectors
    .flatMap((selector) => services.select(selector))
    .filter(({ placed }) => mayMeet(placed, holder));
  const isOpen = ({ placed: { object, units }, labels }: PlacedService): boolean =>
    labels === null || object.form !== 'whole' || units.some(({ patches }) => patches('ports'));
  if (selected.length === 0 || selected.some(isOpen)) return null;
  return new Set(
    selected.flatMap(({ placed: { object } }) =>
      listAt(object.value, ['spec', 'ports']).flatMap((port) => {
        const name = valueAt(port, ['name']);
        return typeof name === 'string' ? [name] : [];
      }),
    ),
  );
}

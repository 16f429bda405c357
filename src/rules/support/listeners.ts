import { asText, isRecord } from '../../manifests/manifest.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import type { Problem } from '../../engine/rule.ts';
import { mayMeet, type PlacedObject, type PlacedObjects } from './placed-objects.ts';

const GROUP = 'gateway.networking.k8s.io';
const ROUTES: ReadonlySet<string> = new Set(['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute']);

const NO_LISTENER =
  '{kind} `{name}` attaches to the listener `{listener}` of the Gateway `{gateway}`, which has no such listener: no request ' +
  'reaches the route.';
const NAME_LISTENER = 'Name one of its listeners: {known}.';
const NO_PORT =
  '{kind} `{name}` attaches to port `{listener}` of the Gateway `{gateway}`, which listens on no such port: no request ' +
  'reaches the route.';
const NAME_PORT = 'Write one of its ports: {known}.';
const NOT_ALLOWED =
  '{kind} `{name}` is in namespace `{own}`, and the Gateway `{gateway}` takes routes of its own namespace `{other}` alone: no ' +
  'request reaches the route.';
const ALLOW =
  'Let `allowedRoutes.namespaces` of the listener say `from: All`, or `from: Selector` with labels of namespace `{own}`.';

/** One entry of `parentRefs` that means a Gateway. */
interface Parent {
  readonly pointer: Pointer;
  readonly name: string;
  readonly namespace: string | null;
  readonly section: string | null;
  readonly port: number | null;
}

/** Listeners that a route attaches to, and which its Gateway lacks or keeps from it. */
export function listenerProblems(route: PlacedObject, placed: PlacedObjects): Problem[] {
  const { group, kind, path, position, value } = route.object;
  if (group !== GROUP || !ROUTES.has(kind)) return [];
  return parentsOf(value).flatMap((parent) => {
    const gateways = gatewaysOf(parent, route, placed);
    if (gateways === null || route.units.some(({ patches }) => patches('parentRefs'))) return [];
    return problemsOf(parent, route, gateways).map((problem) => ({ path, manifest: position, ...problem }));
  });
}

function parentsOf(value: Readonly<Record<string, unknown>>): Parent[] {
  return listAt(value, ['spec', 'parentRefs']).flatMap((parent, index): Parent[] => {
    if (!isRecord(parent) || (parent['kind'] ?? 'Gateway') !== 'Gateway') return [];
    if ((parent['group'] ?? GROUP) !== GROUP) return [];
    const [name = null, namespace = null, section = null] = ['name', 'namespace', 'sectionName'].map((key) =>
      asText(parent[key]),
    );
    if (name === null || [name, namespace, section].some((text) => text !== null && holdsExpression(text)))
      return [];
    const port = typeof parent['port'] === 'number' ? parent['port'] : null;
    return [{ pointer: ['spec', 'parentRefs', String(index)], name, namespace, section, port }];
  });
}

/** Those that may be meant; null when one of them is not known whole, or there is none. */
function gatewaysOf(
  { name, namespace }: Parent,
  route: PlacedObject,
  placed: PlacedObjects,
): PlacedObject[] | null {
  const near = namespace === null ? route : { namespaces: new Set([namespace]) };
  const gateways = placed
    .ofName('Gateway', name)
    .filter((one) => one.object.group === GROUP && mayMeet(one, near));
  const isKnown = ({ object, units }: PlacedObject): boolean =>
    object.form === 'whole' &&
    listeners(object.value).every(isComplete) &&
    !units.some(({ patches }) => patches('listeners') || patches('allowedRoutes'));
  return gateways.length > 0 && gateways.every(isKnown) ? gateways : null;
}

type Listener = Readonly<Record<string, unknown>>;

function listeners(value: unknown): Listener[] {
  return listAt(value, ['spec', 'listeners']).filter(isRecord);
}

function isComplete({ name, port }: Listener): boolean {
  return typeof name === 'string' && !holdsExpression(name) && typeof port === 'number';
}

function problemsOf(parent: Parent, route: PlacedObject, gateways: readonly PlacedObject[]): Problem[] {
  const { pointer, name, section, port } = parent;
  const all = gateways.flatMap(({ object }) => listeners(object.value));
  const named = section === null ? all : all.filter((one) => one['name'] === section);
  if (section !== null && named.length === 0) {
    const known = namesIn(all, 'name');
    const values = { listener: section, gateway: name, known };
    const at = [...pointer, 'sectionName'];
    return [{ pointer: at, judged: section, message: NO_LISTENER, remediation: NAME_LISTENER, values }];
  }
  const meant = port === null ? named : named.filter((one) => one['port'] === port);
  if (port !== null && meant.length === 0) {
    const values = { listener: String(port), gateway: name, known: namesIn(named, 'port') };
    const at = [...pointer, 'port'];
    return [{ pointer: at, judged: port, message: NO_PORT, remediation: NAME_PORT, values }];
  }
  return namespaceProblems(parent, route, gateways, meant);
}

function namespaceProblems(
  { pointer, name }: Parent,
  route: PlacedObject,
  gateways: readonly PlacedObject[],
  meant: readonly Listener[],
): Problem[] {
  const [own, ...more] = route.namespaces;
  const [other, ...others] = new Set(gateways.flatMap(({ namespaces }) => [...namespaces]));
  const isSure = more.length + others.length === 0 && gateways.every(({ namespaces }) => namespaces.size > 0);
  if (own === undefined || other === undefined || !isSure || own === other) return [];
  const isOwnOnly = (listener: Listener): boolean =>
    (valueAt(listener, ['allowedRoutes', 'namespaces', 'from']) ?? 'Same') === 'Same';
  if (meant.length === 0 || !meant.every(isOwnOnly)) return [];
  const values = { own, other, gateway: name };
  return [{ pointer: [...pointer, 'name'], judged: name, message: NOT_ALLOWED, remediation: ALLOW, values }];
}

function namesIn(all: readonly Listener[], field: 'name' | 'port'): string {
  return [...new Set(all.map((one) => String(one[field])))].slice(0, 8).join(', ');
}

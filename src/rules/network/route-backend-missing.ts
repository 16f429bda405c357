import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord, scalarText } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { lostObject } from '../support/lost-objects.ts';
import { placedObjectsOf, type PlacedObject, type PlacedObjects } from '../support/placed-objects.ts';
import { SUPPLIER_KINDS } from '../support/pod-index.ts';

const ROUTES = ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'] as const;
const PORT =
  '{kind} `{name}` sends requests to port `{port}` of the Service `{service}`, which has no such port: they are answered ' +
  'with an error.';
const NAME_PORT = 'Name one of its ports: {known}.';

/** A Service to which a route sends requests. */
interface Backend {
  readonly pointer: Pointer;
  readonly service: string;
  /** Of the port, number or name; null when none is given. */
  readonly port: { readonly pointer: Pointer; readonly value: string | number } | null;
}

export const routeBackendMissing: RepositoryRule = {
  scope: 'repository',
  kinds: ['Ingress', 'Service', ...ROUTES, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const ingresses = placed.ofKind(
      'Ingress',
      (group) => group === 'networking.k8s.io' || group === 'extensions',
    );
    const routes = ROUTES.flatMap((kind) =>
      placed.ofKind(kind, (group) => group === 'gateway.networking.k8s.io'),
    );
    return [
      ...ingresses.flatMap((one) => problemsOf(one, ingressBackends(one), placed, context)),
      ...routes.flatMap((one) => problemsOf(one, routeBackends(one), placed, context)),
    ];
  },
};

function problemsOf(
  route: PlacedObject,
  backends: readonly Backend[],
  placed: PlacedObjects,
  context: RuleContext,
): Problem[] {
  const { object, units } = route;
  if (object.form !== 'whole') return [];
  return backends.flatMap(({ pointer, service, port }): Problem[] => {
    if (/\$\{|\{\{|\$\(/.test(service) || units.some(({ patches }) => patches(service))) return [];
    const at = { path: object.path, manifest: object.position };
    const found = placed.named('Service', service, route).filter(({ object: one }) => one.form !== 'partial');
    if (found.length > 0) return port === null ? [] : portProblems(at, service, port, found);
    if (placed.mayBeSupplied(route, [service])) return [];
    if (placed.ofKind('Service').length === 0 && !lostObject('Service', service, context)) return [];
    return [{ ...at, pointer, judged: service, values: { service } }];
  });
}

function portProblems(
  at: Pick<Problem, 'path' | 'manifest'>,
  service: string,
  { pointer, value }: NonNullable<Backend['port']>,
  found: readonly PlacedObject[],
): Problem[] {
  if (
    found.some(
      ({ object, units }) => object.form !== 'whole' || units.some(({ patches }) => patches('ports')),
    )
  )
    return [];
  if (found.some(({ object }) => valueAt(object.value, ['spec', 'type']) === 'ExternalName')) return [];
  const ports = found.flatMap(({ object }) => listAt(object.value, ['spec', 'ports']).filter(isRecord));
  const key = typeof value === 'number' ? 'port' : 'name';
  if (ports.some((port) => String(port[key]) === String(value))) return [];
  const known = ports
    .flatMap((port) => scalarText(port[key] ?? port['port']) ?? [])
    .slice(0, 8)
    .join(', ');
  return [
    {
      ...at,
      pointer,
      judged: value,
      message: PORT,
      remediation: NAME_PORT,
      values: { service, port: String(value), known },
    },
  ];
}

/** Of `networking.k8s.io/v1`, and of the versions before it that some clusters still have. */
function ingressBackends({ object: { value } }: PlacedObject): Backend[] {
  const paths = listAt(value, ['spec', 'rules']).flatMap((rule, index) =>
    listAt(rule, ['http', 'paths']).map((_, at) => [
      'spec',
      'rules',
      String(index),
      'http',
      'paths',
      String(at),
      'backend',
    ]),
  );
  return [['spec', 'defaultBackend'], ['spec', 'backend'], ...paths].flatMap((root): Backend[] => {
    const backend = valueAt(value, root);
    if (!isRecord(backend)) return [];
    const isOld = backend['serviceName'] !== undefined;
    const name: Pointer = isOld ? [...root, 'serviceName'] : [...root, 'service', 'name'];
    const ports: Pointer[] = isOld
      ? [[...root, 'servicePort']]
      : [
          [...root, 'service', 'port', 'number'],
          [...root, 'service', 'port', 'name'],
        ];
    return backendAt(value, name, ports);
  });
}

/** References to Services of the same namespace. */
function routeBackends({ object: { value } }: PlacedObject): Backend[] {
  return listAt(value, ['spec', 'rules']).flatMap((rule, index) =>
    listAt(rule, ['backendRefs']).flatMap((reference, at): Backend[] => {
      if (!isRecord(reference) || reference['namespace'] !== undefined) return [];
      if (reference['kind'] !== undefined && reference['kind'] !== 'Service') return [];
      if (reference['group'] !== undefined && reference['group'] !== '') return [];
      const root = ['spec', 'rules', String(index), 'backendRefs', String(at)];
      return backendAt(value, [...root, 'name'], [[...root, 'port']]);
    }),
  );
}

function backendAt(value: unknown, name: Pointer, ports: readonly Pointer[]): Backend[] {
  const service = asText(valueAt(value, name));
  if (service === null) return [];
  for (const pointer of ports) {
    const port = valueAt(value, pointer);
    // An annotation of the AWS controller may stand behind `use-annotation`.
    if (port === 'use-annotation') return [];
    if (typeof port === 'number' || (typeof port === 'string' && !/\$|\{\{/.test(port)))
      return [{ pointer: name, service, port: { pointer, value: port } }];
  }
  return [{ pointer: name, service, port: null }];
}

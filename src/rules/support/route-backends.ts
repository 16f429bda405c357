import { asText, isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { placesOf } from '../../manifests/pod-places.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import type { PlacedObject } from './placed-objects.ts';

/** A Service to which a route sends requests. */
export interface Backend {
  readonly pointer: Pointer;
  readonly service: string;
  /** Of the port, number or name; null when none is given. */
  readonly port: { readonly pointer: Pointer; readonly value: string | number } | null;
}

const GATEWAY_ROUTES = ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'];
const TRAEFIK_ROUTES = ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP', 'TraefikService'];

/** Kinds that send requests to Services. */
export const ROUTE_KINDS: readonly string[] = [
  'Ingress',
  ...GATEWAY_ROUTES,
  ...TRAEFIK_ROUTES,
  'DestinationRule',
  'VirtualService',
];

/** The Services of its own namespace to which a route sends requests. */
export function backendsOf(route: PlacedObject): Backend[] {
  const { group, kind } = route.object;
  switch (group) {
    case 'networking.k8s.io':
    case 'extensions':
      return kind === 'Ingress' ? ingressBackends(route) : [];
    case 'gateway.networking.k8s.io':
      return GATEWAY_ROUTES.includes(kind) ? routeBackends(route) : [];
    case 'traefik.io':
    case 'traefik.containo.us':
      return TRAEFIK_ROUTES.includes(kind) ? traefikBackends(route) : [];
    case 'networking.istio.io':
      return istioBackends(route);
    default:
      return [];
  }
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

// https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/
const TRAEFIK_PLACES: readonly Pointer[] = [
  ['spec', 'routes', '*', 'services', '*'],
  ['spec', 'weighted', 'services', '*'],
  ['spec', 'mirroring'],
  ['spec', 'mirroring', 'mirrors', '*'],
];

function traefikBackends({ object: { value } }: PlacedObject): Backend[] {
  return TRAEFIK_PLACES.flatMap((place) => placesOf(value, place)).flatMap((root): Backend[] => {
    const service = valueAt(value, root);
    if (!isRecord(service) || service['namespace'] !== undefined) return [];
    if ((service['kind'] ?? 'Service') !== 'Service') return [];
    // `name@provider` is a service of another provider.
    return asText(service['name'])?.includes('@') === true
      ? []
      : backendAt(value, [...root, 'name'], [[...root, 'port']]);
  });
}

// https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination
const ISTIO_PLACES: Readonly<Record<string, readonly Pointer[]>> = {
  DestinationRule: [['spec']],
  VirtualService: [
    ...['http', 'tcp', 'tls'].map((protocol) => ['spec', protocol, '*', 'route', '*', 'destination']),
    ['spec', 'http', '*', 'mirror'],
    ['spec', 'http', '*', 'mirrors', '*', 'destination'],
  ],
};

function istioBackends({ object: { kind, value }, namespaces }: PlacedObject): Backend[] {
  const places = Object.hasOwn(ISTIO_PLACES, kind) ? (ISTIO_PLACES[kind] ?? []) : [];
  return places
    .flatMap((place) => placesOf(value, place))
    .flatMap((root) =>
      backendAt(value, [...root, 'host'], [[...root, 'port', 'number']]).flatMap((backend): Backend[] => {
        const [service = '', namespace = null, ...rest] = backend.service.split('.');
        const own = namespace === null || (namespaces.size === 1 && namespaces.has(namespace));
        // Any other host with dots is in another namespace, or outside of the cluster.
        const isService =
          rest.length === 0 || rest.join('.') === 'svc.cluster.local' || rest.join('.') === 'svc';
        return own && isService && /^[a-z0-9-]+$/.test(service) ? [{ ...backend, service }] : [];
      }),
    );
}

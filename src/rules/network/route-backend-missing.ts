import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord, scalarText } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { lostObject } from '../support/lost-objects.ts';
import { placedObjectsOf, type PlacedObject, type PlacedObjects } from '../support/placed-objects.ts';
import { SUPPLIER_KINDS } from '../support/pod-index.ts';
import { backendsOf, ROUTE_KINDS, type Backend } from '../support/route-backends.ts';

const PORT =
  '{kind} `{name}` sends requests to port `{port}` of the Service `{service}`, which has no such port: they are answered ' +
  'with an error.';
const NAME_PORT = 'Name one of its ports: {known}.';

export const routeBackendMissing: RepositoryRule = {
  scope: 'repository',
  kinds: ['Service', 'ServiceEntry', ...ROUTE_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    return ROUTE_KINDS.flatMap((kind) =>
      placed.ofKind(kind).flatMap((one) => problemsOf(one, backendsOf(one), placed, context)),
    );
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
    if (placed.mayBeSupplied(route, [service]) || isEntered(service, placed)) return [];
    if (placed.ofKind('Service').length === 0 && !lostObject('Service', service, context)) return [];
    return [{ ...at, pointer, judged: service, values: { service } }];
  });
}

/** Whether Istio is told of a host of that name. */
function isEntered(service: string, placed: PlacedObjects): boolean {
  return placed
    .ofKind('ServiceEntry')
    .some(({ object }) => listAt(object.value, ['spec', 'hosts']).includes(service));
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
  const known = [...new Set(ports.flatMap((port) => scalarText(port[key] ?? port['port']) ?? []))]
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

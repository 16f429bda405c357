import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import type { Files } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord, scalarText } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';
import { describeSelector, readSelector } from '../support/label-selector.ts';
import { placedObjectsOf, type PlacedObject } from '../support/placed-objects.ts';
import {
  lostPods,
  podIndexOf,
  portNames,
  SUPPLIER_KINDS,
  WORKLOAD_KINDS,
  type Pods,
} from '../support/pod-index.ts';

const PORT =
  'Service `{name}` sends `{port}` to the container port `{target}`, and no pod that it selects has a port of that name: ' +
  'connections to it are refused.';
const NAME_PORT =
  'Write the name of a port of the containers; they have {known}. Or give the port as a number.';
const NO_NAMES = 'Give the port of the container that name, or write the port as a number.';

export const serviceSelectsPods: RepositoryRule = {
  scope: 'repository',
  kinds: ['Service', ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const services = placedObjectsOf(files, context).ofKind('Service', (group) => group === '');
    return services.flatMap((service) => judgeService(service, files, context));
  },
};

function judgeService(service: PlacedObject, files: Files, context: RuleContext): Problem[] {
  const { object, units } = service;
  const spec = object.value['spec'];
  if (object.form !== 'whole' || !isRecord(spec) || spec['type'] === 'ExternalName') return [];
  const labels = spec['selector'];
  if (!isRecord(labels) || Object.keys(labels).length === 0) return [];
  const selector = readSelector({ matchLabels: labels });
  if (selector === null || units.some(({ patches }) => patches('labels') || patches('selector'))) return [];
  const placed = placedObjectsOf(files, context);
  const pods = podIndexOf(placed, files);
  const selected = pods.select(selector, service);
  if (selected.length > 0) return portProblems(service, selected);
  const names = [object.name ?? '', ...Object.values(labels).map(String)];
  if (placed.mayBeSupplied(service, names)) return [];
  if (!pods.standBeside(service) && !lostPods(service, context)) return [];
  return [
    {
      path: object.path,
      manifest: object.position,
      pointer: ['spec', 'selector'],
      judged: labels,
      values: { selector: describeSelector(selector) },
    },
  ];
}

function portProblems({ object, units }: PlacedObject, selected: readonly Pods[]): Problem[] {
  // A name may come from a patch, or from a container that something puts into the pod.
  if (selected.some(({ labels }) => labels === null)) return [];
  const known = new Set(selected.flatMap(portNames));
  return listAt(object.value, ['spec', 'ports']).flatMap((port, index) => {
    const target = isRecord(port) ? port['targetPort'] : undefined;
    if (!isRecord(port) || typeof target !== 'string' || /^\d+$|\$|\{\{/.test(target) || known.has(target))
      return [];
    if ([...units, ...selected.flatMap(({ placed }) => placed.units)].some(({ patches }) => patches(target)))
      return [];
    return [
      {
        path: object.path,
        manifest: object.position,
        pointer: ['spec', 'ports', String(index), 'targetPort'],
        judged: target,
        message: PORT,
        remediation: known.size === 0 ? NO_NAMES : NAME_PORT,
        values: {
          target,
          port: scalarText(port['name'] ?? port['port']) ?? '',
          known: [...known].sort().slice(0, 8).join(', '),
        },
      },
    ];
  });
}

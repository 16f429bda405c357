import { isRecord } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import type { Labels } from './label-index.ts';
import { readLabels } from './label-selector.ts';
import type { PlacedObject, PlacedObjects } from './placed-objects.ts';

/** A Service with its labels, as kustomizations may add to them. */
export interface PlacedService {
  readonly placed: PlacedObject;
  readonly labels: Labels;
}

/** The Services that the repository shows. */
export function servicesOf(placed: PlacedObjects): PlacedService[] {
  return placed
    .ofKind('Service', (group) => group === '')
    .filter(({ object }) => object.form !== 'partial')
    .map((one) => {
      const labels = readLabels(valueAt(one.object.value, ['metadata', 'labels']));
      for (const { labels: added } of one.units) {
        for (const [key, values] of added) labels?.set(key, new Set([...(labels.get(key) ?? []), ...values]));
      }
      return { placed: one, labels: one.object.form === 'template' ? null : labels };
    });
}

/** A monitor may look into other namespaces, of which this repository need not know anything. */
export function looksElsewhere({ object: { kind, value }, namespaces }: PlacedObject): boolean {
  const other = valueAt(value, ['spec', 'namespaceSelector']);
  if (!kind.endsWith('Monitor') || !isRecord(other)) return false;
  const names = other['matchNames'];
  return (
    other['any'] === true || (Array.isArray(names) && !names.every((name) => namespaces.has(String(name))))
  );
}

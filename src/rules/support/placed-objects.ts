import type { IndexedObject } from '../../engine/object-index.ts';
import type { RuleContext } from '../../engine/rule.ts';
import { deploymentUnitsOf, type DeploymentUnit } from '../../graph/deployment-units.ts';
import { kustomizeTreeOf, type Files } from '../../graph/kustomize-tree.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { Suppliers, type Supplier } from './suppliers.ts';

/** An object together with where it is deployed. */
export interface PlacedObject {
  readonly object: IndexedObject;
  readonly units: readonly DeploymentUnit[];
  /** The namespaces in which it ends up; empty when that cannot be told. */
  readonly namespaces: ReadonlySet<string>;
}

/** The objects of a revision by name, and what may stand beside them unseen. */
export class PlacedObjects {
  readonly all: readonly PlacedObject[];
  readonly #byName = new Map<string, PlacedObject[]>();
  readonly #byKind = new Map<string, PlacedObject[]>();
  readonly #suppliers: Suppliers;
  readonly #affixes = new Map<DeploymentUnit, readonly string[]>();
  /** `ConfigMap/name` and `Secret/name` of kustomize's generators. */
  readonly generated: ReadonlySet<string>;

  constructor(files: Files, { objects, snapshot }: RuleContext) {
    const units = deploymentUnitsOf(files, snapshot);
    const destinations = destinationsOf(objects.all);
    const sets = new Map<string, ReadonlySet<string>>();
    this.all = objects.all.map((object) => {
      const own = units.of(object.path);
      return { object, units: own, namespaces: sharedSet(sets, namespacesOf(object, own, destinations)) };
    });
    for (const placed of this.all) {
      const { kind, name } = placed.object;
      push(this.#byKind, kind, placed);
      push(this.#byName, `${kind}/${name ?? ''}`, placed);
    }
    const nodes = [...kustomizeTreeOf(files, snapshot).byFolder.values()];
    this.#suppliers = new Suppliers([
      ...objects.all.flatMap((object) => supplierOf(object, snapshot.paths)),
      ...nodes.flatMap(({ value }) => chartSuppliers(value)),
      ...units.all.filter(({ open }) => open).flatMap(openSuppliers),
    ]);
    this.generated = new Set(nodes.flatMap(({ value }) => generatedNames(value)));
  }

  /** Objects of a kind, in the groups that are meant. */
  ofKind(kind: string, group: (group: string) => boolean = () => true): PlacedObject[] {
    return (this.#byKind.get(kind) ?? []).filter(({ object }) => group(object.group));
  }

  /** Objects of that name, in whatever namespace. */
  ofName(kind: string, name: string): readonly PlacedObject[] {
    return this.#byName.get(`${kind}/${name}`) ?? [];
  }

  /** Objects of that name which may be in the same namespace. */
  named(kind: string, name: string, near: PlacedObject): PlacedObject[] {
    return this.ofName(kind, name).filter((other) => mayMeet(other, near));
  }

  /** Whether something that no file shows may be, or select, what has one of these names. */
  mayBeSupplied(near: PlacedObject, names: readonly string[]): boolean {
    if (near.units.some(({ open }) => open)) return true;
    // kustomize puts a prefix before the names of what stands together.
    const hasAffix = (affix: string): boolean => names.some((name) => name.includes(affix));
    return (
      near.units.some((unit) => this.#affixesOf(unit).some(hasAffix)) || this.#suppliers.some(near, names)
    );
  }

  #affixesOf(unit: DeploymentUnit): readonly string[] {
    let affixes = this.#affixes.get(unit);
    if (affixes === undefined) {
      affixes = [
        ...new Set(
          unit.kustomizations.flatMap(({ value }) => texts(value['namePrefix'], value['nameSuffix'])),
        ),
      ];
      this.#affixes.set(unit, affixes);
    }
    return affixes;
  }
}

/** Adds to the list of a key. */
export function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

const known = new WeakMap<Files, PlacedObjects>();

/** Made once for all rules that judge a revision. */
export function placedObjectsOf(files: Files, context: RuleContext): PlacedObjects {
  let placed = known.get(files);
  if (placed === undefined) known.set(files, (placed = new PlacedObjects(files, context)));
  return placed;
}

/** Whether two objects may end up in one namespace. */
export function mayMeet(
  { namespaces: some }: Pick<PlacedObject, 'namespaces'>,
  { namespaces: others }: Pick<PlacedObject, 'namespaces'>,
): boolean {
  if (some.size === 0 || others.size === 0) return true;
  for (const namespace of some) if (others.has(namespace)) return true;
  return false;
}

function namespacesOf(
  { path, namespace }: IndexedObject,
  units: readonly DeploymentUnit[],
  destinations: ReadonlyMap<string, string>,
): readonly string[] {
  const all = (units.length === 0 ? [null] : units).map(
    (unit) =>
      unit?.files.get(path) ?? namespace ?? (unit === null ? null : (destinations.get(unit.folder) ?? null)),
  );
  return all.includes(null) ? [] : all.filter((one) => one !== null);
}

/** One set for all that have the same names: most objects of a repository are in few namespaces. */
function sharedSet(known: Map<string, ReadonlySet<string>>, names: readonly string[]): ReadonlySet<string> {
  const key = names.length < 2 ? (names[0] ?? '') : JSON.stringify(names);
  let set = known.get(key);
  if (set === undefined) known.set(key, (set = new Set(names)));
  return set;
}

/** The namespace into which Argo CD or Flux deploys a folder. */
function destinationsOf(objects: readonly IndexedObject[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { group, kind, value } of objects) {
    const isFlux = group === 'kustomize.toolkit.fluxcd.io' && kind === 'Kustomization';
    if (!isFlux && !(group === 'argoproj.io' && kind === 'Application')) continue;
    const folder = asText(valueAt(value, isFlux ? ['spec', 'path'] : ['spec', 'source', 'path']));
    const namespace = asText(
      valueAt(value, isFlux ? ['spec', 'targetNamespace'] : ['spec', 'destination', 'namespace']),
    );
    if (folder !== null && namespace !== null)
      found.set(folder.replace(/^\.?\/+|\/+$/g, '') || '.', namespace);
  }
  return found;
}

function supplierOf(
  { group, kind, name, namespace, value }: IndexedObject,
  paths: ReadonlySet<string>,
): Supplier[] {
  if (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease') {
    const chart = valueAt(value, ['spec', 'chart', 'spec', 'chart']);
    const target = asText(valueAt(value, ['spec', 'targetNamespace'])) ?? namespace;
    return [{ namespace: target, names: texts(name, chart, valueAt(value, ['spec', 'releaseName'])) }];
  }
  if (group !== 'argoproj.io' || kind !== 'Application') return [];
  const sources = [valueAt(value, ['spec', 'source']), ...listAt(value, ['spec', 'sources'])];
  const isChart = (source: unknown): boolean =>
    isRecord(source) &&
    (source['chart'] !== undefined ||
      source['helm'] !== undefined ||
      paths.has(`${String(source['path']).replace(/^\.?\/+|\/+$/g, '')}/Chart.yaml`));
  if (!sources.some(isChart)) return [];
  const charts = sources.map((source) => (isRecord(source) ? source['chart'] : null));
  return [
    {
      namespace: asText(valueAt(value, ['spec', 'destination', 'namespace'])),
      names: texts(name, ...charts),
    },
  ];
}

function chartSuppliers(value: Readonly<Record<string, unknown>>): Supplier[] {
  return listAt(value, ['helmCharts']).flatMap((chart) =>
    isRecord(chart)
      ? [{ namespace: asText(chart['namespace']), names: texts(chart['name'], chart['releaseName']) }]
      : [],
  );
}

/** Whatever an open unit makes stands in the namespaces of its files. */
function openSuppliers({ files, kustomizations }: DeploymentUnit): Supplier[] {
  const namespaces = new Set([
    ...files.values(),
    ...kustomizations.map(({ value }) => asText(value['namespace'])),
  ]);
  return [...namespaces].flatMap((namespace) => (namespace === null ? [] : [{ namespace, names: [] }]));
}

function generatedNames(value: Readonly<Record<string, unknown>>): string[] {
  return (['ConfigMap', 'Secret'] as const).flatMap((kind) =>
    listAt(value, [kind === 'Secret' ? 'secretGenerator' : 'configMapGenerator']).flatMap((generator) => {
      const name = isRecord(generator) ? asText(generator['name']) : null;
      return name === null ? [] : [`${kind}/${name}`];
    }),
  );
}

function texts(...values: readonly unknown[]): string[] {
  return values.flatMap((value) => asText(value) ?? []);
}

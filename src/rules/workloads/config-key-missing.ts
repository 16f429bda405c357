import { nearestName } from '../../engine/document-schema.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';
import { generatedKeys, keysMadeBy } from '../support/config-keys.ts';
import { configReferencesOf, type ConfigReference } from '../support/config-references.ts';
import { configSourcesOf, type ConfigSources } from '../support/config-sources.ts';
import { placedObjectsOf, type PlacedObject, type PlacedObjects } from '../support/placed-objects.ts';
import { SUPPLIER_KINDS, WORKLOAD_KINDS } from '../support/pod-index.ts';
import { SECRET_SOURCE_KINDS } from '../support/secret-sources.ts';

/** What others may write more keys into. */
const PLAIN: ReadonlySet<string> = new Set(['ConfigMap', 'Secret']);

export const configKeyMissing: RepositoryRule = {
  scope: 'repository',
  kinds: ['ConfigMap', ...SECRET_SOURCE_KINDS, ...WORKLOAD_KINDS, ...SUPPLIER_KINDS],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const sources = configSourcesOf(placed, files);
    return WORKLOAD_KINDS.flatMap((kind) => placed.ofKind(kind)).flatMap((one) =>
      judgeWorkload(one, sources, placed),
    );
  },
};

function judgeWorkload(one: PlacedObject, sources: ConfigSources, placed: PlacedObjects): Problem[] {
  const { form, manifest, path, position } = one.object;
  if (form !== 'whole') return [];
  return configReferencesOf(manifest).flatMap((reference) => {
    const { kind, name, keys } = reference;
    const known = keys.length === 0 ? null : keysOf(reference, one, sources, placed);
    if (known === null) return [];
    return keys
      .filter((key) => !known.includes(key.name))
      .map((key): Problem => {
        const near = nearestName(key.name, known);
        const values = { wanted: kind, target: name, key: key.name, known: known.slice(0, 12).join(', ') };
        return {
          path,
          manifest: position,
          pointer: key.pointer,
          judged: [name, key.name],
          values: near === null ? values : { ...values, near },
          ...(near === null ? {} : { remediation: 'Did you mean `{near}`?' }),
        };
      });
  });
}

/** Every key that the object has; null where it is not surely one of those that stand here, or is not known whole. */
function keysOf(
  reference: ConfigReference,
  near: PlacedObject,
  sources: ConfigSources,
  placed: PlacedObjects,
): readonly string[] | null {
  const { kind, name } = reference;
  const found = sources.named(reference, near);
  const generators = generatorsOf(reference, near);
  const isBeside = found.some(({ units }) => units.some((unit) => near.units.includes(unit)));
  // What is called alike somewhere else need not be what these pods see.
  if (!isBeside && generators.length === 0) return null;
  // What a generator merges with may be a part that nobody sees here.
  const isMerged = generators.some((one) => one['behavior'] === 'merge');
  if (isMerged && near.units.some(({ open }) => open)) return null;
  const parts = placed.named(kind, name, near).some(({ object }) => object.form === 'partial');
  const units = [...near.units, ...found.flatMap((one) => one.units)];
  if (parts || units.some(({ patches }) => patches(name))) return null;
  const isWrittenByOthers = found.some(
    ({ object, units: own }) => PLAIN.has(object.kind) && own.some((unit) => sources.makesSecrets(unit)),
  );
  if (isWrittenByOthers) return null;
  const all = [...found.map(({ object }) => keysMadeBy(object, name)), ...generators.map(generatedKeys)];
  return all.includes(null) ? null : [...new Set(all.flatMap((keys) => keys ?? []))];
}

/** Those of the kustomizations that deploy the pods. */
function generatorsOf(
  { kind, name }: ConfigReference,
  { units }: PlacedObject,
): Readonly<Record<string, unknown>>[] {
  const field = kind === 'Secret' ? 'secretGenerator' : 'configMapGenerator';
  return units.flatMap(({ kustomizations }) =>
    kustomizations.flatMap(({ value }) =>
      listAt(value, [field]).filter(
        (one): one is Record<string, unknown> => isRecord(one) && one['name'] === name,
      ),
    ),
  );
}

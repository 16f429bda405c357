import type { IndexedObject, ObjectIndex } from '../../engine/object-index.ts';
import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import { asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { applicationSpecs, isTemplated, sourcesOf } from '../support/argo-application.ts';
import { withoutContent } from '../support/yaml-reason.ts';

const REPEATED =
  'The Helm values in `{pointer}` of {kind} `{name}` have a key twice in one map: one of the two is lost, or Helm refuses the values.';
const KEEP_ONE = 'Keep one of the two.';
const NO_MAP =
  'The Helm values in `{pointer}` of {kind} `{name}` are no map of names and values: the chart is not installed, and not updated ' +
  'any more.';
const WRITE_MAP = 'Write them as `name: value`, each on a line of its own.';

export const validHelmValues: ManifestRule = {
  scope: 'manifest',
  kinds: ['HelmRelease'],
  judge: (manifest, context) =>
    valueTextsOf(manifest, context).flatMap((pointer) => {
      const text = asText(valueAt(manifest.value, pointer));
      return text === null ? [] : problemsIn(text, pointer, manifest);
    }),
};

/** Where an object holds the values of a chart as a text. */
function valueTextsOf(manifest: Manifest, context: RuleContext): Pointer[] {
  switch (`${manifest.group}/${manifest.kind}`) {
    case 'argoproj.io/Application':
    case 'argoproj.io/ApplicationSet':
      return applicationSpecs(manifest)
        .flatMap(sourcesOf)
        .map(({ pointer }) => [...pointer, 'helm', 'values']);
    case 'helm.cattle.io/HelmChart':
    case 'helm.cattle.io/HelmChartConfig':
      return [['spec', 'valuesContent']];
    case '/ConfigMap':
      return valueKeysOf(manifest, context).map((key) => ['data', key]);
    default:
      return [];
  }
}

/** A key of a ConfigMap that a HelmRelease takes as values. */
interface TakenKey {
  readonly name: string;
  readonly namespace: string | null;
  readonly key: string;
}

const taken = new WeakMap<ObjectIndex, ReadonlyMap<string, readonly TakenKey[]>>();

/** The keys of a ConfigMap that HelmReleases of its namespace take as values. */
function valueKeysOf({ name, namespace }: Manifest, { objects }: RuleContext): string[] {
  let byName = taken.get(objects);
  if (byName === undefined) {
    const releases = objects.of('helm.toolkit.fluxcd.io', 'HelmRelease');
    byName = Map.groupBy(releases.flatMap(takenBy), (one) => one.name);
    taken.set(objects, byName);
  }
  const keys = (byName.get(name ?? '') ?? [])
    .filter((one) => one.namespace === null || namespace === null || one.namespace === namespace)
    .map(({ key }) => key);
  return [...new Set(keys)];
}

function takenBy({ namespace, value }: IndexedObject): TakenKey[] {
  return listAt(value, ['spec', 'valuesFrom']).flatMap((from): TakenKey[] => {
    const name = isRecord(from) && from['kind'] === 'ConfigMap' ? asText(from['name']) : null;
    if (name === null || !isRecord(from) || asText(from['targetPath']) !== null) return [];
    return [{ name, namespace, key: asText(from['valuesKey']) ?? 'values.yaml' }];
  });
}

function problemsIn(text: string, pointer: Pointer, manifest: Manifest): Problem[] {
  const { documents, problems } = parseYaml(manifest.path, text);
  const [first] = problems.filter(({ kind }) => kind !== 'limit');
  if (first === undefined) {
    const value = documents[0]?.value ?? null;
    if (value === null || isRecord(value) || problems.length > 0 || isTemplated(text)) return [];
    return [{ pointer, judged: typeof value, message: NO_MAP, remediation: WRITE_MAP }];
  }
  // What a template or Flux still fills in may make it readable.
  if (isTemplated(text)) return [];
  const about = { pointer, range: manifest.rangeWithin(pointer, first.range), judged: first.message };
  return first.kind === 'duplicate-key'
    ? [{ ...about, message: REPEATED, remediation: KEEP_ONE }]
    : [{ ...about, values: { reason: withoutContent(first.message) } }];
}

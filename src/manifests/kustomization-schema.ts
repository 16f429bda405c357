import type { Field, Schema } from './kubernetes/schema.ts';

// The types of kustomize, v5.8: https://github.com/kubernetes-sigs/kustomize/tree/master/api/types
// It reads them with Go's decoder, which refuses unknown fields and does not mind capitals.

const TEXT: Schema = { type: 'string', format: 'text', allowed: null };
const BOOLEAN: Schema = { type: 'boolean' };
const INTEGER: Schema = { type: 'integer' };
const ANY: Schema = { type: 'any' };
const TEXTS: Schema = { type: 'list', items: TEXT };
const TEXT_MAP: Schema = { type: 'map', values: TEXT };
const ANY_MAP: Schema = { type: 'map', values: ANY };

type Shape = Readonly<Record<string, Schema>>;

function object(shape: Shape): Schema {
  const fields = new Map<string, Field>(
    Object.entries(shape).map(([name, schema]) => [name, { schema, required: false }]),
  );
  return { type: 'object', fields: () => fields, open: false };
}

function listOf(items: Schema): Schema {
  return { type: 'list', items };
}

function texts<Name extends string>(...names: Name[]): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, TEXT])) as Record<Name, Schema>;
}

const RESOURCE_ID = texts('group', 'version', 'kind', 'name', 'namespace');
const SELECTOR = object({ ...RESOURCE_ID, ...texts('annotationSelector', 'labelSelector') });
const PATCH = object({
  ...texts('path', 'patch'),
  target: SELECTOR,
  options: object({ allowNameChange: BOOLEAN, allowKindChange: BOOLEAN }),
});
const GENERATOR_OPTIONS = object({
  labels: TEXT_MAP,
  annotations: TEXT_MAP,
  disableNameSuffixHash: BOOLEAN,
  immutable: BOOLEAN,
});
const GENERATOR: Shape = {
  ...texts('namespace', 'name', 'behavior', 'env'),
  literals: TEXTS,
  files: TEXTS,
  envs: TEXTS,
  options: GENERATOR_OPTIONS,
};
const FIELD_OPTIONS = object({ ...texts('delimiter', 'encoding'), index: INTEGER, create: BOOLEAN });
const REPLACEMENT = object({
  ...texts('path', 'sourceValue'),
  source: object({ ...RESOURCE_ID, fieldPath: TEXT, options: FIELD_OPTIONS }),
  targets: listOf(
    object({ select: SELECTOR, reject: listOf(SELECTOR), fieldPaths: TEXTS, options: FIELD_OPTIONS }),
  ),
});
const IMAGE = object(texts('name', 'newName', 'tagSuffix', 'newTag', 'digest'));
const HELM_CHART = object({
  ...texts('name', 'version', 'repo', 'releaseName', 'namespace', 'valuesFile', 'valuesMerge', 'kubeVersion'),
  ...texts('nameTemplate'),
  additionalValuesFiles: TEXTS,
  apiVersions: TEXTS,
  valuesInline: ANY_MAP,
  includeCRDs: BOOLEAN,
  skipHooks: BOOLEAN,
  skipTests: BOOLEAN,
  debug: BOOLEAN,
  devel: BOOLEAN,
});
const INFLATED_CHART = object({
  ...texts('chartName', 'chartVersion', 'chartRepoUrl', 'chartHome', 'chartRepoName', 'helmBin', 'helmHome'),
  ...texts('values', 'valuesMerge', 'releaseName', 'releaseNamespace'),
  valuesLocal: ANY_MAP,
  extraArgs: TEXTS,
});
const LABEL = object({
  pairs: TEXT_MAP,
  includeSelectors: BOOLEAN,
  includeTemplates: BOOLEAN,
  fields: listOf(object({ ...texts('group', 'version', 'kind', 'path'), create: BOOLEAN })),
});
const VARIABLE = object({
  name: TEXT,
  objref: object({ ...RESOURCE_ID, apiVersion: TEXT }),
  fieldref: object(texts('fieldPath')),
});

/** What a kustomization.yaml may hold. */
export const KUSTOMIZATION_SCHEMA: Schema = object({
  ...texts('apiVersion', 'kind', 'namePrefix', 'nameSuffix', 'namespace'),
  metadata: object({ ...texts('name', 'namespace'), labels: TEXT_MAP, annotations: TEXT_MAP }),
  openapi: TEXT_MAP,
  commonLabels: TEXT_MAP,
  commonAnnotations: TEXT_MAP,
  labels: listOf(LABEL),
  patchesStrategicMerge: TEXTS,
  patchesJson6902: listOf(PATCH),
  patches: listOf(PATCH),
  images: listOf(IMAGE),
  imageTags: listOf(IMAGE),
  replacements: listOf(REPLACEMENT),
  replicas: listOf(object({ name: TEXT, count: INTEGER })),
  vars: listOf(VARIABLE),
  sortOptions: object({
    order: TEXT,
    legacySortOptions: object({ orderFirst: TEXTS, orderLast: TEXTS }),
  }),
  resources: TEXTS,
  components: TEXTS,
  crds: TEXTS,
  bases: TEXTS,
  configMapGenerator: listOf(object(GENERATOR)),
  secretGenerator: listOf(object({ ...GENERATOR, type: TEXT })),
  helmGlobals: object(texts('chartHome', 'configHome')),
  helmCharts: listOf(HELM_CHART),
  helmChartInflationGenerator: listOf(INFLATED_CHART),
  generatorOptions: GENERATOR_OPTIONS,
  configurations: TEXTS,
  generators: TEXTS,
  transformers: TEXTS,
  validators: TEXTS,
  buildMetadata: TEXTS,
});

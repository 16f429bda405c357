import { workflowIn } from './composed-pods.ts';
import { apiVersionsPublishedWith } from './custom-resources/published.ts';
import { apiVersionsWith } from './kubernetes/catalogue.ts';
import { asList, asText, isRecord, Manifest } from './manifest.ts';
import { placesOf, valueAt } from './pod-places.ts';
import { parseStep, type Pointer, type Range } from './position.ts';
import type { YamlDocument } from './yaml-document.ts';
import { parseYaml } from './yaml-parse.ts';

/** Patches of one object that are read; nobody writes so many. */
const MAX_PATCHES = 500;
/** Steps of a path that are followed; no field of Kubernetes lies deeper. */
const MAX_STEPS = 64;
/** Stands for an item of a list. */
const FIRST = '-';
/** Fields whose keys may be numbers. */
const MAPS = new Set([
  'data',
  'stringData',
  'binaryData',
  'matchLabels',
  'labels',
  'annotations',
  'nodeSelector',
]);

/** Where objects of kustomize, Flux and Argo CD hold patches; `*` is any item. */
const HOLDERS: Readonly<Record<string, readonly Pointer[]>> = {
  'kustomize.config.k8s.io/Kustomization': [[]],
  'kustomize.config.k8s.io/Component': [[]],
  'kustomize.toolkit.fluxcd.io/Kustomization': [['spec']],
  'helm.toolkit.fluxcd.io/HelmRelease': [['spec', 'postRenderers', '*', 'kustomize']],
  'argoproj.io/Application': [
    ['spec', 'source', 'kustomize'],
    ['spec', 'sources', '*', 'kustomize'],
  ],
};

/**
 * The patches that an object holds as texts, as the parts of objects that they are, each with its place in the file.
 * Of a JSON patch, what it adds or puts in the place of something.
 */
export function inlinePatchesOf(manifest: Manifest): Manifest[] {
  const ofPatches = patchTextsIn(manifest).flatMap(({ pointer, text, target }) => {
    const { documents } = parseYaml(manifest.path, text);
    return documents.flatMap((document) =>
      partsOf(document, target).map((part) => locatedIn(manifest, pointer, part)),
    );
  });
  return [...ofPatches, ...ofWorkflow(manifest)];
}

/** Where a workflow changes the pods of its templates, and where templates make objects. */
const POD_PATCHES: readonly Pointer[] = [
  ['podSpecPatch'],
  ['templateDefaults', 'podSpecPatch'],
  ['templates', '*', 'podSpecPatch'],
];
const MADE_OBJECTS: Pointer = ['templates', '*', 'resource', 'manifest'];
/** What a workflow fills in, also where YAML would read the braces as a map. */
const EXPRESSION = /\{\{[^{}\n]*\}\}/g;

function ofWorkflow(manifest: Manifest): Manifest[] {
  const workflow = workflowIn(manifest);
  if (workflow === null) return [];
  const partsAt = (pattern: Pointer, read: (document: YamlDocument) => Part[]): Manifest[] =>
    placesOf(manifest.value, [...workflow, ...pattern])
      .slice(0, MAX_PATCHES)
      .flatMap((pointer) => {
        const text = valueAt(manifest.value, pointer);
        if (typeof text !== 'string') return [];
        const known = text.replaceAll(EXPRESSION, ({ length }) => `$(${'x'.repeat(length - 3)})`);
        const { documents } = parseYaml(manifest.path, known);
        return documents.flatMap(read).map((part) => locatedIn(manifest, pointer, part));
      });
  return [
    ...POD_PATCHES.flatMap((pattern) => partsAt(pattern, (document) => podPart(document, manifest))),
    ...partsAt(MADE_OBJECTS, (document) => partsOf(document, null)),
  ];
}

function podPart(document: YamlDocument, { name, namespace }: Manifest): Part[] {
  const { value } = document;
  if (!isRecord(value)) return [];
  const metadata = {
    ...(name === null ? {} : { name }),
    ...(namespace === null ? {} : { namespace }),
  };
  return [
    {
      value: { apiVersion: 'v1', kind: 'Pod', metadata, spec: value },
      rangeOf: ([, ...inner], at) => document.rangeOf(inner, at),
    },
  ];
}

/** A patch that stands as a text in an object. */
export interface PatchText {
  /** Of the text, from the root of the object. */
  readonly pointer: Pointer;
  readonly text: string;
  /** As written; null when none is given. */
  readonly target: unknown;
}

/** The patches that an object holds as texts, a bounded number of them. */
export function patchTextsIn(manifest: Manifest): PatchText[] {
  const key = `${manifest.group}/${manifest.kind}`;
  const holders = Object.hasOwn(HOLDERS, key) ? (HOLDERS[key] ?? []) : [];
  return holders
    .flatMap((holder) => placesOf(manifest.value, holder))
    .flatMap((holder) => textsIn(manifest, holder))
    .slice(0, MAX_PATCHES);
}

function textsIn({ value }: Manifest, holder: Pointer): PatchText[] {
  return ['patches', 'patchesJson6902', 'patchesStrategicMerge'].flatMap((field) =>
    asList(valueAt(value, [...holder, field])).flatMap((item, index): PatchText[] => {
      const pointer = [...holder, field, String(index)];
      if (typeof item === 'string') return item.includes('\n') ? [{ pointer, text: item, target: null }] : [];
      if (!isRecord(item) || typeof item['patch'] !== 'string') return [];
      return [{ pointer: [...pointer, 'patch'], text: item['patch'], target: item['target'] ?? null }];
    }),
  );
}

/** A part of an object, and where in the patch's document its values stand. */
interface Part {
  readonly value: Record<string, unknown>;
  rangeOf(pointer: Pointer, at?: 'value' | 'key'): Range;
}

function partsOf(document: YamlDocument, target: unknown): Part[] {
  const { value } = document;
  if (Array.isArray(value)) {
    return (value as unknown[]).flatMap((operation, index) =>
      partOf(document, operation, [String(index)], target),
    );
  }
  if (!isRecord(value) || asText(value['kind']) === null || asText(value['apiVersion']) === null) return [];
  return [{ value, rangeOf: (pointer, at) => document.rangeOf(pointer, at) }];
}

/** https://www.rfc-editor.org/rfc/rfc6902 */
function partOf(document: YamlDocument, operation: unknown, at: Pointer, target: unknown): Part[] {
  if (!isRecord(operation) || !isRecord(target)) return [];
  const { op, path, value } = operation;
  const kind = asText(target['kind']);
  if ((op !== 'add' && op !== 'replace') || value === undefined || typeof path !== 'string' || kind === null)
    return [];
  const steps = stepsOf(path);
  const [first] = steps;
  if (first === undefined || steps.length > MAX_STEPS || ['apiVersion', 'kind', 'metadata'].includes(first))
    return [];
  const name = asText(target['name']);
  const whole = {
    apiVersion: apiVersionOf(target, kind),
    kind,
    ...(name === null ? {} : { metadata: { name } }),
    ...(nested(steps, value) as Record<string, unknown>),
  };
  const isInside = (pointer: Pointer): boolean =>
    steps.every((step, index) => pointer[index] === (step === FIRST ? '0' : step));
  return [
    {
      value: whole,
      rangeOf: (pointer, part) =>
        isInside(pointer)
          ? document.rangeOf([...at, 'value', ...pointer.slice(steps.length)], part)
          : document.rangeOf([...at, 'path'], part),
    },
  ];
}

/** Of a list, only the item that the patch is about is known: it is taken for the first. */
function stepsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map(parseStep)
    .map((step, index, steps) => (isIndex(step) && !MAPS.has(steps[index - 1] ?? '') ? FIRST : step));
}

function isIndex(step: string): boolean {
  return step === '-' || /^\d+$/.test(step);
}

function nested(steps: readonly string[], value: unknown): unknown {
  return steps.reduceRight<unknown>(
    (inner, step) => (step === FIRST ? [inner] : Object.fromEntries([[step, inner]])),
    value,
  );
}

function apiVersionOf(target: Readonly<Record<string, unknown>>, kind: string): string {
  const version = asText(target['version']);
  const group = asText(target['group']);
  if (version !== null) return group === null ? version : `${group}/${version}`;
  const known = [...apiVersionsWith(kind), ...apiVersionsPublishedWith(kind)];
  return known.find((one) => group === null || one.startsWith(`${group}/`)) ?? `${group ?? 'unknown'}/v1`;
}

function locatedIn(holder: Manifest, at: Pointer, part: Part): Manifest {
  const document: YamlDocument = {
    value: part.value,
    partial: true,
    rangeOf: (pointer, which) => holder.rangeWithin(at, part.rangeOf(pointer, which)),
  };
  return new Manifest(holder.path, document, [], part.value);
}

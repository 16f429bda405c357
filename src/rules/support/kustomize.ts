import { posix } from 'node:path';
import type { Snapshot } from '../../engine/change.ts';
import { decodeText } from '../../engine/judged-file.ts';
import { formOf } from '../../engine/object-form.ts';
import type { RuleContext } from '../../engine/rule.ts';
import {
  isKustomizationPath,
  KUSTOMIZATION_GLOBS,
  kustomizationsReaching,
  readKustomization,
  textsOf,
  type Kustomization,
} from '../../manifests/kustomization.ts';
import { asList, isRecord, type Manifest } from '../../manifests/manifest.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';

/** Kustomizations, and the patches that most repositories name so. */
export const KUSTOMIZE_GLOBS: readonly string[] = [
  ...KUSTOMIZATION_GLOBS,
  '**/*patch*.yaml',
  '**/*patch*.yml',
  '**/patches/*',
];

/** A kustomization file: what it deploys, and all that is written in it. */
export interface KustomizationFile extends Kustomization {
  readonly value: Readonly<Record<string, unknown>>;
}

/** The kustomizations of a revision. */
interface Loaded {
  readonly all: readonly KustomizationFile[];
  readonly byFolder: ReadonlyMap<string, KustomizationFile>;
  /** What was answered before, by path. */
  readonly above: Map<string, readonly KustomizationFile[]>;
}

const known = new WeakMap<Snapshot, Loaded>();

function load(snapshot: Snapshot): Loaded {
  const kept = known.get(snapshot);
  if (kept !== undefined) return kept;
  const all = [...snapshot.files].flatMap(([path, { content }]) => {
    const text = content !== null && isKustomizationPath(path) ? decodeText(content) : null;
    if (text === null) return [];
    const value = parseYaml(path, text).documents[0]?.value;
    return [{ ...readKustomization(path, value), value: isRecord(value) ? value : {} }];
  });
  const byFolder = new Map(all.map((one) => [posix.dirname(one.path), one]));
  const loaded: Loaded = { all, byFolder, above: new Map() };
  known.set(snapshot, loaded);
  return loaded;
}

/** The loaded kustomizations of a revision. */
export function kustomizationsOf(snapshot: Snapshot): readonly KustomizationFile[] {
  return load(snapshot).all;
}

/** The kustomizations that deploy a file, with the components that they add: each may change what is in it. */
export function kustomizationsAbove(path: string, snapshot: Snapshot): readonly KustomizationFile[] {
  const { all, byFolder, above } = load(snapshot);
  const answered = above.get(path);
  if (answered !== undefined) return answered;
  const reaching = kustomizationsReaching(path, all);
  const components = reaching.flatMap(componentsOf).flatMap((folder) => byFolder.get(folder) ?? []);
  const found = [...new Set([...reaching, ...components])];
  above.set(path, found);
  return found;
}

function componentsOf({ path, value }: KustomizationFile): string[] {
  return textsOf(value['components']).map((folder) =>
    posix.normalize(posix.join(posix.dirname(path), folder)).replace(/\/$/, ''),
  );
}

/** Whether what is missing in an object under `field` is missing in the cluster, too, as far as files can tell. */
export function isMissingForGood(
  manifest: Manifest,
  context: Pick<RuleContext, 'file' | 'snapshot'>,
  field: string,
): boolean {
  if (formOf(manifest, context) !== 'whole') return false;
  return !kustomizationsAbove(manifest.path, context.snapshot).some((one) =>
    maySet(one, field, context.snapshot),
  );
}

/** A patch that mentions the field, a patch that was not loaded, or something that can change anything. */
function maySet({ value, patches }: KustomizationFile, field: string, snapshot: Snapshot): boolean {
  if (['transformers', 'replacements'].some((key) => value[key] !== undefined)) return true;
  if (field === 'selector' && addsSelector(value)) return true;
  if (inlinePatches(value).some((text) => text.includes(field))) return true;
  return patches.some((path) => {
    const content = snapshot.files.get(path)?.content ?? null;
    const text = content === null ? null : decodeText(content);
    return text === null || text.includes(field);
  });
}

/** Labels for selectors, too, make a selector where an object has none. */
function addsSelector(value: Readonly<Record<string, unknown>>): boolean {
  return (
    isRecord(value['commonLabels']) ||
    asList(value['labels']).some((one) => isRecord(one) && one['includeSelectors'] === true)
  );
}

function inlinePatches(value: Readonly<Record<string, unknown>>): string[] {
  const listed = ['patches', 'patchesJson6902'].flatMap((key) => {
    const list = value[key];
    return Array.isArray(list)
      ? (list as unknown[]).flatMap((one) => (isRecord(one) ? textsOf([one['patch']]) : []))
      : [];
  });
  return [...listed, ...textsOf(value['patchesStrategicMerge']).filter((text) => text.includes('\n'))];
}

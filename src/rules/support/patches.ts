import type { Problem } from '../../engine/rule.ts';
import type { Files, KustomizationNode } from '../../graph/kustomize-tree.ts';
import { isRemoteReference, resolveReference } from '../../manifests/kustomize-references.ts';
import { patchTextsIn } from '../../manifests/inline-patches.ts';
import { asList, asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer, Range } from '../../manifests/position.ts';
import type { YamlFile } from '../../manifests/yaml-file.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';

/** A patch, whether it is written in the object that holds it or in a file of its own. */
export interface Patch {
  readonly text: string;
  readonly yaml: Pick<YamlFile, 'documents' | 'problems'>;
  /** As written; null when none is given. */
  readonly target: unknown;
  /** The file of its own; null for a text in another object. */
  readonly file: string | null;
  /** Where a problem at a place of its first document stands. */
  at(pointer: Pointer, part?: 'value' | 'key'): Pick<Problem, 'path' | 'manifest' | 'pointer' | 'range'>;
  /** The same of a stretch of its text. */
  within(range: Range): Pick<Problem, 'path' | 'manifest' | 'pointer' | 'range'>;
}

/** The patches that an object holds as texts. @param position which of its file's manifests it is */
export function patchesWithin(manifest: Manifest, position: number): Patch[] {
  return patchTextsIn(manifest).map(({ pointer, text, target }) => {
    const yaml = parseYaml(manifest.path, text);
    const within: Patch['within'] = (range) => ({
      path: manifest.path,
      manifest: position,
      pointer,
      range: manifest.rangeWithin(pointer, range),
    });
    const at: Patch['at'] = (inner, part) => {
      const range = yaml.documents[0]?.rangeOf(inner, part);
      return range === undefined ? { path: manifest.path, manifest: position, pointer } : within(range);
    };
    return { text, yaml, target, file: null, at, within };
  });
}

/** The patches that a kustomization has in files, as far as these were loaded and are no templates. */
export function patchFilesOf({ folder, value }: KustomizationNode, files: Files): Patch[] {
  const named = [
    ...['patches', 'patchesJson6902'].flatMap((field) =>
      asList(value[field]).map((item) =>
        isRecord(item) ? { text: asText(item['path']), target: item['target'] ?? null } : null,
      ),
    ),
    ...asList(value['patchesStrategicMerge']).map((item) => ({ text: asText(item), target: null })),
  ];
  return named.flatMap((one) => {
    if (one?.text === null || one === null || one.text.includes('\n') || isRemoteReference(one.text))
      return [];
    const path = resolveReference(folder, one.text);
    const file = files.get(path)?.();
    if (file === undefined || file.yaml === null || file.template) return [];
    const at: Patch['at'] = (pointer, part) => ({
      path,
      pointer,
      ...(part === 'key' ? { atKey: true } : {}),
    });
    const within: Patch['within'] = (range) => ({ path, range });
    return [{ text: file.text ?? '', yaml: file.yaml, target: one.target, file: path, at, within }];
  });
}

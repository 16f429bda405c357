import type { Snapshot } from '../../engine/change.ts';
import { decodeText } from '../../engine/judged-file.ts';
import { isKustomizationPath, readKustomization, type Kustomization } from '../../manifests/kustomization.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';

const known = new WeakMap<Snapshot, readonly Kustomization[]>();

/** Every kustomization of a revision, read once. Needs `KUSTOMIZATION_GLOBS` as the rule's context. */
export function kustomizationsOf(snapshot: Snapshot): readonly Kustomization[] {
  const kept = known.get(snapshot);
  if (kept !== undefined) return kept;
  const all = [...snapshot.files].flatMap(([path, { content }]) => {
    const text = content !== null && isKustomizationPath(path) ? decodeText(content) : null;
    return text === null ? [] : [readKustomization(path, parseYaml(path, text).documents[0]?.value)];
  });
  known.set(snapshot, all);
  return all;
}

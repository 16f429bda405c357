import { isKustomizationPath, readKustomization } from '../manifests/kustomization.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import type { Snapshot } from './change.ts';
import { decodeText } from './judged-file.ts';
import type { RuleContext } from './rule.ts';

/** `whole`: the cluster gets it as it is. `partial`: a patch or an expectation, which names only what it means. */
export type ObjectForm = 'whole' | 'partial' | 'template';

/** Names under which tools keep parts of objects: kustomize patches, and what chainsaw and kuttl expect to find. */
const PARTIAL_NAME = /(?:^|[-_./])(?:patch(?:es)?|assert(?:ions?)?|errors?)(?:[-_./]|$)/i;
const MAX_NODES = 5_000;

/** Needs the kustomizations of the revision loaded: `KUSTOMIZATION_GLOBS` as the rule's context. */
export function formOf(
  manifest: Manifest,
  { file, snapshot }: Pick<RuleContext, 'file' | 'snapshot'>,
): ObjectForm {
  if (file?.template === true) return 'template';
  if (PARTIAL_NAME.test(manifest.path) || patchesOf(snapshot).has(manifest.path)) return 'partial';
  return hasDirective(manifest.value, { left: MAX_NODES }) ? 'partial' : 'whole';
}

const known = new WeakMap<Snapshot, ReadonlySet<string>>();

/** Files that a kustomization of the revision names as patches. */
function patchesOf(snapshot: Snapshot): ReadonlySet<string> {
  let patches = known.get(snapshot);
  if (patches === undefined) {
    patches = new Set(
      [...snapshot.files.values()].flatMap(({ path, content }) => {
        if (content === null || !isKustomizationPath(path)) return [];
        const text = decodeText(content);
        if (text?.includes('patch') !== true) return [];
        const value = parseYaml(path, text).documents[0]?.value;
        return value === undefined ? [] : readKustomization(path, value).patches;
      }),
    );
    known.set(snapshot, patches);
  }
  return patches;
}

/** `$patch: delete` and its like, which only a strategic merge patch holds. */
function hasDirective(value: unknown, budget: { left: number }): boolean {
  if (typeof value !== 'object' || value === null || (budget.left -= 1) < 0) return false;
  if (Array.isArray(value)) return (value as unknown[]).some((item) => hasDirective(item, budget));
  return Object.entries(value).some(([key, item]) => isDirective(key) || hasDirective(item, budget));
}

/** https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md */
export function isDirective(key: string): boolean {
  return /^\$(?:patch|retainKeys|setElementOrder\/.*|deleteFromPrimitiveList\/.*)$/.test(key);
}

import type { Manifest } from '../manifests/manifest.ts';
import { kustomizationsOf } from './kustomizations.ts';
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
  if (PARTIAL_NAME.test(manifest.path) || kustomizationsOf(snapshot).patches.has(manifest.path))
    return 'partial';
  return isPatch(manifest) ? 'partial' : 'whole';
}

const patches = new WeakMap<Manifest, boolean>();

function isPatch(manifest: Manifest): boolean {
  let answer = patches.get(manifest);
  if (answer === undefined) {
    answer = hasDirective(manifest.value, { left: MAX_NODES });
    patches.set(manifest, answer);
  }
  return answer;
}

/** `$patch: delete` and its like, which only a strategic merge patch holds. */
function hasDirective(value: unknown, budget: { left: number }): boolean {
  if (typeof value !== 'object' || value === null || (budget.left -= 1) < 0) return false;
  if (Array.isArray(value)) return (value as unknown[]).some((item) => hasDirective(item, budget));
  return Object.entries(value).some(
    ([key, item]) => (key.startsWith('$') && isDirective(key)) || hasDirective(item, budget),
  );
}

/** https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md */
export function isDirective(key: string): boolean {
  return /^\$(?:patch|retainKeys|setElementOrder\/.*|deleteFromPrimitiveList\/.*)$/.test(key);
}

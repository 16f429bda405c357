import type { Manifest } from '../manifests/manifest.ts';
import { kustomizationsOf } from './kustomizations.ts';
import type { JudgedFile, RuleContext } from './rule.ts';

/** `whole`: the cluster gets it as it is. `partial`: a patch or an expectation, which names only what it means. */
export type ObjectForm = 'whole' | 'partial' | 'template';

/** Names under which people keep parts of objects: kustomize patches, and what chainsaw, kuttl and kyverno expect to find. */
const PARTIAL_NAME = new RegExp(
  [
    String.raw`(?:^|[-_./])patch(?:es)?/`,
    String.raw`(?:^|[-_./])patch(?:es)?(?:[-_.][^/]*)?$`,
    String.raw`(?:^|[-_./])(?:asserts?|errors?)(?:-\d+)?\.[^/.]+$`,
    String.raw`(?:^|/)(?:\d+-|chainsaw-)?assert-[^/]*$`,
    String.raw`(?:^|/)\.?(?:chainsaw|kuttl|kyverno)-tests?/`,
    String.raw`(?:^|/)(?:chainsaw|kuttl)/`,
  ].join('|'),
  'i',
);
const MAX_NODES = 5_000;

/** Needs the kustomizations of the revision loaded: `KUSTOMIZATION_GLOBS` as the rule's context. */
export function formOf(
  manifest: Manifest,
  { file, snapshot }: Pick<RuleContext, 'file' | 'snapshot'>,
): ObjectForm {
  if (file?.template === true) return 'template';
  if (manifest.partial) return 'partial';
  const { patches, resources } = kustomizationsOf(snapshot);
  const { path } = manifest;
  if (patches.has(path) || (PARTIAL_NAME.test(path) && !resources.has(path))) return 'partial';
  return mayHoldDirectives(file) && isPatch(manifest) ? 'partial' : 'whole';
}

const suspects = new WeakMap<JudgedFile, boolean>();

/** Most texts hold no `$` at all, and no escape that could stand for one. A file of many objects is looked through once. */
function mayHoldDirectives(file: JudgedFile | undefined): boolean {
  if (file === undefined || file.text === null) return true;
  let answer = suspects.get(file);
  if (answer === undefined) {
    answer = file.text.includes('$') || file.text.includes('\\');
    suspects.set(file, answer);
  }
  return answer;
}

const directives = new WeakMap<Manifest, boolean>();

function isPatch(manifest: Manifest): boolean {
  let answer = directives.get(manifest);
  if (answer === undefined) {
    answer = hasDirective(manifest.value, { left: MAX_NODES });
    directives.set(manifest, answer);
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

import { isKustomizationPath, readKustomization } from '../manifests/kustomization.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import type { Snapshot } from './change.ts';
import { decodeText } from './judged-file.ts';
import type { RuleContext } from './rule.ts';

/** `whole`: the cluster gets it as it is. `partial`: a patch or an expectation, which names only what it means. */
export type ObjectForm = 'whole' | 'partial' | 'template';

/** Names under which people keep parts of objects: kustomize patches, and what chainsaw and kuttl expect to find. */
const PARTIAL_NAME = new RegExp(
  [
    String.raw`(?:^|[-_./])patch(?:es)?/`,
    String.raw`(?:^|[-_./])patch(?:es)?(?:[-_.][^/]*)?$`,
    String.raw`(?:^|[-_./])(?:asserts?|errors?)(?:-\d+)?\.[^/.]+$`,
    String.raw`(?:^|/)(?:\d+-|chainsaw-)?assert-[^/]*$`,
  ].join('|'),
  'i',
);
/** In a kustomization that names a patch, or something that is called like one. */
const MENTIONS = /patch|assert|error/i;
const MAX_NODES = 5_000;

/** Needs the kustomizations of the revision loaded: `KUSTOMIZATION_GLOBS` as the rule's context. */
export function formOf(
  manifest: Manifest,
  { file, snapshot }: Pick<RuleContext, 'file' | 'snapshot'>,
): ObjectForm {
  if (file?.template === true) return 'template';
  if (manifest.partial) return 'partial';
  const { patches, resources } = namedIn(snapshot);
  const { path } = manifest;
  if (patches.has(path) || (PARTIAL_NAME.test(path) && !resources.has(path))) return 'partial';
  return isPatch(manifest) ? 'partial' : 'whole';
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

interface Named {
  readonly patches: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
}

const known = new WeakMap<Snapshot, Named>();

/** Files that kustomizations of the revision name as patches, and those that they deploy. */
function namedIn(snapshot: Snapshot): Named {
  let named = known.get(snapshot);
  if (named === undefined) {
    const all = [...snapshot.files.values()].flatMap(({ path, content }) => {
      const text = content === null || !isKustomizationPath(path) ? null : decodeText(content);
      const value =
        text !== null && MENTIONS.test(text) ? parseYaml(path, text).documents[0]?.value : undefined;
      return value === undefined ? [] : [readKustomization(path, value)];
    });
    const patches = new Set(all.flatMap((one) => one.patches));
    const resources = all.flatMap((one) => one.references).filter((path) => !patches.has(path));
    named = { patches, resources: new Set(resources) };
    known.set(snapshot, named);
  }
  return named;
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

import { kustomizationsOf, patchTextsOf } from '../../engine/kustomizations.ts';
import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import {
  kustomizeTreeOf,
  type Closure,
  type Files,
  type KustomizationNode,
} from '../../graph/kustomize-tree.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

/** kustomize takes the name for a pattern; one of these signs means something in it. */
const PATTERN = /[\\^$*+?()[\]{}|]/;

export const kustomizationImageUnused: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZE_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const tree = kustomizeTreeOf(files, context.snapshot);
    return [...tree.byFolder.values()].flatMap((node) =>
      node.value['images'] === undefined || node.value['kind'] === 'Component'
        ? []
        : problemsOf(node, tree.closureOf(node), files, context),
    );
  },
};

function problemsOf(
  node: KustomizationNode,
  closure: Closure,
  files: Files,
  context: RuleContext,
): Problem[] {
  const entries = listAt(node.value, ['images']).map((entry) =>
    isRecord(entry) ? asText(entry['name']) : null,
  );
  if (!closure.complete || entries.every((name) => name === null)) return [];
  const texts = textsOf(node, closure, files, context);
  if (texts === null) return [];
  return entries.flatMap((image, index): Problem[] => {
    if (image === null || PATTERN.test(image) || texts.some((text) => names(text, image))) return [];
    const pointer = ['images', String(index), 'name'];
    return [{ path: node.path, pointer, judged: image, values: { image } }];
  });
}

/** Everything that may name an image; null when a part of it cannot be seen. */
function textsOf(
  node: KustomizationNode,
  { files: reached, kustomizations }: Closure,
  files: Files,
  { snapshot }: RuleContext,
): string[] | null {
  const found: (string | null)[] = [];
  for (const path of reached.keys()) {
    const file = files.get(path)?.();
    found.push(file === undefined || file.template ? null : file.text);
  }
  for (const { folder } of kustomizations) {
    const one = kustomizationsOf(snapshot).byFolder.get(folder);
    if (one === undefined || one.component) return null;
    // Of its own, only what stands beside the entries.
    const others = { ...node.value, images: null };
    found.push(folder === node.folder ? JSON.stringify(others) : one.text, ...patchTextsOf(one, snapshot));
  }
  const known = found.filter((text) => text !== null);
  return known.length < found.length ? null : known;
}

/** Whether a text has a name that goes on with nothing but a tag or a digest. */
function names(text: string, image: string): boolean {
  for (let at = text.indexOf(image); at >= 0; at = text.indexOf(image, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const behind = text[at + image.length] ?? ' ';
    if (!/[\w./-]/.test(before) && !/[\w./-]/.test(behind)) return true;
  }
  return false;
}

import type { RepositoryRule } from '../../engine/rule.ts';
import { kustomizeTreeOf } from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRemoteReference, revisionOf } from '../../manifests/kustomize-references.ts';

/** Names of branches that move; anything else may be a tag or a commit. */
const BRANCHES: ReadonlySet<string> = new Set(['main', 'master', 'HEAD', 'develop', 'trunk', 'latest']);
/** `…/raw/main/…`, `raw.githubusercontent.com/owner/repo/main/…`, `…/refs/heads/…`, `…/releases/latest/…`. */
const MOVING_FILE =
  /\/(?:raw|blob)\/(?:refs\/heads\/)?(?:main|master|HEAD|develop)\/|raw\.githubusercontent\.com\/[^/]+\/[^/]+\/(?:refs\/heads\/[^/]+|main|master|HEAD|develop)\/|\/releases\/latest\//;
const WEB_FILE = /^https?:\/\/[^?]*\.(?:ya?ml|json)(?:\?|$)/i;

export const kustomizationRemoteNotPinned: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  judge(files, { snapshot }) {
    return [...kustomizeTreeOf(files, snapshot).byFolder.values()].flatMap((node) =>
      node.references
        .filter(({ text }) => isRemoteReference(text) && !/\{\{|\$\{/.test(text) && moves(text))
        .map(({ field, pointer, text }) => ({ path: node.path, pointer, judged: text, values: { field } })),
    );
  },
};

function moves(text: string): boolean {
  const revision = revisionOf(text);
  // A file from the web has no revision of its own; its address may name one that moves.
  if (WEB_FILE.test(text) && revision === null) return MOVING_FILE.test(text);
  return (
    revision === null ||
    BRANCHES.has(revision.replace(/^refs\/heads\//, '')) ||
    revision.startsWith('refs/heads/')
  );
}

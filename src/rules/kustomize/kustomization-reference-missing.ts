import { posix } from 'node:path';
import { nearestName } from '../../engine/document-schema.ts';
import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import {
  foldersIn,
  kustomizeTreeOf,
  leadsElsewhere,
  type KustomizationNode,
} from '../../graph/kustomize-tree.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import {
  isRemoteReference,
  resolveReference,
  type KustomizeReference,
} from '../../manifests/kustomize-references.ts';

const FAILS = 'kustomize stops there, so nothing of this kustomization is deployed any more.';
const MESSAGES = {
  missing: `\`{field}\` names \`{target}\`, and there is no such file or folder: ${FAILS}`,
  removed: `\`{field}\` names \`{target}\`, which this change removes: ${FAILS}`,
  outside: `\`{field}\` names \`{written}\`, which leads out of the repository: ${FAILS}`,
  absolute: `\`{field}\` names the absolute path \`{written}\`, which kustomize does not follow: ${FAILS}`,
  bare: `\`{field}\` names the folder \`{target}\`, and no kustomization.yaml is in it: ${FAILS}`,
  folder: `\`{field}\` names the folder \`{target}\` where a file is wanted: ${FAILS}`,
  file: `\`{field}\` names the file \`{target}\` where a folder with a kustomization is wanted: ${FAILS}`,
} as const;
const CORRECT = 'Correct the path, add what is missing, or take the line out.';
const NEAR = 'Did you mean `{near}`? Correct the path, or take the line out.';
const MOVED = 'It stands at `{near}` now: name that, or take the line out.';
const ADD_KUSTOMIZATION = 'Add a kustomization.yaml to the folder, or name its files one by one.';

type Cause = keyof typeof MESSAGES;

export const kustomizationReferenceMissing: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    const tree = kustomizeTreeOf(files, context.snapshot);
    return [...tree.byFolder.values()].flatMap((node) =>
      node.references.flatMap((reference) => problemOf(node, reference, context) ?? []),
    );
  },
};

function problemOf(
  node: KustomizationNode,
  { text, kind, field, pointer }: KustomizeReference,
  context: RuleContext,
): Problem | null {
  // A template fills the rest in, or something fetches it.
  if (/\{\{|\$\{|\$\(/.test(text) || isRemoteReference(text)) return null;
  const target = resolveReference(node.folder, text);
  const cause = causeOf(text, target, kind, context);
  if (cause === null) return null;
  const { remediation, near } = advice(cause, target, node, context);
  return {
    path: node.path,
    pointer,
    judged: text,
    message: MESSAGES[cause],
    remediation,
    values: { field, target, written: text, near },
  };
}

function causeOf(
  text: string,
  target: string,
  kind: KustomizeReference['kind'],
  { snapshot: { paths }, base }: RuleContext,
): Cause | null {
  if (text.startsWith('/')) return 'absolute';
  if (target === '..' || target.startsWith('../')) return 'outside';
  if (leadsElsewhere(target, paths)) return null;
  const folders = foldersIn(paths);
  if (paths.has(target)) return kind === 'folder' && isYaml(target) ? 'file' : null;
  if (folders.has(target)) {
    if (kind === 'chart') return null;
    if (kind === 'file') return 'folder';
    return KUSTOMIZATION_NAMES.some((name) => paths.has(posix.join(target, name))) ? null : 'bare';
  }
  if (base === null || base === undefined) return 'missing';
  return base.paths.has(target) || foldersIn(base.paths).has(target) ? 'removed' : 'missing';
}

/** A submodule or a symbolic link is a path of its own, and may well be a folder. */
function isYaml(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path);
}

const KUSTOMIZATION_NAMES = KUSTOMIZATION_GLOBS.map((glob) => posix.basename(glob));

function advice(
  cause: Cause,
  target: string,
  node: KustomizationNode,
  { snapshot, renamedFrom }: RuleContext,
): { remediation: string; near: string } {
  if (cause === 'bare') return { remediation: ADD_KUSTOMIZATION, near: '' };
  const moved = [...(renamedFrom ?? [])].find(([, from]) => from === target)?.[0];
  const near = moved ?? nearestSibling(target, snapshot.paths);
  if (near === null || (cause !== 'missing' && cause !== 'removed'))
    return { remediation: CORRECT, near: '' };
  return { remediation: moved === undefined ? NEAR : MOVED, near: posix.relative(node.folder, near) };
}

/** Something in the same folder whose name is nearly the same. */
function nearestSibling(target: string, paths: ReadonlySet<string>): string | null {
  const folder = posix.dirname(target);
  const names = siblingsIn(paths).get(folder) ?? [];
  const name = nearestName(posix.basename(target), names.slice(0, MAX_SIBLINGS));
  return name === null ? null : posix.join(folder, name);
}

const MAX_SIBLINGS = 200;
const siblings = new WeakMap<ReadonlySet<string>, ReadonlyMap<string, readonly string[]>>();

/** The names of files and folders in each folder, sorted. */
function siblingsIn(paths: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  let known = siblings.get(paths);
  if (known === undefined) {
    const names = new Map<string, string[]>();
    for (const path of [...paths, ...foldersIn(paths)].sort()) {
      const folder = posix.dirname(path);
      const found = names.get(folder);
      if (found === undefined) names.set(folder, [posix.basename(path)]);
      else found.push(posix.basename(path));
    }
    siblings.set(paths, (known = names));
  }
  return known;
}

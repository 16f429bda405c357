import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { kustomizeTreeOf } from '../../graph/kustomize-tree.ts';
import type { SourcePath } from '../../graph/source-paths.ts';
import { patchTextsIn, type PatchText } from '../../manifests/inline-patches.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { parseYaml } from '../../manifests/yaml-parse.ts';
import { deployedFolders, DEPLOYING_KINDS } from '../support/deployers.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import { describeTarget, patchObjectsOf, targetPartsOf, type Patchable } from '../support/patch-objects.ts';

const STOPS =
  'A patch of {kind} `{name}` is for {target}, which `{folder}` does not have: nothing of it is deployed any more.';
const CORRECT = 'Correct the kind and the name in the patch, or remove it.';
/** Fields beside the patches by which names change, or objects come from elsewhere. */
const CHANGES = ['namePrefix', 'nameSuffix', 'components'];
const ANY_VARIABLE = [{ part: 'name', pattern: '.*[$][{].*' }] as const;

export const inlinePatchWithoutTarget: RepositoryRule = {
  scope: 'repository',
  kinds: DEPLOYING_KINDS,
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const tree = kustomizeTreeOf(files, context.snapshot);
    const objects = patchObjectsOf(files, context.snapshot);
    return deployedFolders(context).flatMap((source) => {
      const node = tree.byFolder.get(source.path);
      const patches = node === undefined ? [] : patchesOf(source);
      const known = node === undefined || patches.length === 0 ? null : objects.of(node);
      if (known === null || known.someMeets(ANY_VARIABLE)) return [];
      return patches.flatMap((patch) => problemsOf(patch, source, known));
    });
  },
};

/** Those that are added to what stands in the folder. */
function patchesOf({ object, pointer }: SourcePath): PatchText[] {
  const isFlux = object.kind === 'Kustomization';
  // `spec.path`, `spec.source.path`: the settings of kustomize stand beside it.
  const holder = valueAt(object.value, isFlux ? ['spec'] : [...pointer.slice(0, -1), 'kustomize']);
  if (!isRecord(holder) || CHANGES.some((field) => holder[field] !== undefined)) return [];
  const root = isFlux ? 'spec.patches.' : [...pointer.slice(0, -1), 'kustomize', 'patches', ''].join('.');
  return patchTextsIn(object.manifest).filter(({ pointer: at }) => at.join('.').startsWith(root));
}

function problemsOf(patch: PatchText, { object, path: folder }: SourcePath, known: Patchable): Problem[] {
  const about = { path: object.path, manifest: object.position };
  const parent = patch.pointer.slice(0, -1);
  if (isRecord(patch.target)) {
    const written = targetPartsOf(patch.target);
    if (written.length === 0 || written.some(({ pattern }) => holdsExpression(pattern))) return [];
    if (known.someMeets(written)) return [];
    return [
      {
        ...about,
        pointer: [...parent, 'target'],
        atKey: true,
        judged: patch.target,
        values: { wanted: describeTarget(written), folder },
      },
    ];
  }
  return parseYaml(object.path, patch.text).documents.flatMap(({ value }) => {
    const kind = isRecord(value) ? asText(value['kind']) : null;
    const name = asText(valueAt(value, ['metadata', 'name']));
    if (kind === null || name === null || holdsExpression(kind + name) || known.has(kind, name)) return [];
    const parts = { message: STOPS, remediation: CORRECT, severity: 'error' } as const;
    return [
      {
        ...about,
        ...parts,
        pointer: patch.pointer,
        atKey: true,
        judged: [kind, name],
        values: { target: `${kind} ${name}`, folder },
      },
    ];
  });
}

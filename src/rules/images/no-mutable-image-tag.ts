import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isImageLeftOpen, isMovingTag, parseImageReference } from '../../manifests/image-reference.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { containersOf } from '../../manifests/workload.ts';
import { kustomizeSetsImage } from '../support/images.ts';

const UNTAGGED =
  'Container `{container}` of {kind} `{name}` names no tag for its image, which means `latest`: what runs changes ' +
  'whenever somebody pushes, without a commit here.';
const KUSTOMIZE =
  'Kustomization `{path}` sets `{pointer}` to the moving tag `{tag}`: what runs changes whenever somebody pushes, ' +
  'without a commit here.';

export const noMutableImageTag: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, { snapshot }) {
    if (manifest.group === 'kustomize.config.k8s.io') return overrideProblems(manifest);
    return containersOf(manifest).flatMap((container) => {
      const image = container.value['image'];
      if (typeof image !== 'string' || image === '' || isImageLeftOpen(image)) return [];
      const { name, tag, digest } = parseImageReference(image);
      if (digest !== null || (tag !== null && !isMovingTag(tag))) return [];
      const pinned = kustomizeSetsImage(
        manifest.path,
        name,
        snapshot,
        (override) => override.digest !== null || (override.newTag !== null && !isMovingTag(override.newTag)),
      );
      if (pinned) return [];
      const problem: Problem = {
        pointer: [...container.pointer, 'image'],
        judged: image,
        ...(tag === null ? { message: UNTAGGED } : { values: { tag } }),
      };
      return [problem];
    });
  },
};

/** `images:` of a kustomization: a moving `newTag` without a digest. */
function overrideProblems(manifest: Manifest): Problem[] {
  const images = manifest.value['images'];
  if (!Array.isArray(images)) return [];
  return (images as unknown[]).flatMap((image, index) => {
    if (!isRecord(image) || (typeof image['digest'] === 'string' && image['digest'] !== '')) return [];
    const tag = image['newTag'];
    if (typeof tag !== 'string' || !isMovingTag(tag)) return [];
    const pointer = ['images', String(index), 'newTag'];
    return [{ pointer, judged: tag, message: KUSTOMIZE, values: { tag } }];
  });
}

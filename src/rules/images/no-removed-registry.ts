import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { fullImageName, imagesOf, overridesOf } from '../support/images.ts';
import { replaceInLine } from '../../engine/line-edit.ts';

const FROZEN = 'k8s.gcr.io';
const CURRENT = 'registry.k8s.io';
// https://github.com/bitnami/containers/issues/83267
const BITNAMI =
  '`{image}` is not in `docker.io/bitnami` any more: since September 2025 that holds few images, under `latest` only. ' +
  'The pod cannot be started on a node that does not have the image yet.';
const BITNAMI_MEND =
  'Move to another image. For the time until then the old ones are in `docker.io/bitnamilegacy`, without any updates.';

export const noRemovedRegistry: ManifestRule = {
  scope: 'manifest',
  judge(manifest, context) {
    const images = imagesOf(manifest).flatMap(({ pointer, text, reference: { name, tag, digest } }) =>
      removed(manifest, context, pointer, name, text, digest !== null || (tag !== null && tag !== 'latest')),
    );
    const overrides = overridesOf(manifest).flatMap(({ pointer, newName, hasTag, hasDigest }) =>
      newName === null
        ? []
        : removed(manifest, context, [...pointer, 'newName'], newName, newName, hasTag || hasDigest),
    );
    return [...images, ...overrides];
  },
};

/** @param isVersion the tag or digest means one image for good */
function removed(
  manifest: Manifest,
  context: RuleContext,
  pointer: Pointer,
  name: string,
  judged: string,
  isVersion: boolean,
): Problem[] {
  const values = { image: name };
  if (name.startsWith(`${FROZEN}/`))
    return [{ pointer, judged, values, ...replaceInLine(manifest, context, pointer, FROZEN, CURRENT) }];
  if (isVersion && fullImageName(name).startsWith('docker.io/bitnami/'))
    return [{ pointer, judged, values, message: BITNAMI, remediation: BITNAMI_MEND }];
  return [];
}

import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isImageLeftOpen, isMovingTag, parseImageReference } from '../../manifests/image-reference.ts';
import { asText } from '../../manifests/manifest.ts';
import { containersOf } from '../../manifests/workload.ts';
import { kustomizeSetsImage } from '../support/images.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

const NEEDLESS =
  'Container `{container}` of {kind} `{name}` names its image by digest and pulls it `Always`: the image cannot have ' +
  'changed, and no pod starts while the registry is away.';
const NOT_PRESENT = 'Set `imagePullPolicy: IfNotPresent`.';

export const pullPolicyFitsImage: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, { snapshot }) {
    return containersOf(manifest).flatMap((container): Problem[] => {
      const [image, policy] = [asText(container.value['image']), asText(container.value['imagePullPolicy'])];
      if (image === null || policy === null || isImageLeftOpen(image)) return [];
      const { name, tag, digest } = parseImageReference(image);
      const place = { pointer: [...container.pointer, 'imagePullPolicy'], judged: [image, policy] };
      if (digest !== null) {
        return policy === 'Always'
          ? [{ ...place, message: NEEDLESS, remediation: NOT_PRESENT, severity: 'info' }]
          : [];
      }
      const moves = tag === null || isMovingTag(tag);
      if (!moves || policy === 'Always' || kustomizeSetsImage(manifest.path, name, snapshot, () => true))
        return [];
      return [{ ...place, values: { policy, tag: tag ?? 'latest' } }];
    });
  },
};

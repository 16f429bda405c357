import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { fullImageName, imagesOf, kustomizeSetsImage, overridesOf } from '../support/images.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

const OVERRIDE =
  'Kustomization `{path}` takes the image `{image}`, and this repository allows images of `{registries}` only. Nobody ' +
  'scanned or mirrored what comes from elsewhere.';

export const allowedImageRegistry: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, { parameters, snapshot }) {
    const registries = parameters['registries'] as readonly string[];
    if (registries.length === 0) return [];
    const values = (image: string): Record<string, string> => ({
      image,
      registries: registries.join(', '),
    });
    const overrides = overridesOf(manifest).flatMap(({ pointer, newName }): Problem[] =>
      newName === null || /[${}<>]/.test(newName) || isAllowed(newName, registries)
        ? []
        : [{ pointer: [...pointer, 'newName'], judged: newName, message: OVERRIDE, values: values(newName) }],
    );
    const images = imagesOf(manifest).flatMap(({ pointer, reference: { name } }): Problem[] => {
      if (isAllowed(name, registries)) return [];
      const renamed = kustomizeSetsImage(manifest.path, name, snapshot, ({ newName }) => newName !== null);
      return renamed ? [] : [{ pointer, judged: name, values: values(name) }];
    });
    return [...overrides, ...images];
  },
};

/** A registry, or a part of one: whole path segments count. */
function isAllowed(image: string, registries: readonly string[]): boolean {
  const full = fullImageName(image);
  return registries.some((registry) => full.startsWith(`${registry.replace(/\/+$/, '')}/`));
}

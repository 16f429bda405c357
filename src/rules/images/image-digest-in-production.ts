import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { formOf } from '../../engine/object-form.ts';
import { fullImageName, imagesOf, kustomizeSetsImage, overridesOf } from '../support/images.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

const OVERRIDE =
  'Kustomization `{path}` sets a tag for `{image}` and no digest. A tag can be moved to another image, so what runs in ' +
  'production is not what was tested.';

export const imageDigestInProduction: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    const exempt = (parameter: string): boolean =>
      (context.parameters['exempt'] as readonly string[]).some((prefix) => isBelow(parameter, prefix));
    const overrides = overridesOf(manifest).flatMap(
      ({ pointer, name, newName, hasTag, hasDigest }): Problem[] => {
        const image = newName ?? name;
        if (image === null || !hasTag || hasDigest || exempt(image)) return [];
        return [
          {
            pointer: [...pointer, 'newTag'],
            atKey: true,
            judged: image,
            message: OVERRIDE,
            values: { image },
          },
        ];
      },
    );
    if (formOf(manifest, context) === 'template') return overrides;
    const images = imagesOf(manifest).flatMap(({ pointer, text, reference }): Problem[] => {
      if (reference.digest !== null || exempt(reference.name)) return [];
      const set = kustomizeSetsImage(
        manifest.path,
        reference.name,
        context.snapshot,
        ({ digest, newTag }) => digest !== null || newTag !== null,
      );
      return set ? [] : [{ pointer, judged: text, values: { image: reference.name } }];
    });
    return [...overrides, ...images];
  },
};

function isBelow(image: string, prefix: string): boolean {
  const [name, start] = [fullImageName(image), prefix.replace(/\/$/, '')];
  return name === start || name.startsWith(`${start}/`);
}

import type { Snapshot } from '../../engine/change.ts';
import { kustomizationsOf } from '../../engine/kustomizations.ts';
import {
  isImageLeftOpen,
  parseImageReference,
  type ImageReference,
} from '../../manifests/image-reference.ts';
import type { ImageOverride } from '../../manifests/kustomization.ts';
import { asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { containersOf, podSpecsOf } from '../../manifests/workload.ts';

/** An image that a manifest names. */
export interface NamedImage {
  readonly pointer: Pointer;
  readonly text: string;
  readonly reference: ImageReference;
}

/** The images of all containers and image volumes. Those that something else fills in are left out. */
export function imagesOf(manifest: Manifest): NamedImage[] {
  const ofContainers = containersOf(manifest).map(({ pointer, value }) => ({
    pointer: [...pointer, 'image'],
    text: asText(value['image']),
  }));
  const ofVolumes = podSpecsOf(manifest).flatMap(({ pointer, value }) =>
    Array.isArray(value['volumes'])
      ? (value['volumes'] as unknown[]).map((volume, index) => ({
          pointer: [...pointer, 'volumes', String(index), 'image', 'reference'],
          text: isRecord(volume) && isRecord(volume['image']) ? asText(volume['image']['reference']) : null,
        }))
      : [],
  );
  return [...ofContainers, ...ofVolumes].flatMap(({ pointer, text }) =>
    text === null || isImageLeftOpen(text) ? [] : [{ pointer, text, reference: parseImageReference(text) }],
  );
}

/** `nginx` and `docker.io/library/nginx` are the same, and so are `acme/web` and `docker.io/acme/web`. */
export function fullImageName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const full = hasHost ? name.replace(/^index\.docker\.io\//, 'docker.io/') : `docker.io/${name}`;
  return full.replace(/^docker\.io\/(?=[^/]+$)/, 'docker.io/library/');
}

/** Whether a kustomization that deploys `path` has an entry for the image that is as asked. */
export function kustomizeSetsImage(
  path: string,
  image: string,
  snapshot: Snapshot,
  isAsAsked: (override: ImageOverride) => boolean,
): boolean {
  return kustomizationsOf(snapshot)
    .above(path)
    .some(({ images }) => images.some((override) => override.name === image && isAsAsked(override)));
}

/** One entry under `images:` of a kustomization. */
export interface WrittenOverride {
  readonly pointer: Pointer;
  readonly name: string | null;
  readonly newName: string | null;
  readonly hasTag: boolean;
  readonly hasDigest: boolean;
}

export function overridesOf(manifest: Manifest): WrittenOverride[] {
  const images = manifest.value['images'];
  if (manifest.group !== 'kustomize.config.k8s.io' || !Array.isArray(images)) return [];
  return (images as unknown[]).flatMap((image, index) =>
    isRecord(image)
      ? [
          {
            pointer: ['images', String(index)],
            name: asText(image['name']),
            newName: asText(image['newName']),
            hasTag: image['newTag'] !== undefined && image['newTag'] !== null,
            hasDigest: asText(image['digest']) !== null,
          },
        ]
      : [],
  );
}

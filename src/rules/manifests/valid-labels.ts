import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { isLabelValue, isQualifiedName } from '../../manifests/names.ts';
import { isLeftOpen } from '../../manifests/placeholder.ts';
import type { Pointer } from '../../manifests/position.ts';
import { podSpecsOf, valueAt } from '../../manifests/workload.ts';

const VALUE =
  'The value of the label `{key}` under `{pointer}` of {kind} `{name}` is none that a label may have: the API server ' +
  'refuses the object.';
const VALUE_MEND =
  'Use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at each end. Longer text belongs into an ' +
  'annotation.';

export const validLabels: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    if (manifest.group === 'kustomize.config.k8s.io') return [];
    const labels = labelMaps(manifest).flatMap((pointer) => labelProblems(manifest, pointer));
    const annotations = metadataOf(manifest).flatMap((pointer) =>
      // Only the form of the lower-case key counts here.
      keyProblems(manifest, [...pointer, 'annotations'], (key) => isQualifiedName(key.toLowerCase())),
    );
    return [...labels, ...annotations];
  },
};

/** The metadata of the object and of the pods that it makes. */
function metadataOf(manifest: Manifest): Pointer[] {
  const own: Pointer = ['metadata'];
  return manifest.kind === 'Pod'
    ? [own]
    : [own, ...podSpecsOf(manifest).map(({ pointer }) => [...pointer.slice(0, -1), 'metadata'])];
}

/** Where labels are written, or asked for by their value. */
function labelMaps(manifest: Manifest): Pointer[] {
  const selectors: Pointer[] =
    manifest.kind === 'Service' && manifest.group === ''
      ? [['spec', 'selector']]
      : [
          ['spec', 'selector', 'matchLabels'],
          ['spec', 'podSelector', 'matchLabels'],
        ];
  return [
    ...metadataOf(manifest).map((pointer) => [...pointer, 'labels']),
    ...selectors,
    ...podSpecsOf(manifest).map(({ pointer }) => [...pointer, 'nodeSelector']),
  ];
}

function labelProblems(manifest: Manifest, pointer: Pointer): Problem[] {
  const values = entriesAt(manifest, pointer).flatMap(([key, value]): Problem[] =>
    typeof value !== 'string' || isLeftOpen(value) || isLabelValue(value)
      ? []
      : [{ pointer: [...pointer, key], judged: value, message: VALUE, remediation: VALUE_MEND }],
  );
  return [...keyProblems(manifest, pointer, isQualifiedName), ...values];
}

function keyProblems(manifest: Manifest, pointer: Pointer, fits: (key: string) => boolean): Problem[] {
  return entriesAt(manifest, pointer).flatMap(([key]) =>
    isLeftOpen(key) || fits(key) ? [] : [{ pointer: [...pointer, key], atKey: true, judged: key }],
  );
}

function entriesAt({ value }: Manifest, pointer: Pointer): [string, unknown][] {
  const map = valueAt(value, pointer);
  return isRecord(map) ? Object.entries(map) : [];
}

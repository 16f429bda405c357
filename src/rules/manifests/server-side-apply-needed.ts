import type { ManifestRule } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { isSmall, jsonBytes } from '../support/object-weight.ts';

/** What all annotations of an object may take together. */
const MAX_ANNOTATIONS = 256 * 1024;
const ARGO_OPTIONS = 'argocd.argoproj.io/sync-options';

export const serverSideApplyNeeded: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { file }) {
    if (isSmall(file) || isAppliedOtherwise(manifest)) return [];
    const size = jsonBytes(manifest.value);
    if (size <= MAX_ANNOTATIONS) return [];
    return [
      {
        pointer: ['metadata', 'name'],
        judged: size,
        values: { size: `${String(Math.ceil(size / 1024))} KiB` },
      },
    ];
  },
};

function isAppliedOtherwise({ value }: Manifest): boolean {
  const annotations = valueAt(value, ['metadata', 'annotations']);
  const options = isRecord(annotations) ? annotations[ARGO_OPTIONS] : null;
  return typeof options === 'string' && /\b(?:ServerSideApply|Replace)=true\b/.test(options);
}

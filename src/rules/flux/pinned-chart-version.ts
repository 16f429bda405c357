import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { valueAt } from '../../manifests/workload.ts';
import { applicationSpecs, isTemplated, sourcesOf } from '../support/argo-application.ts';
import { isVersionRange } from '../support/version-range.ts';
import { mayBePatched } from '../support/whole-object.ts';

export const pinnedChartVersion: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    if (manifest.kind !== 'HelmRelease') return chartSources(manifest).flatMap(rangeAt(manifest));
    const chart = valueAt(manifest.value, ['spec', 'chart', 'spec']);
    // Of a chart in a Git repository or bucket Flux ignores the version.
    if (!isRecord(chart) || /^(?:GitRepository|Bucket)$/.test(String(valueAt(chart, ['sourceRef', 'kind']))))
      return [];
    const pointer = ['spec', 'chart', 'spec', 'version'];
    if (asText(chart['version']) !== null) return rangeAt(manifest)(pointer);
    const complete = formOf(manifest, context) === 'whole' && !mayBePatched('version', context.snapshot);
    return complete ? [{ pointer, message: MISSING }] : [];
  },
};

const MISSING =
  'HelmRelease `{name}` deploys to production and names no version of its chart. Flux then installs each new version as ' +
  'soon as it is published.';

function chartSources(manifest: Manifest): Pointer[] {
  return applicationSpecs(manifest)
    .flatMap(sourcesOf)
    .filter(({ value }) => asText(value['chart']) !== null)
    .map(({ pointer }) => [...pointer, 'targetRevision']);
}

function rangeAt(manifest: Manifest): (pointer: Pointer) => Problem[] {
  return (pointer) => {
    const version = valueAt(manifest.value, pointer);
    const text = typeof version === 'number' ? String(version) : asText(version);
    return text !== null && !isTemplated(text) && isVersionRange(text) ? [{ pointer, judged: text }] : [];
  };
}

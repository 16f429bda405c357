import type { Problem } from '../../engine/rule.ts';
import { asText } from '../../manifests/manifest.ts';
import { applicationSpecs, isTemplated, sourcesOf } from '../support/argo-application.ts';
import { isVersionRange } from '../support/version-range.ts';
import { ofWholeObjects } from '../support/whole-object.ts';

export const pinnedAppRevision = ofWholeObjects((manifest) =>
  applicationSpecs(manifest)
    .flatMap(sourcesOf)
    .flatMap(({ pointer, value }): Problem[] => {
      // Versions of charts are another rule's.
      if (asText(value['chart']) !== null) return [];
      const revision = asText(value['targetRevision']) ?? 'HEAD';
      if (isTemplated(revision) || isFixed(revision)) return [];
      return [{ pointer: [...pointer, 'targetRevision'], judged: revision }];
    }),
);

/** A commit, or a tag: by its full name, or by a version in it. */
function isFixed(revision: string): boolean {
  if (/^[0-9a-f]{7,64}$/i.test(revision) || revision.startsWith('refs/tags/')) return true;
  return !isVersionRange(revision) && /\d+\.\d+/.test(revision);
}

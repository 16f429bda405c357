import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { applicationSpecs, fixedText, sourcesOf, type Part } from '../support/argo-application.ts';
import { normalizedUrl } from '../support/app-project.ts';
import { argoGlob } from '../support/argo-glob.ts';

export const allowedSourceRepositories: ManifestRule = {
  scope: 'manifest',
  judge(manifest, { parameters }) {
    const allowed = parameters['repositories'] as readonly string[];
    if (allowed.length === 0) return [];
    const globs = allowed.map((pattern) => argoGlob(normalizedUrl(pattern), '/'));
    return urlsOf(manifest).flatMap(({ pointer, url }): Problem[] =>
      globs.some((glob) => glob(normalizedUrl(url))) ? [] : [{ pointer, judged: url }],
    );
  },
};

function urlsOf(manifest: Parameters<ManifestRule['judge']>[0]): { pointer: Part['pointer']; url: string }[] {
  const argo = manifest.group === 'argoproj.io';
  const parts: Part[] = argo
    ? applicationSpecs(manifest).flatMap(sourcesOf)
    : [{ pointer: [], value: manifest.value }];
  const key = argo ? ['repoURL'] : ['spec', 'url'];
  return parts.flatMap(({ pointer, value }) => {
    const url = fixedText(value, key);
    return url === null ? [] : [{ pointer: [...pointer, ...key], url }];
  });
}

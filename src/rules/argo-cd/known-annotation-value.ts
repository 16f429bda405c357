import { nearestName } from '../../engine/document-schema.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import { valueAt } from '../../manifests/workload.ts';

const SWITCHES = ['true', 'false'].flatMap((one) => [
  `Force=${one}`,
  `PruneLast=${one}`,
  `Replace=${one}`,
  `ServerSideApply=${one}`,
  `SkipDryRunOnMissingResource=${one}`,
  `Validate=${one}`,
  `ClientSideApplyMigration=${one}`,
  `Prune=${one}`,
  `Delete=${one}`,
]);
const HELM_MOMENTS = ['install', 'upgrade', 'delete', 'rollback'].flatMap((one) => [
  `pre-${one}`,
  `post-${one}`,
]);
const NUMBER = /^\s*[+-]?\d+\s*$/;

/**
 * What an annotation may say: words with commas between them, or a whole number.
 *
 * - https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/, sync-waves/, sync-options/, compare-options/
 * - https://helm.sh/docs/topics/charts_hooks/
 * - https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
const VALUES: Readonly<Record<string, readonly string[] | 'number'>> = {
  'argocd.argoproj.io/hook': ['PreSync', 'Sync', 'PostSync', 'SyncFail', 'Skip', 'PreDelete', 'PostDelete'],
  'argocd.argoproj.io/hook-delete-policy': ['HookSucceeded', 'HookFailed', 'BeforeHookCreation'],
  'argocd.argoproj.io/sync-wave': 'number',
  'argocd.argoproj.io/sync-options': [...SWITCHES, 'Prune=confirm', 'Delete=confirm'],
  'argocd.argoproj.io/compare-options': [
    'IgnoreExtraneous',
    'IncludeMutationWebhook=true',
    'ServerSideDiff=true',
    'ServerSideDiff=false',
  ],
  'helm.sh/hook': [...HELM_MOMENTS, 'test', 'test-success', 'test-failure', 'crd-install'],
  'helm.sh/hook-delete-policy': ['before-hook-creation', 'hook-succeeded', 'hook-failed'],
  'helm.sh/hook-weight': 'number',
  'helm.sh/resource-policy': ['keep'],
  'kustomize.toolkit.fluxcd.io/prune': ['disabled', 'enabled'],
  'kustomize.toolkit.fluxcd.io/reconcile': ['disabled', 'enabled'],
  'kustomize.toolkit.fluxcd.io/force': ['enabled', 'disabled'],
  'kustomize.toolkit.fluxcd.io/ssa': ['Override', 'Merge', 'IfNotPresent', 'Ignore'],
};
const NO_NUMBER = 'Write a whole number in quotes, such as `"-1"`.';

export const knownAnnotationValue: ManifestRule = {
  scope: 'manifest',
  judge({ value }) {
    const annotations = valueAt(value, ['metadata', 'annotations']);
    if (!isRecord(annotations)) return [];
    return Object.entries(VALUES).flatMap(([key, allowed]) => {
      const text = annotations[key];
      return typeof text === 'string' && !holdsExpression(text) ? problemOf(key, text, allowed) : [];
    });
  },
};

function problemOf(key: string, text: string, allowed: readonly string[] | 'number'): Problem[] {
  const about = { pointer: ['metadata', 'annotations', key], judged: text };
  if (allowed === 'number') return NUMBER.test(text) ? [] : [{ ...about, remediation: NO_NUMBER }];
  // Neither an empty annotation nor a comma too many does any harm.
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => word !== '' && !allowed.includes(word));
  if (wrong === undefined) return [];
  const near = nearestName(wrong, allowed);
  const known = allowed.slice(0, 12).join(', ');
  return [
    near === null
      ? { ...about, values: { known }, remediation: 'Write one of {known}.' }
      : { ...about, values: { near }, remediation: 'Did you mean `{near}`?' },
  ];
}

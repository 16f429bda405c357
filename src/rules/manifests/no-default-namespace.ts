import { kustomizationsOf } from '../../engine/kustomizations.ts';
import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, RuleContext } from '../../engine/rule.ts';
import { isBuiltInGroup } from '../../manifests/kubernetes/catalogue.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { isClusterScoped } from '../support/scopes.ts';

const MISSING =
  '{kind} `{name}` names no namespace, and nothing in this repository gives it one: it goes to `default`, or to wherever ' +
  'the tool that applies it happens to point.';
/** What says itself into which namespace it deploys. */
const DEPLOYERS = [
  ['argoproj.io', 'Application'],
  ['argoproj.io', 'ApplicationSet'],
  ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
] as const;

export const noDefaultNamespace: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  kinds: DEPLOYERS.map(([, kind]) => kind),
  judge(manifest, context) {
    if (!isBuiltInGroup(manifest.group) || isClusterScoped(manifest.kind) || manifest.kind === 'List')
      return [];
    if (formOf(manifest, context) !== 'whole' || isMoved(manifest, context)) return [];
    const place = { pointer: ['metadata', 'namespace'], judged: manifest.namespace };
    if (manifest.namespace === 'default') return [place];
    return manifest.namespace === null && !hasDeployer(context) ? [{ ...place, message: MISSING }] : [];
  },
};

function isMoved({ path }: Manifest, { snapshot }: RuleContext): boolean {
  return kustomizationsOf(snapshot)
    .above(path)
    .some(({ value }) => typeof value['namespace'] === 'string' && value['namespace'] !== 'default');
}

function hasDeployer({ objects }: RuleContext): boolean {
  return DEPLOYERS.some(([group, kind]) => objects.of(group, kind).length > 0);
}

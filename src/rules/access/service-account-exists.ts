import { posix } from 'node:path';
import type { Snapshot } from '../../engine/change.ts';
import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, RuleContext } from '../../engine/rule.ts';
import { asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { accountOf } from '../support/accounts.ts';
import { KUSTOMIZE_GLOBS, kustomizationsAbove } from '../support/kustomize.ts';

const PLACEHOLDER = /[${}<>()]/;
/** What installs charts: group and kind. */
const INSTALLERS = [
  ['helm.toolkit.fluxcd.io', 'HelmRelease'],
  ['helm.cattle.io', 'HelmChart'],
  ['argoproj.io', 'Application'],
] as const;

export const serviceAccountExists: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  kinds: ['ServiceAccount', 'HelmRelease', 'HelmChart', 'Application', 'ApplicationSet'],
  judge(manifest, context) {
    const missing = podSpecsOf(manifest).filter((spec) => {
      const account = accountOf(spec);
      return account !== 'default' && !PLACEHOLDER.test(account) && !mayExist(account, manifest, context);
    });
    if (missing.length === 0 || formOf(manifest, context) !== 'whole') return [];
    return missing.map((spec) => {
      const field =
        asText(spec.value['serviceAccountName']) === null ? 'serviceAccount' : 'serviceAccountName';
      const account = accountOf(spec);
      return { pointer: [...spec.pointer, field], judged: account, values: { account } };
    });
  },
};

/**
 * Only a repository that keeps the ServiceAccounts of a namespace says by leaving one out that there is none: another
 * must stand in the same namespace, and nothing else may make any there.
 */
function mayExist(account: string, manifest: Manifest, context: RuleContext): boolean {
  const { namespace } = manifest;
  if (namespace === null || PLACEHOLDER.test(namespace)) return true;
  const accounts = context.objects.of('', 'ServiceAccount');
  const named = accounts.some(
    (one) =>
      one.form === 'template' ||
      (one.name !== null &&
        (one.namespace === null || one.namespace === namespace) &&
        (one.name === account || PLACEHOLDER.test(one.name))),
  );
  if (named || !accounts.some((one) => one.namespace === namespace)) return true;
  return isRenamed(manifest, context) || hasCharts(namespace, context);
}

/** A kustomization above gives other names, moves the object, or brings what is not in the repository. */
function isRenamed({ path }: Manifest, { snapshot }: RuleContext): boolean {
  return kustomizationsAbove(path, snapshot).some(({ value }) => {
    const changes = ['namespace', 'namePrefix', 'nameSuffix', 'helmCharts', 'generators'];
    const resources = Array.isArray(value['resources']) ? (value['resources'] as unknown[]) : [];
    return (
      changes.some((key) => value[key] !== undefined) ||
      resources.some((one) => typeof one === 'string' && /:\/\/|^github\.com\/|\?ref=/.test(one))
    );
  });
}

/** A chart that is installed in the namespace may bring any ServiceAccount. */
function hasCharts(namespace: string, { objects, snapshot }: RuleContext): boolean {
  if (objects.of('argoproj.io', 'ApplicationSet').length > 0) return true;
  return INSTALLERS.flatMap(([group, kind]) => objects.of(group, kind)).some((object) => {
    const { kind, namespace: own, value } = object;
    const spec = isRecord(value['spec']) ? value['spec'] : {};
    const destination = isRecord(spec['destination']) ? spec['destination'] : {};
    const target = kind === 'Application' ? destination['namespace'] : (spec['targetNamespace'] ?? own);
    if (typeof target === 'string' && target !== namespace && !PLACEHOLDER.test(target)) return false;
    return kind !== 'Application' || !deploysPlainFiles(spec, snapshot);
  });
}

/** Whether an Application deploys folders of this repository alone, and none that is a chart. */
function deploysPlainFiles(spec: Readonly<Record<string, unknown>>, { paths }: Snapshot): boolean {
  const sources = Array.isArray(spec['sources']) ? (spec['sources'] as unknown[]) : [spec['source']];
  return sources.every((source) => {
    const written = isRecord(source) ? asText(source['path']) : null;
    if (written === null) return false;
    const folder = posix.normalize(written).replace(/^\/|\/$/g, '');
    return !paths.has(`${folder}/Chart.yaml`) && [...paths].some((path) => path.startsWith(`${folder}/`));
  });
}

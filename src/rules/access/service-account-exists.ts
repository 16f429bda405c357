import { posix } from 'node:path';
import type { Snapshot } from '../../engine/change.ts';
import { kustomizationsOf } from '../../engine/kustomizations.ts';
import { formOf } from '../../engine/object-form.ts';
import type { IndexedObject, ObjectIndex } from '../../engine/object-index.ts';
import type { ManifestRule, RuleContext } from '../../engine/rule.ts';
import { foldersIn } from '../../graph/kustomize-tree.ts';
import { asText, isRecord, type Manifest } from '../../manifests/manifest.ts';
import { isLeftOpen } from '../../manifests/placeholder.ts';
import { podSpecsOf } from '../../manifests/workload.ts';
import { accountOf } from '../support/accounts.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

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
      return account !== 'default' && !isLeftOpen(account) && !mayExist(account, manifest, context);
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
  if (namespace === null || isLeftOpen(namespace)) return true;
  const { anywhere, byNamespace, rendered, charts } = accountsIn(context.objects);
  const here = byNamespace.get(namespace);
  if (
    here === undefined ||
    rendered ||
    [anywhere, here].some((names) => names.has(account) || names.has(ANY))
  )
    return true;
  if (isRenamed(manifest, context)) return true;
  let hasChart = charts.get(namespace);
  if (hasChart === undefined) charts.set(namespace, (hasChart = hasCharts(namespace, context)));
  return hasChart;
}

/** Stands for a name that is filled in later. */
const ANY = '';

interface Accounts {
  /** The names of those without a namespace. */
  readonly anywhere: ReadonlySet<string>;
  readonly byNamespace: ReadonlyMap<string, ReadonlySet<string>>;
  /** A template makes some. */
  readonly rendered: boolean;
  /** The namespaces that were asked for, and whether charts are installed in them. */
  readonly charts: Map<string, boolean>;
}

const known = new WeakMap<ObjectIndex, Accounts>();

function accountsIn(objects: ObjectIndex): Accounts {
  let accounts = known.get(objects);
  if (accounts === undefined) {
    const all = objects.of('', 'ServiceAccount');
    const byNamespace = Map.groupBy(all, ({ namespace }) => namespace);
    const named = new Map([...byNamespace].map(([namespace, some]) => [namespace, namesOf(some)]));
    accounts = {
      anywhere: named.get(null) ?? new Set(),
      byNamespace: new Map(
        [...named].flatMap(([namespace, names]) => (namespace === null ? [] : [[namespace, names]])),
      ),
      rendered: all.some(({ form }) => form === 'template'),
      charts: new Map(),
    };
    known.set(objects, accounts);
  }
  return accounts;
}

function namesOf(accounts: readonly IndexedObject[]): Set<string> {
  return new Set(accounts.flatMap(({ name }) => (name === null ? [] : isLeftOpen(name) ? [ANY] : [name])));
}

/** A kustomization above gives other names, moves the object, or brings what is not in the repository. */
function isRenamed({ path }: Manifest, { snapshot }: RuleContext): boolean {
  return kustomizationsOf(snapshot)
    .above(path)
    .some(({ value }) => {
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
    if (typeof target === 'string' && target !== namespace && !isLeftOpen(target)) return false;
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
    return folder !== '.' && !paths.has(`${folder}/Chart.yaml`) && foldersIn(paths).has(folder);
  });
}

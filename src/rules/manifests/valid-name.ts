import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { isDnsLabel, isDnsSubdomain, isPathSegment, isPortName } from '../../manifests/names.ts';
import { isLeftOpen } from '../../manifests/placeholder.ts';
import type { Pointer } from '../../manifests/position.ts';
import { containersOf, podSpecsOf } from '../../manifests/workload.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

interface Form {
  readonly fits: (name: string) => boolean;
  readonly wanted: string;
}

const SUBDOMAIN: Form = {
  fits: isDnsSubdomain,
  wanted:
    'lower case letters, digits, hyphens and dots, at most 253 characters, with a letter or digit at each end',
};
const LABEL: Form = {
  fits: isDnsLabel,
  wanted: 'lower case letters, digits and hyphens, at most 63 characters, with a letter or digit at each end',
};
const SERVICE: Form = {
  fits: (name) => isDnsLabel(name) && /^[a-z]/.test(name),
  wanted:
    'a letter (before Kubernetes 1.37), then lower case letters, digits and hyphens, at most 63 characters',
};
const CRON_JOB: Form = {
  fits: (name) => isDnsSubdomain(name) && name.length <= 52,
  wanted: 'lower case letters, digits, hyphens and dots, at most 52 characters, because its Jobs get 11 more',
};
const PATH_SEGMENT: Form = { fits: isPathSegment, wanted: 'anything without `/` and `%`' };
const PORT: Form = { fits: isPortName, wanted: 'at most 15 lower case letters, digits and single hyphens' };

const OF_KIND: Readonly<Record<string, Form>> = {
  Namespace: LABEL,
  StatefulSet: LABEL,
  Service: SERVICE,
  CronJob: CRON_JOB,
  Role: PATH_SEGMENT,
  ClusterRole: PATH_SEGMENT,
  RoleBinding: PATH_SEGMENT,
  ClusterRoleBinding: PATH_SEGMENT,
};
const SUBDOMAIN_KINDS = new Set(
  (
    'Pod PodTemplate ReplicationController Deployment DaemonSet ReplicaSet Job ConfigMap Secret ServiceAccount Endpoints ' +
    'LimitRange ResourceQuota PersistentVolume PersistentVolumeClaim Ingress IngressClass NetworkPolicy StorageClass ' +
    'PriorityClass PodDisruptionBudget HorizontalPodAutoscaler Lease'
  ).split(' '),
);
/** Custom resources: the API server holds all of them to the same form. */
const CUSTOM_GROUP =
  /(?:^argoproj\.io|\.fluxcd\.io|^cert-manager\.io|^external-secrets\.io|^bitnami\.com|^monitoring\.coreos\.com|^gateway\.networking\.k8s\.io|^traefik\.io|^keda\.sh|\.istio\.io)$/;
const BUILT_IN = new Set(
  ['', 'apps', 'batch', 'policy', 'autoscaling', 'coordination.k8s.io', 'networking.k8s.io'].concat([
    'rbac.authorization.k8s.io',
    'scheduling.k8s.io',
    'storage.k8s.io',
    'extensions',
  ]),
);

const NO_NAME =
  '{kind} of `{path}` has neither `metadata.name` nor `metadata.generateName`, so that the API server refuses it.';
const ADD_NAME = 'Add `name` under `metadata`.';

export const validName: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  judge(manifest, context) {
    const form = formOfName(manifest);
    // A patch that has a target may be called anything.
    const own = form !== null && formOf(manifest, context) !== 'partial' ? ownNames(manifest, form) : [];
    const nameless = form !== null && isNameless(manifest) && isMissingForGood(manifest, context, 'name');
    return [...(nameless ? [NAMELESS] : []), ...own, ...innerNames(manifest)];
  },
};

const NAMELESS: Problem = {
  pointer: ['metadata'],
  atKey: true,
  judged: null,
  message: NO_NAME,
  remediation: ADD_NAME,
};

function isNameless({ value: { metadata } }: Manifest): boolean {
  const isAbsent = (name: unknown): boolean => name === undefined || name === null || name === '';
  if (metadata === undefined || metadata === null) return true;
  return isRecord(metadata) && isAbsent(metadata['name']) && isAbsent(metadata['generateName']);
}

function formOfName({ group, kind }: Manifest): Form | null {
  if (CUSTOM_GROUP.test(group)) return SUBDOMAIN;
  if (!BUILT_IN.has(group)) return null;
  if (Object.hasOwn(OF_KIND, kind)) return OF_KIND[kind] ?? null;
  return SUBDOMAIN_KINDS.has(kind) ? SUBDOMAIN : null;
}

function ownNames({ name, namespace }: Manifest, form: Form): Problem[] {
  return [...check(name, ['metadata', 'name'], form), ...check(namespace, ['metadata', 'namespace'], LABEL)];
}

/** Names of containers, their ports, and volumes. */
function innerNames(manifest: Manifest): Problem[] {
  const containers = containersOf(manifest).flatMap(({ pointer, value }) => [
    ...check(value['name'], [...pointer, 'name'], LABEL),
    ...checkList(value['ports'], [...pointer, 'ports'], PORT),
  ]);
  const volumes = podSpecsOf(manifest).flatMap(({ pointer, value }) =>
    checkList(value['volumes'], [...pointer, 'volumes'], LABEL),
  );
  return [...containers, ...volumes];
}

function checkList(list: unknown, pointer: Pointer, form: Form): Problem[] {
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).flatMap((item, index) =>
    isRecord(item) ? check(item['name'], [...pointer, String(index), 'name'], form) : [],
  );
}

function check(name: unknown, pointer: Pointer, { fits, wanted }: Form): Problem[] {
  if (typeof name !== 'string' || name === '' || isLeftOpen(name) || fits(name)) return [];
  return [{ pointer, judged: name, values: { wrong: name, wanted } }];
}

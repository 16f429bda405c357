import { deprecatedApi } from './deprecated-apis.ts';

/** An API version that Kubernetes does not serve any more, or will not for long. */
export interface RetiredApi {
  /** `1.22`: the first minor without it. */
  readonly removedIn: string;
  /** The API version to use instead; null when there is none. */
  readonly replacement: string | null;
  /** True when nothing but the version has to be edited. */
  readonly renamed: boolean;
}

type Row = readonly [
  apiVersion: string,
  kinds: readonly string[],
  removedIn: string,
  replacement: string | null,
  renamed: boolean,
];

/** https://kubernetes.io/docs/reference/using-api/deprecation-guide/ and the release notes of the minors. */
const ROWS: readonly Row[] = [
  ['extensions/v1beta1', ['DaemonSet', 'Deployment', 'ReplicaSet'], '1.16', 'apps/v1', false],
  ['extensions/v1beta1', ['NetworkPolicy'], '1.16', 'networking.k8s.io/v1', true],
  ['extensions/v1beta1', ['PodSecurityPolicy'], '1.16', null, false],
  ['extensions/v1beta1', ['Ingress'], '1.22', 'networking.k8s.io/v1', false],
  ['apps/v1beta1', ['Deployment', 'StatefulSet', 'ControllerRevision'], '1.16', 'apps/v1', false],
  [
    'apps/v1beta2',
    ['DaemonSet', 'Deployment', 'StatefulSet', 'ReplicaSet', 'ControllerRevision'],
    '1.16',
    'apps/v1',
    false,
  ],
  [
    'admissionregistration.k8s.io/v1beta1',
    ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    '1.22',
    'admissionregistration.k8s.io/v1',
    false,
  ],
  ['apiextensions.k8s.io/v1beta1', ['CustomResourceDefinition'], '1.22', 'apiextensions.k8s.io/v1', false],
  ['apiregistration.k8s.io/v1beta1', ['APIService'], '1.22', 'apiregistration.k8s.io/v1', true],
  ['authentication.k8s.io/v1beta1', ['TokenReview'], '1.22', 'authentication.k8s.io/v1', true],
  [
    'authorization.k8s.io/v1beta1',
    ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SubjectAccessReview', 'SelfSubjectRulesReview'],
    '1.22',
    'authorization.k8s.io/v1',
    false,
  ],
  ['certificates.k8s.io/v1beta1', ['CertificateSigningRequest'], '1.22', 'certificates.k8s.io/v1', false],
  ['coordination.k8s.io/v1beta1', ['Lease'], '1.22', 'coordination.k8s.io/v1', true],
  ['networking.k8s.io/v1beta1', ['Ingress'], '1.22', 'networking.k8s.io/v1', false],
  ['networking.k8s.io/v1beta1', ['IngressClass'], '1.22', 'networking.k8s.io/v1', true],
  [
    'rbac.authorization.k8s.io/v1beta1',
    ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    '1.22',
    'rbac.authorization.k8s.io/v1',
    true,
  ],
  [
    'rbac.authorization.k8s.io/v1alpha1',
    ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    '1.22',
    'rbac.authorization.k8s.io/v1',
    true,
  ],
  ['scheduling.k8s.io/v1beta1', ['PriorityClass'], '1.22', 'scheduling.k8s.io/v1', true],
  ['scheduling.k8s.io/v1alpha1', ['PriorityClass'], '1.22', 'scheduling.k8s.io/v1', true],
  [
    'storage.k8s.io/v1beta1',
    ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
    '1.22',
    'storage.k8s.io/v1',
    true,
  ],
  ['batch/v2alpha1', ['CronJob'], '1.21', 'batch/v1', true],
  ['batch/v1beta1', ['CronJob'], '1.25', 'batch/v1', true],
  ['discovery.k8s.io/v1beta1', ['EndpointSlice'], '1.25', 'discovery.k8s.io/v1', false],
  ['events.k8s.io/v1beta1', ['Event'], '1.25', 'events.k8s.io/v1', false],
  ['autoscaling/v2beta1', ['HorizontalPodAutoscaler'], '1.25', 'autoscaling/v2', false],
  ['autoscaling/v2beta2', ['HorizontalPodAutoscaler'], '1.26', 'autoscaling/v2', true],
  ['policy/v1beta1', ['PodDisruptionBudget'], '1.25', 'policy/v1', true],
  ['policy/v1beta1', ['PodSecurityPolicy'], '1.25', null, false],
  ['node.k8s.io/v1beta1', ['RuntimeClass'], '1.25', 'node.k8s.io/v1', true],
  ['node.k8s.io/v1alpha1', ['RuntimeClass'], '1.25', 'node.k8s.io/v1', false],
  [
    'flowcontrol.apiserver.k8s.io/v1beta1',
    ['FlowSchema', 'PriorityLevelConfiguration'],
    '1.26',
    'flowcontrol.apiserver.k8s.io/v1',
    false,
  ],
  ['storage.k8s.io/v1beta1', ['CSIStorageCapacity'], '1.27', 'storage.k8s.io/v1', true],
];

const RETIRED: ReadonlyMap<string, RetiredApi> = new Map(
  ROWS.flatMap(([apiVersion, kinds, removedIn, replacement, renamed]) =>
    kinds.map((kind) => [`${apiVersion}/${kind}`, { removedIn, replacement, renamed }] as const),
  ),
);

export function retiredApi(apiVersion: string, kind: string): RetiredApi | null {
  const known = RETIRED.get(`${apiVersion}/${kind}`);
  if (known !== undefined) return known;
  const deprecated = deprecatedApi(apiVersion, kind);
  const removedIn = deprecated?.removedIn ?? null;
  return deprecated === null || removedIn === null ? null : { ...deprecated, removedIn };
}

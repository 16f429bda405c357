/** An API version that Kubernetes still served in 1.27 or later, and that it gives up. */
export interface DeprecatedApi {
  /** `1.34`: the first minor that warns of it. */
  readonly deprecatedIn: string;
  /** The first minor without it, as Kubernetes plans it; null when none is planned. */
  readonly removedIn: string | null;
  /** The API version to use instead; null when there is none. */
  readonly replacement: string | null;
  /** True when nothing but the version has to be edited. */
  readonly renamed: boolean;
  /** Another kind that takes the place of this one; null when it keeps its name. */
  readonly otherKind: string | null;
}

type Row = readonly [
  apiVersion: string,
  kinds: readonly string[],
  deprecatedIn: string,
  removedIn: string | null,
  replacement: string | null,
  renamed: boolean,
  kind?: string,
];

const MUTATING = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'];
const VALIDATING = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
const RESOURCE = ['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice'];
const FLOW = ['FlowSchema', 'PriorityLevelConfiguration'];

/**
 * As Kubernetes' own types say it (`zz_generated.prerelease-lifecycle.go` in k8s.io/api, compared by a test). Endpoints:
 * https://kubernetes.io/blog/2025/04/24/endpoints-deprecation/
 */
const ROWS: readonly Row[] = [
  [
    'admissionregistration.k8s.io/v1alpha1',
    MUTATING,
    '1.35',
    '1.38',
    'admissionregistration.k8s.io/v1',
    true,
  ],
  ['admissionregistration.k8s.io/v1beta1', MUTATING, '1.37', '1.40', 'admissionregistration.k8s.io/v1', true],
  [
    'admissionregistration.k8s.io/v1alpha1',
    VALIDATING,
    '1.29',
    '1.32',
    'admissionregistration.k8s.io/v1',
    true,
  ],
  [
    'admissionregistration.k8s.io/v1beta1',
    VALIDATING,
    '1.31',
    '1.34',
    'admissionregistration.k8s.io/v1',
    true,
  ],
  [
    'certificates.k8s.io/v1alpha1',
    ['ClusterTrustBundle'],
    '1.34',
    '1.37',
    'certificates.k8s.io/v1beta1',
    true,
  ],
  ['certificates.k8s.io/v1beta1', ['ClusterTrustBundle'], '1.37', '1.40', null, false],
  ['certificates.k8s.io/v1beta1', ['PodCertificateRequest'], '1.38', '1.41', null, false],
  ['coordination.k8s.io/v1alpha2', ['LeaseCandidate'], '1.35', '1.38', 'coordination.k8s.io/v1beta1', true],
  ['coordination.k8s.io/v1beta1', ['LeaseCandidate'], '1.36', '1.39', null, false],
  ['flowcontrol.apiserver.k8s.io/v1beta2', FLOW, '1.26', '1.29', 'flowcontrol.apiserver.k8s.io/v1', false],
  ['flowcontrol.apiserver.k8s.io/v1beta3', FLOW, '1.29', '1.32', 'flowcontrol.apiserver.k8s.io/v1', true],
  ['networking.k8s.io/v1beta1', ['IPAddress', 'ServiceCIDR'], '1.34', '1.37', 'networking.k8s.io/v1', true],
  ['resource.k8s.io/v1alpha3', ['DeviceTaintRule'], '1.36', '1.39', 'resource.k8s.io/v1beta2', false],
  ['resource.k8s.io/v1beta1', RESOURCE, '1.35', '1.38', 'resource.k8s.io/v1', false],
  ['resource.k8s.io/v1beta2', RESOURCE, '1.36', '1.39', 'resource.k8s.io/v1', true],
  ['resource.k8s.io/v1alpha3', ['ResourcePoolStatusRequest'], '1.39', '1.42', null, false],
  ['resource.k8s.io/v1beta2', ['DeviceTaintRule'], '1.39', '1.42', null, false],
  ['storage.k8s.io/v1alpha1', ['VolumeAttributesClass'], '1.32', '1.35', 'storage.k8s.io/v1', true],
  ['storage.k8s.io/v1beta1', ['VolumeAttributesClass'], '1.34', '1.37', 'storage.k8s.io/v1', true],
  ['storagemigration.k8s.io/v1beta1', ['StorageVersionMigration'], '1.38', '1.41', null, false],
  ['v1', ['Endpoints'], '1.33', null, 'discovery.k8s.io/v1', false, 'EndpointSlice'],
];

const DEPRECATED: ReadonlyMap<string, DeprecatedApi> = new Map(
  ROWS.flatMap(([apiVersion, kinds, deprecatedIn, removedIn, replacement, renamed, otherKind = null]) =>
    kinds.map(
      (kind) =>
        [`${apiVersion}/${kind}`, { deprecatedIn, removedIn, replacement, renamed, otherKind }] as const,
    ),
  ),
);

export function deprecatedApi(apiVersion: string, kind: string): DeprecatedApi | null {
  return DEPRECATED.get(`${apiVersion}/${kind}`) ?? null;
}

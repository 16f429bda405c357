/** A version of a custom resource that its project has given up, or is about to. */
export interface RetiredVersion {
  readonly project: string;
  /** False: still served by the current release, but deprecated. */
  readonly removed: boolean;
  /** The API version to use instead; null when the kind is gone. */
  readonly replacement: string | null;
  /** True when nothing but the version has to be edited. */
  readonly renamed: boolean;
}

type Row = readonly [
  project: string,
  apiVersion: string,
  /** Empty: every kind of the API version. */
  kinds: readonly string[],
  state: 'removed' | 'deprecated',
  replacement: string | null,
  renamed: boolean,
];

const CERT_MANAGER = ['v1alpha2', 'v1alpha3', 'v1beta1'];
const FLUX = ['source', 'kustomize', 'image'].map((name) => `${name}.toolkit.fluxcd.io`);
const HELM = 'helm.toolkit.fluxcd.io';
const NOTIFICATION = 'notification.toolkit.fluxcd.io';
const SECRETS = 'external-secrets.io';
const GATEWAY = 'gateway.networking.k8s.io';

/**
 * From the projects' notes on releases and upgrades: https://cert-manager.io/docs/releases/upgrading/remove-deprecated-apis/,
 * https://fluxcd.io/roadmap/, https://github.com/external-secrets/external-secrets/releases/tag/v0.17.0,
 * https://github.com/kubernetes-sigs/gateway-api/releases, https://keda.sh/docs/latest/migration/,
 * https://doc.traefik.io/traefik/migrate/v2-to-v3/, https://istio.io/latest/news/releases/1.6.x/announcing-1.6/upgrade-notes/
 */
const ROWS: readonly Row[] = [
  ...CERT_MANAGER.flatMap((version): Row[] =>
    ['cert-manager.io', 'acme.cert-manager.io'].map((group) => [
      'cert-manager',
      `${group}/${version}`,
      [],
      'removed',
      `${group}/v1`,
      false,
    ]),
  ),
  ['cert-manager', 'certmanager.k8s.io/v1alpha1', [], 'removed', 'cert-manager.io/v1', false],
  [
    'External Secrets',
    `${SECRETS}/v1alpha1`,
    ['ExternalSecret', 'SecretStore', 'ClusterSecretStore'],
    'removed',
    `${SECRETS}/v1`,
    false,
  ],
  ['External Secrets', `${SECRETS}/v1beta1`, [], 'removed', `${SECRETS}/v1`, true],
  ...FLUX.flatMap((group): Row[] => [
    ['Flux', `${group}/v1beta1`, [], 'removed', `${group}/v1`, false],
    ['Flux', `${group}/v1beta2`, [], 'deprecated', `${group}/v1`, false],
  ]),
  ['Flux', `${HELM}/v2beta1`, [], 'removed', `${HELM}/v2`, false],
  ['Flux', `${HELM}/v2beta2`, [], 'deprecated', `${HELM}/v2`, false],
  ['Flux', `${NOTIFICATION}/v1beta1`, ['Receiver'], 'removed', `${NOTIFICATION}/v1`, false],
  ['Flux', `${NOTIFICATION}/v1beta1`, [], 'removed', `${NOTIFICATION}/v1beta3`, false],
  ['Flux', `${NOTIFICATION}/v1beta2`, ['Receiver'], 'deprecated', `${NOTIFICATION}/v1`, false],
  ['Flux', `${NOTIFICATION}/v1beta2`, [], 'deprecated', `${NOTIFICATION}/v1beta3`, false],
  [
    'Gateway API',
    `${GATEWAY}/v1alpha2`,
    ['GatewayClass', 'Gateway', 'HTTPRoute'],
    'removed',
    `${GATEWAY}/v1`,
    false,
  ],
  ['Gateway API', `${GATEWAY}/v1alpha2`, ['GRPCRoute'], 'removed', `${GATEWAY}/v1`, true],
  ['Gateway API', `${GATEWAY}/v1alpha2`, ['ReferenceGrant'], 'removed', `${GATEWAY}/v1beta1`, true],
  ['KEDA', 'keda.k8s.io/v1alpha1', [], 'removed', 'keda.sh/v1alpha1', false],
  ['Traefik', 'traefik.containo.us/v1alpha1', [], 'deprecated', 'traefik.io/v1alpha1', false],
  ['Istio', 'authentication.istio.io/v1alpha1', [], 'removed', 'security.istio.io/v1', false],
  ['Istio', 'rbac.istio.io/v1alpha1', [], 'removed', 'security.istio.io/v1', false],
];

/** Null when nothing is known against the version. */
export function retiredVersion(apiVersion: string, kind: string): RetiredVersion | null {
  const row = ROWS.find(
    ([, version, kinds]) => version === apiVersion && (kinds.length === 0 || kinds.includes(kind)),
  );
  if (row === undefined) return null;
  const [project, , , state, replacement, renamed] = row;
  return { project, removed: state === 'removed', replacement, renamed };
}

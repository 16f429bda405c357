import { asText, isRecord } from '../../manifests/manifest.ts';
import { placesOf } from '../../manifests/pod-places.ts';
import type { Pointer } from '../../manifests/position.ts';
import { podSpecsOf, valueAt } from '../../manifests/workload.ts';
import type { IndexedObject } from '../../engine/object-index.ts';
import { WORKLOAD_KINDS } from './pod-index.ts';

/** What kind of object a reference means. */
export interface ReferenceTarget {
  readonly group: string;
  readonly kind: string;
}

/** A name of another object. */
export interface ObjectReference {
  readonly pointer: Pointer;
  readonly target: ReferenceTarget;
  /** Kinds that the reference might have meant in the place of this one. */
  readonly siblings: readonly ReferenceTarget[];
  readonly name: string;
}

/** A place with a name in it; `*` is any item. */
interface Place {
  readonly path: string;
  readonly target: ReferenceTarget;
  /** Other kinds that the field `kind` beside the name may say instead. */
  readonly others?: Readonly<Record<string, ReferenceTarget>>;
}

const target = (group: string, kind: string): ReferenceTarget => ({ group, kind });
/** `metadata.annotations.KEY`; keys have dots. */
const ANNOTATION = 'metadata.annotations.';

const CERT_MANAGER = 'cert-manager.io';
const EXTERNAL_SECRETS = 'external-secrets.io';
const RESOURCE = 'resource.k8s.io';
const TEKTON = 'tekton.dev';
const ISSUERS = { ClusterIssuer: target(CERT_MANAGER, 'ClusterIssuer') };
const STORES = { ClusterSecretStore: target(EXTERNAL_SECRETS, 'ClusterSecretStore') };
const ISSUER_ANNOTATIONS: readonly Place[] = [
  { path: `${ANNOTATION}cert-manager.io/cluster-issuer`, target: target(CERT_MANAGER, 'ClusterIssuer') },
  { path: `${ANNOTATION}cert-manager.io/issuer`, target: target(CERT_MANAGER, 'Issuer') },
];
const PARENTS: readonly Place[] = [
  { path: 'spec.parentRefs.*.name', target: target('gateway.networking.k8s.io', 'Gateway'), others: {} },
];
const AUTHENTICATIONS: readonly Place[] = [
  {
    path: 'spec.triggers.*.authenticationRef.name',
    target: target('keda.sh', 'TriggerAuthentication'),
    others: { ClusterTriggerAuthentication: target('keda.sh', 'ClusterTriggerAuthentication') },
  },
];
const MIDDLEWARES: readonly Place[] = [
  { path: 'spec.routes.*.middlewares.*.name', target: target('traefik.io', 'Middleware') },
];

const OF_PODS: readonly Place[] = [
  { path: 'serviceAccountName', target: target('', 'ServiceAccount') },
  { path: 'priorityClassName', target: target('scheduling.k8s.io', 'PriorityClass') },
  { path: 'runtimeClassName', target: target('node.k8s.io', 'RuntimeClass') },
  {
    path: 'resourceClaims.*.resourceClaimTemplateName',
    target: target(RESOURCE, 'ResourceClaimTemplate'),
  },
  { path: 'resourceClaims.*.resourceClaimName', target: target(RESOURCE, 'ResourceClaim') },
];

const CLAIM = (at: string): readonly Place[] => [
  { path: `${at}.storageClassName`, target: target('storage.k8s.io', 'StorageClass') },
  { path: `${at}.volumeAttributesClassName`, target: target('storage.k8s.io', 'VolumeAttributesClass') },
];

const OF_KIND: Readonly<Record<string, readonly Place[]>> = {
  '/PersistentVolumeClaim': CLAIM('spec'),
  'apps/StatefulSet': [
    ...CLAIM('spec.volumeClaimTemplates.*.spec'),
    { path: 'spec.serviceName', target: target('', 'Service') },
  ],
  'resource.k8s.io/ResourceClaimTemplate': [
    { path: 'spec.spec.devices.requests.*.exactly.deviceClassName', target: target(RESOURCE, 'DeviceClass') },
  ],
  'networking.k8s.io/Ingress': [
    { path: 'spec.ingressClassName', target: target('networking.k8s.io', 'IngressClass') },
    ...ISSUER_ANNOTATIONS,
  ],
  'gateway.networking.k8s.io/Gateway': [
    { path: 'spec.gatewayClassName', target: target('gateway.networking.k8s.io', 'GatewayClass') },
    ...ISSUER_ANNOTATIONS,
  ],
  'gateway.networking.k8s.io/HTTPRoute': PARENTS,
  'gateway.networking.k8s.io/GRPCRoute': PARENTS,
  'gateway.networking.k8s.io/TLSRoute': PARENTS,
  'gateway.networking.k8s.io/TCPRoute': PARENTS,
  'gateway.networking.k8s.io/UDPRoute': PARENTS,
  'cert-manager.io/Certificate': [
    { path: 'spec.issuerRef.name', target: target(CERT_MANAGER, 'Issuer'), others: ISSUERS },
  ],
  'external-secrets.io/ExternalSecret': [
    { path: 'spec.secretStoreRef.name', target: target(EXTERNAL_SECRETS, 'SecretStore'), others: STORES },
  ],
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': [
    {
      path: 'spec.policyName',
      target: target('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy'),
    },
  ],
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': [
    { path: 'spec.policyName', target: target('admissionregistration.k8s.io', 'MutatingAdmissionPolicy') },
  ],
  'rbac.authorization.k8s.io/RoleBinding': [
    {
      path: 'roleRef.name',
      target: target('rbac.authorization.k8s.io', 'Role'),
      others: { ClusterRole: target('rbac.authorization.k8s.io', 'ClusterRole') },
    },
  ],
  'rbac.authorization.k8s.io/ClusterRoleBinding': [
    { path: 'roleRef.name', target: target('rbac.authorization.k8s.io', 'ClusterRole') },
  ],
  // What has the name and is of another kind may well be made by a chart.
  'kustomize.toolkit.fluxcd.io/Kustomization': ['DaemonSet', 'Deployment', 'StatefulSet'].map((kind) => ({
    path: 'spec.healthChecks.*.name',
    target: target('apps', kind),
    others: {},
  })),
  'image.toolkit.fluxcd.io/ImagePolicy': [
    { path: 'spec.imageRepositoryRef.name', target: target('image.toolkit.fluxcd.io', 'ImageRepository') },
  ],
  'notification.toolkit.fluxcd.io/Alert': [
    { path: 'spec.providerRef.name', target: target('notification.toolkit.fluxcd.io', 'Provider') },
  ],
  'keda.sh/ScaledObject': AUTHENTICATIONS,
  'keda.sh/ScaledJob': AUTHENTICATIONS,
  'traefik.io/IngressRoute': MIDDLEWARES,
  'argoproj.io/Workflow': [
    { path: 'spec.workflowTemplateRef.name', target: target('argoproj.io', 'WorkflowTemplate') },
  ],
  'argoproj.io/CronWorkflow': [
    {
      path: 'spec.workflowSpec.workflowTemplateRef.name',
      target: target('argoproj.io', 'WorkflowTemplate'),
    },
  ],
  'tekton.dev/Pipeline': [
    { path: 'spec.tasks.*.taskRef.name', target: target(TEKTON, 'Task'), others: {} },
    { path: 'spec.finally.*.taskRef.name', target: target(TEKTON, 'Task'), others: {} },
  ],
  'tekton.dev/PipelineRun': [{ path: 'spec.pipelineRef.name', target: target(TEKTON, 'Pipeline') }],
  'tekton.dev/TaskRun': [{ path: 'spec.taskRef.name', target: target(TEKTON, 'Task'), others: {} }],
};

const TARGETS = [...OF_PODS, ...Object.values(OF_KIND).flat()].flatMap((place) => [
  place.target,
  ...Object.values(place.others ?? {}),
]);

/** Kinds that name others, and those that are named. */
export const REFERENCE_KINDS: readonly string[] = [
  ...new Set([
    ...WORKLOAD_KINDS,
    ...Object.keys(OF_KIND).map((key) => key.slice(key.indexOf('/') + 1)),
    ...TARGETS.map(({ kind }) => kind),
  ]),
];

/** The names of other objects that an object holds. */
export function referencesIn({ group, kind, manifest, value }: IndexedObject): ObjectReference[] {
  const key = `${group}/${kind}`;
  const own = Object.hasOwn(OF_KIND, key) ? (OF_KIND[key] ?? []) : [];
  return [
    ...own.flatMap((place) => referencesAt(place, value, (inner) => inner)),
    ...podSpecsOf(manifest).flatMap((pod) =>
      OF_PODS.flatMap((place) => referencesAt(place, pod.value, (inner) => pod.pointerTo(inner))),
    ),
  ];
}

function referencesAt(place: Place, root: unknown, locate: (inner: Pointer) => Pointer): ObjectReference[] {
  const pattern = place.path.startsWith(ANNOTATION)
    ? ['metadata', 'annotations', place.path.slice(ANNOTATION.length)]
    : place.path.split('.');
  return placesOf(root, pattern).flatMap((pointer): ObjectReference[] => {
    const name = asText(valueAt(root, pointer));
    const holder = valueAt(root, pointer.slice(0, -1));
    if (name === null || !isRecord(holder)) return [];
    const meant = place.others === undefined ? place.target : kindMeant(place, holder);
    if (meant === null) return [];
    const siblings = [place.target, ...Object.values(place.others ?? {})].filter((one) => one !== meant);
    return [{ pointer: locate(pointer), target: meant, siblings, name }];
  });
}

/** Null for a kind that nothing is known of, as controllers of others have. */
function kindMeant(
  { target: usual, others = {} }: Place,
  holder: Readonly<Record<string, unknown>>,
): ReferenceTarget | null {
  const kind = asText(holder['kind']) ?? usual.kind;
  if (kind === usual.kind) return usual;
  return Object.hasOwn(others, kind) ? (others[kind] ?? null) : null;
}

import type { Pointer } from '../../../manifests/position.ts';
import { placesOf } from '../../../manifests/pod-places.ts';
import { CONTAINER_LISTS, valueAt } from '../../../manifests/workload.ts';
import { knownText, type Fields, type Refusal } from './refusal.ts';

/** Where a text stands that may only be one of some words, though the published schemas do not say so; `*` is any item. */
type Choice = readonly [place: string, words: readonly string[]];

const ON_OFF = ['Disabled', 'IfPossible', 'Enabled'];
const SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];
const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];

const OF_PODS: readonly Choice[] = [
  ...CONTAINER_LISTS.flatMap((list): Choice[] => [
    [`${list}.*.resizePolicy.*.resourceName`, ['cpu', 'memory']],
    [`${list}.*.resizePolicy.*.restartPolicy`, ['NotRequired', 'RestartContainer']],
    [`${list}.*.volumeMounts.*.recursiveReadOnly`, ON_OFF],
  ]),
  ['volumes.*.projected.sources.*.podCertificate.keyType', KEY_TYPES],
  ['topologySpreadConstraints.*.labelSelector.matchExpressions.*.operator', SELECTOR_OPERATORS],
  ...['podAffinity', 'podAntiAffinity'].flatMap((part): Choice[] => [
    [
      `affinity.${part}.requiredDuringSchedulingIgnoredDuringExecution.*.labelSelector.matchExpressions.*.operator`,
      SELECTOR_OPERATORS,
    ],
    [
      `affinity.${part}.preferredDuringSchedulingIgnoredDuringExecution.*.podAffinityTerm.labelSelector.matchExpressions.*.operator`,
      SELECTOR_OPERATORS,
    ],
  ]),
];

const CLAIM_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
const RETENTION = ['Retain', 'Delete'];
const ADMISSION_SELECTORS = ['namespaceSelector', 'objectSelector'];

/** https://kubernetes.io/docs/reference/kubernetes-api/ */
const OF_KIND: Readonly<Record<string, readonly Choice[]>> = {
  'apps/Deployment': [['spec.selector.matchExpressions.*.operator', SELECTOR_OPERATORS]],
  'apps/ReplicaSet': [['spec.selector.matchExpressions.*.operator', SELECTOR_OPERATORS]],
  'apps/DaemonSet': [['spec.selector.matchExpressions.*.operator', SELECTOR_OPERATORS]],
  'apps/StatefulSet': [
    ['spec.selector.matchExpressions.*.operator', SELECTOR_OPERATORS],
    ['spec.persistentVolumeClaimRetentionPolicy.whenDeleted', RETENTION],
    ['spec.persistentVolumeClaimRetentionPolicy.whenScaled', RETENTION],
    ['spec.volumeClaimTemplates.*.spec.accessModes.*', CLAIM_MODES],
  ],
  '/PersistentVolumeClaim': [['spec.accessModes.*', CLAIM_MODES]],
  '/PersistentVolume': [['spec.accessModes.*', CLAIM_MODES]],
  '/Service': [['spec.trafficDistribution', ['PreferClose', 'PreferSameZone', 'PreferSameNode']]],
  'policy/PodDisruptionBudget': [['spec.selector.matchExpressions.*.operator', SELECTOR_OPERATORS]],
  'networking.k8s.io/NetworkPolicy': [
    'podSelector',
    ...['ingress.*.from', 'egress.*.to'].flatMap((peers) => [
      `${peers}.*.podSelector`,
      `${peers}.*.namespaceSelector`,
    ]),
  ].map((selector): Choice => [`spec.${selector}.matchExpressions.*.operator`, SELECTOR_OPERATORS]),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': [
    ['spec.validationActions.*', ['Deny', 'Warn', 'Audit']],
    ['spec.paramRef.parameterNotFoundAction', ['Allow', 'Deny']],
    ...ADMISSION_SELECTORS.map((field): Choice => [
      `spec.matchResources.${field}.matchExpressions.*.operator`,
      SELECTOR_OPERATORS,
    ]),
  ],
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': ADMISSION_SELECTORS.map((field): Choice => [
    `spec.matchConstraints.${field}.matchExpressions.*.operator`,
    SELECTOR_OPERATORS,
  ]),
};

/** Words of a kind of object, beside those of its pods. @param key `group/Kind` */
export function wordRefusals(key: string, value: Fields): Refusal[] {
  return refusalsOf(Object.hasOwn(OF_KIND, key) ? (OF_KIND[key] ?? []) : [], value, []);
}

/** @param pointer of the pod's spec */
export function podWordRefusals(spec: Fields, pointer: Pointer): Refusal[] {
  return refusalsOf(OF_PODS, spec, pointer);
}

function refusalsOf(choices: readonly Choice[], root: Fields, pointer: Pointer): Refusal[] {
  return choices.flatMap(([pattern, words]) =>
    placesOf(root, pattern.split('.')).flatMap((place): Refusal[] => {
      const word = knownText(valueAt(root, place));
      if (word === null || word === '' || words.includes(word)) return [];
      const known = words.map((one) => `\`${one}\``).join(', ');
      return [
        {
          pointer: [...pointer, ...place],
          fact: 'is no word that may stand there',
          mend: `Write one of ${known}.`,
        },
      ];
    }),
  );
}

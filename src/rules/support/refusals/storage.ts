import { isRecord, type Manifest } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { parseQuantity } from '../../../manifests/quantity.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { given, itemsOf, numberOutside, wholeNumber, type Fields, type Refusal } from './refusal.ts';

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
/** Keys that a type of Secret demands: at least one of each list. */
const OF_TYPE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'kubernetes.io/tls': [['tls.crt'], ['tls.key']],
  'kubernetes.io/basic-auth': [['username', 'password']],
  'kubernetes.io/ssh-auth': [['ssh-privatekey']],
  'kubernetes.io/dockerconfigjson': [['.dockerconfigjson']],
  'kubernetes.io/dockercfg': [['.dockercfg']],
};

export function claimRefusals(spec: unknown, pointer: Pointer): Refusal[] {
  if (!isRecord(spec)) return [];
  const refusals: Refusal[] = [];
  const modes = spec['accessModes'];
  if (!Array.isArray(modes) || modes.length === 0) {
    const mend = 'Add `accessModes`, mostly `[ReadWriteOnce]`.';
    refusals.push({ pointer, atKey: true, fact: 'has no access mode', mend, missing: 'accessModes' });
  }
  if (Array.isArray(modes) && modes.length > 1 && modes.includes('ReadWriteOncePod')) {
    const fact = 'has `ReadWriteOncePod` beside another mode, and it stands alone';
    refusals.push({ pointer: [...pointer, 'accessModes'], atKey: true, fact, mend: 'Keep one of them.' });
  }
  const amount = valueAt(spec, ['resources', 'requests', 'storage']);
  const size = parseQuantity(amount);
  if (amount === undefined || amount === null) {
    const mend = 'Add `resources.requests.storage`.';
    refusals.push({ pointer, atKey: true, fact: 'asks for no storage', mend, missing: 'storage' });
  } else if (size !== null && size <= 0) {
    const at = [...pointer, 'resources', 'requests', 'storage'];
    refusals.push({ pointer: at, fact: 'is not above zero', mend: 'Write how much storage is needed.' });
  }
  return refusals;
}

/** The keys of a ConfigMap or a Secret. */
export function keyRefusals({ kind, value }: Manifest): Refusal[] {
  const parts = kind === 'Secret' ? ['data', 'stringData'] : ['data', 'binaryData'];
  const refusals = parts.flatMap((part) => {
    const data = value[part];
    return Object.keys(isRecord(data) ? data : {})
      .filter((key) => !KEY.test(key) && !/[${}<>]/.test(key))
      .map((key): Refusal => {
        const mend = 'Name it with letters, digits, `-`, `_` and `.` alone; a slash cannot be part of it.';
        return { pointer: [part, key], atKey: true, fact: 'is no key that may stand there', mend };
      });
  });
  return kind === 'Secret' ? [...refusals, ...typeRefusals(value)] : refusals;
}

function typeRefusals(value: Fields): Refusal[] {
  const { type } = value;
  if (typeof type !== 'string' || !Object.hasOwn(OF_TYPE, type)) return [];
  const keys = new Set(
    ['data', 'stringData'].flatMap((part) => Object.keys(isRecord(value[part]) ? value[part] : {})),
  );
  const lacking = (OF_TYPE[type] ?? []).filter((anyOf) => !anyOf.some((key) => keys.has(key)));
  return lacking.slice(0, 1).map((anyOf) => ({
    pointer: ['type'],
    fact: `demands ${anyOf.map((key) => `\`${key}\``).join(' or ')}, which is not there`,
    mend: 'Add it, or correct the type.',
    missing: anyOf[0] ?? '',
  }));
}

export function budgetRefusals({ value }: Manifest): Refusal[] {
  const spec = isRecord(value['spec']) ? value['spec'] : {};
  if (given(spec, ['minAvailable', 'maxUnavailable']).length < 2) return [];
  const fact = 'stands beside `minAvailable`, and only one of the two may be given';
  return [{ pointer: ['spec', 'maxUnavailable'], atKey: true, fact, mend: 'Take one of them out.' }];
}

const METRICS: Readonly<Record<string, string>> = {
  Resource: 'resource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
  ContainerResource: 'containerResource',
};

export function autoscalerRefusals({ value }: Manifest): Refusal[] {
  return [...metricRefusals(value), ...behaviorRefusals(value)];
}

function behaviorRefusals(value: Fields): Refusal[] {
  const most = ['spec', 'maxReplicas'];
  return [
    ...numberOutside(valueAt(value, most), [1, Infinity], most),
    ...['scaleUp', 'scaleDown'].flatMap((direction) => {
      const at = ['spec', 'behavior', direction];
      const window = [...at, 'stabilizationWindowSeconds'];
      return [
        ...numberOutside(valueAt(value, window), [0, 3600], window),
        ...itemsOf(valueAt(value, [...at, 'policies']), [...at, 'policies']).flatMap((policy) => [
          ...numberOutside(policy.value['periodSeconds'], [1, 1800], [...policy.pointer, 'periodSeconds']),
          ...numberOutside(policy.value['value'], [1, Infinity], [...policy.pointer, 'value']),
        ]),
      ];
    }),
  ];
}

/** Only those of the system may come before every other pod. */
export function priorityRefusals({ name, value }: Manifest): Refusal[] {
  const priority = wholeNumber(value['value']);
  if (priority === null || priority <= 1_000_000_000 || name?.startsWith('system-') === true) return [];
  const fact = 'is above 1000000000, and higher ones are those of the system';
  return [{ pointer: ['value'], fact, mend: 'Write a lower number.' }];
}

function metricRefusals(value: Fields): Refusal[] {
  return itemsOf(valueAt(value, ['spec', 'metrics']), ['spec', 'metrics']).flatMap((metric): Refusal[] => {
    const { type } = metric.value;
    const wanted = typeof type === 'string' && Object.hasOwn(METRICS, type) ? METRICS[type] : undefined;
    if (wanted === undefined || isRecord(metric.value[wanted])) return [];
    const fact = `needs \`${wanted}\` beside it, which is not there`;
    return [
      {
        pointer: [...metric.pointer, 'type'],
        fact,
        mend: `Add \`${wanted}\`, or correct the type.`,
        missing: wanted,
      },
    ];
  });
}

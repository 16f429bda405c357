import { isRecord } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { exactlyOne, numberOutside, PORTS, wholeNumber, type Fields, type Refusal } from './refusal.ts';

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const HOOKS = ['exec', 'httpGet', 'tcpSocket', 'sleep'];
const COUNTERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
];

/** The probes and hooks of a container: what each does, and how often. */
export function handlerRefusals(container: Fields, pointer: Pointer): Refusal[] {
  return [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
      probeRefusals(container, pointer, probe),
    ),
    ...['postStart', 'preStop'].flatMap((hook) => hookRefusals(container, pointer, hook)),
  ];
}

function probeRefusals(container: Fields, pointer: Pointer, name: string): Refusal[] {
  const probe = container[name];
  if (!isRecord(probe)) return [];
  const at = [...pointer, name];
  const handlers = actionRefusals(probe, at, HANDLERS);
  const counters = COUNTERS.flatMap((field) => numberOutside(probe[field], [0, Infinity], [...at, field]));
  const grace = graceRefusals(probe, at, name);
  const successes = wholeNumber(probe['successThreshold']);
  if (name === 'readinessProbe' || successes === null || successes < 2)
    return [...handlers, ...counters, ...grace];
  const fact = 'is not 1, and only a readiness probe may ask for more';
  return [
    ...handlers,
    ...counters,
    ...grace,
    { pointer: [...at, 'successThreshold'], fact, mend: 'Take it out.' },
  ];
}

function graceRefusals(probe: Fields, pointer: Pointer, name: string): Refusal[] {
  const field = 'terminationGracePeriodSeconds';
  const at = [...pointer, field];
  if (name !== 'readinessProbe' || wholeNumber(probe[field]) === null)
    return numberOutside(probe[field], [1, Infinity], at);
  const fact = 'is given, and a readiness probe ends nothing';
  return [{ pointer: at, atKey: true, fact, mend: 'Take it out.' }];
}

function hookRefusals(container: Fields, pointer: Pointer, name: string): Refusal[] {
  const lifecycle = container['lifecycle'];
  const hook = isRecord(lifecycle) ? lifecycle[name] : null;
  if (!isRecord(hook)) return [];
  const at = [...pointer, 'lifecycle', name];
  const seconds = isRecord(hook['sleep']) ? hook['sleep']['seconds'] : null;
  return [
    ...actionRefusals(hook, at, HOOKS),
    ...numberOutside(seconds, [0, Infinity], [...at, 'sleep', 'seconds']),
  ];
}

function actionRefusals(handler: Fields, pointer: Pointer, names: readonly string[]): Refusal[] {
  const words = names.map((name) => `\`${name}\``).join(', ');
  return [
    ...exactlyOne(handler, names, pointer, {
      none: 'says not what to do',
      several: 'is a second thing to do, and only one may be given',
      mend: `Give exactly one of ${words}.`,
    }),
    ...['httpGet', 'tcpSocket', 'grpc'].flatMap((name) => {
      const inner = handler[name];
      return isRecord(inner) ? numberOutside(inner['port'], PORTS, [...pointer, name, 'port']) : [];
    }),
  ];
}

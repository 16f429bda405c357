import type { Problem } from '../../engine/rule.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { isTemplated, type Part } from './argo-application.ts';
import { stepsOf } from './rollout.ts';

type Value = Readonly<Record<string, unknown>>;

/** Kinds of steps of which one step may have only one. */
const EXCLUSIVE = ['setWeight', 'pause', 'experiment', 'analysis'];
const STEPS = [
  ...EXCLUSIVE,
  'setCanaryScale',
  'setHeaderRoute',
  'setMirrorRoute',
  'plugin',
  'replicaProgressThreshold',
];
const DEFAULT_MAX_WEIGHT = 100;

/** What the controller refuses of a canary strategy: `ValidateRolloutStrategyCanary` of Argo Rollouts. */
export function canaryProblems(canary: Part): Problem[] {
  const routing = isRecord(canary.value['trafficRouting']) ? canary.value['trafficRouting'] : null;
  return [
    ...serviceProblems(canary, routing),
    ...surgeProblems(canary),
    ...stepsOf(canary).flatMap((step) => stepProblems(step, routing)),
  ];
}

function serviceProblems({ pointer, value }: Part, routing: Value | null): Problem[] {
  const services = {
    stableService: asText(value['stableService']),
    canaryService: asText(value['canaryService']),
  };
  if (services.stableService !== null && services.stableService === services.canaryService) {
    return [
      {
        pointer: [...pointer, 'canaryService'],
        judged: services.canaryService,
        message:
          'Rollout `{name}` uses one Service as `stableService` and `canaryService`. The controller refuses it, because ' +
          'traffic could not be divided.',
        remediation: 'Make a second Service for the new version, and name it as `canaryService`.',
      },
    ];
  }
  if (routing === null || !needsServices(value, routing)) return [];
  return Object.entries(services)
    .filter(([, service]) => service === null)
    .map(([field]) => ({
      pointer: [...pointer, field],
      values: { field },
      message:
        'Rollout `{name}` has `trafficRouting` but no `{field}`. The controller needs both Services to divide traffic.',
      remediation: 'Add `{field}` beside `trafficRouting`.',
    }));
}

function needsServices(canary: Value, routing: Value): boolean {
  const istio = routing['istio'];
  const byHost = isRecord(routing['alb']) || (isRecord(istio) && !isRecord(istio['destinationRule']));
  return (
    (byHost && !isRecord(canary['pingPong'])) ||
    ['smi', 'apisix', 'ambassador', 'nginx', 'appMesh', 'traefik'].some((name) => isRecord(routing[name]))
  );
}

function surgeProblems({ pointer, value }: Part): Problem[] {
  const zero = (key: string): boolean => value[key] === 0 || value[key] === '0' || value[key] === '0%';
  return zero('maxSurge') && zero('maxUnavailable')
    ? [
        {
          pointer: [...pointer, 'maxSurge'],
          judged: value['maxSurge'],
          message:
            'Rollout `{name}` sets `maxSurge` and `maxUnavailable` to zero, so that no Pod can ever be replaced.',
          remediation: 'Give one of them a value above zero.',
        },
      ]
    : [];
}

function stepProblems(step: Part, routing: Value | null): Problem[] {
  const present = STEPS.filter((key) => step.value[key] !== undefined && step.value[key] !== null);
  const exclusive = present.filter((key) => EXCLUSIVE.includes(key));
  if (exclusive.length > 1) {
    return [
      {
        pointer: [...step.pointer, exclusive[1] ?? ''],
        atKey: true,
        judged: present,
        values: { first: exclusive[0] ?? '', second: exclusive[1] ?? '' },
        message:
          'A step of Rollout `{name}` has both `{first}` and `{second}`. The controller allows one thing a step.',
        remediation: 'Make two steps of it.',
      },
    ];
  }
  if (present.length === 0 && Object.keys(step.value).length === 0) {
    return [
      {
        pointer: step.pointer,
        message: 'A step of Rollout `{name}` does nothing, which the controller refuses.',
        remediation: 'Say what it does, such as `setWeight: 20`, or remove it.',
      },
    ];
  }
  return [...weightProblems(step, routing), ...durationProblems(step), ...routingProblems(step, routing)];
}

function weightProblems({ pointer, value }: Part, routing: Value | null): Problem[] {
  const { setWeight } = value;
  if (typeof setWeight !== 'number') return [];
  const given = routing?.['maxTrafficWeight'];
  const max = typeof given === 'number' ? given : DEFAULT_MAX_WEIGHT;
  return setWeight < 0 || setWeight > max
    ? [
        {
          pointer: [...pointer, 'setWeight'],
          judged: setWeight,
          values: { max: String(max) },
          message: 'A `setWeight` of Rollout `{name}` is outside 0 to {max}, which the controller refuses.',
          remediation: 'Write a number from 0 to {max}.',
        },
      ]
    : [];
}

/** As Go reads a duration; a number alone, or as text, is seconds. */
const DURATION =
  /^\+?(?:\d+|(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*)$/;

function durationProblems({ pointer, value }: Part): Problem[] {
  const duration = valueAt(value, ['pause', 'duration']);
  if (typeof duration !== 'string' && typeof duration !== 'number') return [];
  const text = String(duration);
  if (isTemplated(text) || DURATION.test(text)) return [];
  return [
    {
      pointer: [...pointer, 'pause', 'duration'],
      judged: duration,
      message: 'A pause of Rollout `{name}` has a duration that the controller cannot read.',
      remediation: 'Write it like `30s`, `10m` or `1h`.',
    },
  ];
}

const NEEDS: Readonly<Record<string, readonly string[]>> = {
  setCanaryScale: [],
  setHeaderRoute: ['istio', 'alb', 'apisix', 'plugins'],
  setMirrorRoute: ['istio', 'plugins'],
};

function routingProblems({ pointer, value }: Part, routing: Value | null): Problem[] {
  return Object.entries(NEEDS).flatMap(([key, routers]): Problem[] => {
    if (!isRecord(value[key])) return [];
    const at = { pointer: [...pointer, key], atKey: true, judged: value[key] };
    const supported =
      routing !== null && (routers.length === 0 || routers.some((name) => isRecord(routing[name])));
    if (!supported) {
      return [
        {
          ...at,
          values: { step: key, routers: routers.length === 0 ? 'trafficRouting' : routers.join(', ') },
          message:
            'A step of Rollout `{name}` uses `{step}`, which needs `trafficRouting`' +
            `${routers.length === 0 ? '' : ' by one of: {routers}'}. The controller refuses it.`,
          remediation: 'Add it under `trafficRouting`, or remove the step.',
        },
      ];
    }
    return key === 'setCanaryScale' ? [] : routeProblems(value[key], routing, at);
  });
}

function routeProblems(step: Value, routing: Value, at: Problem): Problem[] {
  const name = asText(step['name']);
  const routes = listAt(routing, ['managedRoutes']).map((route) => valueAt(route, ['name']));
  if (name === null || isTemplated(name) || routes.includes(name)) return [];
  return [
    {
      ...at,
      values: { route: name },
      message:
        'A step of Rollout `{name}` sets the route `{route}`, which `trafficRouting.managedRoutes` does not list. The ' +
        'controller refuses it.',
      remediation: 'Add `- name: {route}` under `managedRoutes`.',
    },
  ];
}

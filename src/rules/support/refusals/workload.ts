import { isRecord, type Manifest } from '../../../manifests/manifest.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { podSpecsOf, valueAt } from '../../../manifests/workload.ts';
import { podRefusals } from './pod.ts';
import { knownText, numberOutside, wholeNumber, type Fields, type Refusal } from './refusal.ts';
import { termRefusals } from './selector.ts';

const LONG_RUNNING = new Set([
  'Deployment',
  'DaemonSet',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
]);
/** Counts that may not be below zero. */
const COUNTS: readonly Pointer[] = [
  ['spec', 'replicas'],
  ['spec', 'minReadySeconds'],
  ['spec', 'revisionHistoryLimit'],
  ['spec', 'successfulJobsHistoryLimit'],
  ['spec', 'failedJobsHistoryLimit'],
  ['spec', 'startingDeadlineSeconds'],
];
const DEFAULT_PROGRESS_SECONDS = 600;

/** Pods, and the kinds of Kubernetes that make them. */
export function workloadRefusals(manifest: Manifest): Refusal[] {
  return [
    ...COUNTS.flatMap((pointer) => numberOutside(valueAt(manifest.value, pointer), [0, Infinity], pointer)),
    ...podSpecsOf(manifest).flatMap((spec) => [
      ...podRefusals(spec.value, spec.pointer),
      ...restartRefusals(manifest, spec.value, spec.pointer),
    ]),
    ...selectorRefusals(manifest),
    ...progressRefusals(manifest),
    ...shareRefusals(manifest),
  ];
}

function restartRefusals({ kind }: Manifest, spec: Fields, pointer: Pointer): Refusal[] {
  const policy = spec['restartPolicy'];
  const at = [...pointer, 'restartPolicy'];
  if (LONG_RUNNING.has(kind)) {
    if (typeof policy !== 'string' || policy === 'Always' || knownText(policy) === null) return [];
    const fact = 'is not `Always`, and pods of this kind take nothing else';
    return [{ pointer: at, fact, mend: 'Remove `restartPolicy`; for what is meant to end, use a Job.' }];
  }
  if (kind !== 'Job' && kind !== 'CronJob') return [];
  const mend = 'Set `restartPolicy: OnFailure`, or `Never` to keep the pods that failed.';
  if (policy === undefined || policy === null) {
    const fact = 'has no `restartPolicy`, and without one it is `Always`, which a Job does not take';
    return [{ pointer, atKey: true, fact, mend, missing: 'restartPolicy' }];
  }
  return policy === 'Always' ? [{ pointer: at, fact: 'is `Always`, which a Job does not take', mend }] : [];
}

function selectorRefusals({ kind, value }: Manifest): Refusal[] {
  const pointer = ['spec', 'selector'];
  const selector = valueAt(value, pointer);
  if (!LONG_RUNNING.has(kind) || kind === 'ReplicationController' || !isRecord(selector)) return [];
  const isEmpty = ['matchLabels', 'matchExpressions'].every((field) => {
    const part = selector[field];
    return part === undefined || part === null || Object.keys(part).length === 0;
  });
  if (!isEmpty) return termRefusals(selector, pointer);
  const mend = 'Write the labels of the pods under `selector.matchLabels`.';
  return [{ pointer, atKey: true, fact: 'is empty', mend, missing: 'selector' }];
}

function progressRefusals({ kind, value }: Manifest): Refusal[] {
  if (kind !== 'Deployment') return [];
  const ready = wholeNumber(valueAt(value, ['spec', 'minReadySeconds'])) ?? 0;
  const written = valueAt(value, ['spec', 'progressDeadlineSeconds']);
  const deadline = written === undefined ? DEFAULT_PROGRESS_SECONDS : wholeNumber(written);
  if (deadline === null || ready < deadline || ready === 0) return [];
  const fact = 'is not below `progressDeadlineSeconds`, so that no rollout could end in time';
  return [
    {
      pointer: ['spec', 'minReadySeconds'],
      fact: written === undefined ? `${fact} (it is 600 where it is not given)` : fact,
      mend: 'Raise `progressDeadlineSeconds`, or wait for a shorter time.',
      ...(written === undefined ? { missing: 'progressDeadlineSeconds' } : {}),
    },
  ];
}

/** How many pods a rolling update may stop or start: a number, or a percentage. */
function shareRefusals({ kind, value }: Manifest): Refusal[] {
  if (kind !== 'Deployment' && kind !== 'DaemonSet') return [];
  const strategy = kind === 'Deployment' ? 'strategy' : 'updateStrategy';
  return ['maxSurge', 'maxUnavailable'].flatMap((field): Refusal[] => {
    const pointer = ['spec', strategy, 'rollingUpdate', field];
    const share = valueAt(value, pointer);
    const text = knownText(share);
    if (text !== null && !/^\d+%$/.test(text)) {
      return [{ pointer, fact: 'is neither a number nor a percentage', mend: 'Write such as `1` or `25%`.' }];
    }
    if (field === 'maxUnavailable' && text !== null && Number.parseInt(text, 10) > 100) {
      return [{ pointer, fact: 'is more than all pods', mend: 'Write at most `100%`.' }];
    }
    return numberOutside(share, [0, Infinity], pointer);
  });
}

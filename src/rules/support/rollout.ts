import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { type Part } from './argo-application.ts';

type Value = Readonly<Record<string, unknown>>;

const STRATEGY: Pointer = ['spec', 'strategy'];

/** One of the two strategies of a Rollout; null when it does not have it. */
export function strategyOf(rollout: Value, name: 'canary' | 'blueGreen'): Part | null {
  const pointer = [...STRATEGY, name];
  const value = valueAt(rollout, pointer);
  return isRecord(value) ? { pointer, value } : null;
}

export function stepsOf(canary: Part): Part[] {
  return listAt(canary.value, ['steps']).flatMap((value, index) =>
    isRecord(value) ? [{ pointer: [...canary.pointer, 'steps', String(index)], value }] : [],
  );
}

/** Every part of a Rollout that names analysis templates. */
export function analysesOf(rollout: Value): Part[] {
  const canary = strategyOf(rollout, 'canary');
  const blueGreen = strategyOf(rollout, 'blueGreen');
  const at = (part: Part | null, key: string): Part[] => {
    const value = part?.value[key];
    return part !== null && isRecord(value) ? [{ pointer: [...part.pointer, key], value }] : [];
  };
  const steps = canary === null ? [] : stepsOf(canary);
  const experiments = steps.flatMap((step) => at(step, 'experiment'));
  return [
    ...at(canary, 'analysis'),
    ...steps.flatMap((step) => at(step, 'analysis')),
    ...experiments.flatMap((experiment) =>
      listAt(experiment.value, ['analyses']).flatMap((value, index) =>
        isRecord(value) ? [{ pointer: [...experiment.pointer, 'analyses', String(index)], value }] : [],
      ),
    ),
    ...at(blueGreen, 'prePromotionAnalysis'),
    ...at(blueGreen, 'postPromotionAnalysis'),
  ];
}

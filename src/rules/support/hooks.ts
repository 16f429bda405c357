import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';

const HOOKS = ['helm.sh/hook', 'argocd.argoproj.io/hook'];

/** What Argo Rollouts runs while it rolls out. */
const TRIALS = new Set(['AnalysisRun', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'Experiment']);

/** Whether Helm, Argo CD or Argo Rollouts runs the object at a moment of a rollout and cleans it up. */
export function isHook({ group, kind, value }: Manifest): boolean {
  if (group === 'argoproj.io' && TRIALS.has(kind)) return true;
  const annotations = valueAt(value, ['metadata', 'annotations']);
  return isRecord(annotations) && HOOKS.some((hook) => Object.hasOwn(annotations, hook));
}

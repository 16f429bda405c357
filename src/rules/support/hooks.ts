import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';

const HOOKS = ['helm.sh/hook', 'argocd.argoproj.io/hook'];

/** Whether Helm or Argo CD runs the object at a moment of a rollout and cleans it up. */
export function isHook({ value }: Manifest): boolean {
  const annotations = valueAt(value, ['metadata', 'annotations']);
  return isRecord(annotations) && HOOKS.some((hook) => Object.hasOwn(annotations, hook));
}

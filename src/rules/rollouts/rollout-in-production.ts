import type { RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { valueAt } from '../../manifests/workload.ts';

export const rolloutInProduction: RepositoryRule = {
  scope: 'repository',
  kinds: ['Deployment', 'Rollout'],
  context: KUSTOMIZATION_GLOBS,
  judge(_files, { objects, parameters }) {
    if (parameters['required'] !== true) return [];
    const referred = new Set(
      objects
        .of('argoproj.io', 'Rollout')
        .map(({ value }) => valueAt(value, ['spec', 'workloadRef', 'name']))
        .filter((name) => typeof name === 'string'),
    );
    return objects
      .of('apps', 'Deployment')
      .filter(({ form, name }) => form === 'whole' && (name === null || !referred.has(name)))
      .map(({ path, position, value }) => ({
        path,
        manifest: position,
        pointer: ['kind'],
        judged: value['kind'],
      }));
  },
};

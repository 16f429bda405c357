import type { IndexedObject, ObjectIndex } from '../../engine/object-index.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { nearestName } from '../../engine/document-schema.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { fixedText } from '../support/argo-application.ts';
import { areNamed, meant } from '../support/flux.ts';
import { analysesOf } from '../support/rollout.ts';
import { mayBeRenamed } from '../support/whole-object.ts';

export const knownAnalysisTemplate: RepositoryRule = {
  scope: 'repository',
  kinds: ['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate'],
  context: KUSTOMIZATION_GLOBS,
  judge(_files, { objects, snapshot }) {
    if (mayBeRenamed(snapshot)) return [];
    return objects
      .of('argoproj.io', 'Rollout')
      .filter(({ form }) => form === 'whole')
      .flatMap((rollout) => problemsOf(rollout, objects));
  },
};

function problemsOf(rollout: IndexedObject, objects: ObjectIndex): Problem[] {
  return analysesOf(rollout.value).flatMap(({ pointer, value }) => {
    // An analysis of an experiment names one, the others list them.
    const listed = listAt(value, ['templates']).map((template, index) => ({
      template,
      at: [...pointer, 'templates', String(index)],
    }));
    return [...listed, { template: value, at: pointer }].flatMap(({ template, at }): Problem[] => {
      const name = fixedText(template, ['templateName']);
      if (name === null) return [];
      const kind =
        valueAt(template, ['clusterScope']) === true ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
      const known = objects.of('argoproj.io', kind);
      // Templates for the whole cluster are often kept by somebody else.
      if (!areNamed(known) || (kind === 'ClusterAnalysisTemplate' && known.length === 0)) return [];
      const from = kind === 'AnalysisTemplate' ? rollout : { namespace: null };
      if (meant(known, { kind, name, namespace: null }, from).length > 0) return [];
      const near = nearestName(
        name,
        known.flatMap((one) => one.name ?? []),
      );
      return [
        {
          path: rollout.path,
          manifest: rollout.position,
          pointer: [...at, 'templateName'],
          judged: name,
          values: { template: name, templateKind: kind, ...(near === null ? {} : { near }) },
          ...(near === null || near === name ? {} : { remediation: 'Did you mean `{near}`?' }),
        },
      ];
    });
  });
}

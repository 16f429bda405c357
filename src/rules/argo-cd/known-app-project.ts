import { nearestName } from '../../engine/document-schema.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { applicationSpecs, fixedText, isTemplated } from '../support/argo-application.ts';
import { mayBeRenamed } from '../support/whole-object.ts';

export const knownAppProject: RepositoryRule = {
  scope: 'repository',
  kinds: ['AppProject', 'Application', 'ApplicationSet'],
  context: KUSTOMIZATION_GLOBS,
  judge(_files, { objects, snapshot }) {
    const projects = objects.of('argoproj.io', 'AppProject');
    const names = projects.flatMap(({ name }) => name ?? []);
    const complete =
      names.length > 0 &&
      projects.every(({ name, form }) => name !== null && form !== 'template' && !isTemplated(name));
    if (!complete || mayBeRenamed(snapshot)) return [];
    const known = new Set([...names, 'default']);
    return ['Application', 'ApplicationSet']
      .flatMap((kind) => objects.of('argoproj.io', kind))
      .filter(({ form }) => form !== 'template')
      .flatMap((application) =>
        applicationSpecs(application).flatMap(({ pointer, value }): Problem[] => {
          const project = fixedText(value, ['project']);
          if (project === null || known.has(project)) return [];
          return [
            {
              path: application.path,
              manifest: application.position,
              pointer: [...pointer, 'project'],
              judged: project,
              ...wording(project, names),
            },
          ];
        }),
      );
  },
};

function wording(project: string, names: readonly string[]): Pick<Problem, 'values' | 'remediation'> {
  const near = nearestName(project, names);
  return near === null
    ? { values: { project } }
    : { values: { project, near }, remediation: 'Did you mean `{near}`? Otherwise add the AppProject.' };
}

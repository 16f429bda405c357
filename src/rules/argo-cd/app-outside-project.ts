import type { IndexedObject } from '../../engine/object-index.ts';
import type { Problem, RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { admitsNamespace, destinationOf, permitsDestination, permitsSource } from '../support/app-project.ts';
import {
  applicationSpecs,
  fixedText,
  isTemplated,
  sourcesOf,
  type Part,
} from '../support/argo-application.ts';

export const appOutsideProject: RepositoryRule = {
  scope: 'repository',
  kinds: ['AppProject', 'Application', 'ApplicationSet'],
  context: KUSTOMIZATION_GLOBS,
  judge(_files, { objects }) {
    const projects = new Map<string, IndexedObject[]>();
    for (const project of objects.of('argoproj.io', 'AppProject')) {
      if (project.name === null) continue;
      projects.set(project.name, [...(projects.get(project.name) ?? []), project]);
    }
    return ['Application', 'ApplicationSet']
      .flatMap((kind) => objects.of('argoproj.io', kind))
      .filter(({ form }) => form === 'whole')
      .flatMap((application) =>
        applicationSpecs(application).flatMap((spec) => {
          const named = projects.get(fixedText(spec.value, ['project']) ?? '') ?? [];
          // A patch changes what the project permits.
          return named.length === 0 || named.some(({ form }) => form !== 'whole')
            ? []
            : problemsOf(application, spec, named);
        }),
      );
  },
};

function problemsOf(application: IndexedObject, spec: Part, projects: readonly IndexedObject[]): Problem[] {
  const problem = (rest: Problem): Problem => ({
    path: application.path,
    manifest: application.position,
    ...rest,
    values: { project: projects[0]?.name ?? '', ...rest.values },
    related: projects.map(({ path }) => ({ message: 'the project', location: { path, range: null } })),
  });
  return [
    ...sourceProblems(spec, projects),
    ...destinationProblems(spec, projects),
    ...namespaceProblems(application, projects),
  ].map(problem);
}

function sourceProblems(spec: Part, projects: readonly IndexedObject[]): Problem[] {
  return sourcesOf(spec).flatMap(({ pointer, value }) => {
    const url = fixedText(value, ['repoURL']);
    if (url === null || projects.some((project) => permitsSource(project.value, url))) return [];
    return [{ pointer: [...pointer, 'repoURL'], judged: url }];
  });
}

function destinationProblems({ pointer, value }: Part, projects: readonly IndexedObject[]): Problem[] {
  const destination = isRecord(value['destination']) ? value['destination'] : {};
  const [name = null, server = null, namespace = null] = ['name', 'server', 'namespace'].map((key) =>
    asText(destination[key]),
  );
  const given = [name, server, namespace].filter((text) => text !== null);
  if ((name === null) === (server === null) || given.some(isTemplated)) return [];
  const target = destinationOf(name, server, namespace ?? '');
  if (projects.some((project) => permitsDestination(project.value, target))) return [];
  return [
    {
      pointer: [...pointer, 'destination'],
      atKey: true,
      judged: destination,
      values: { cluster: name ?? server ?? '', namespace: namespace ?? '(none)' },
      message:
        '{kind} `{name}` deploys to cluster `{cluster}`, namespace `{namespace}`. Its AppProject `{project}` does not ' +
        'permit that, so Argo CD refuses to sync it.',
      remediation: 'Correct the destination, or add it to `destinations` of the AppProject.',
    },
  ];
}

/** Applications outside Argo CD's namespace need the project's leave. */
function namespaceProblems(
  { namespace, kind }: IndexedObject,
  projects: readonly IndexedObject[],
): Problem[] {
  if (namespace === null || kind !== 'Application' || isTemplated(namespace)) return [];
  const admitted = projects.some(
    (project) =>
      project.namespace === null ||
      project.namespace === namespace ||
      admitsNamespace(project.value, namespace),
  );
  if (admitted) return [];
  return [
    {
      pointer: ['metadata', 'namespace'],
      judged: namespace,
      values: { namespace },
      message:
        'Application `{name}` is in namespace `{namespace}`. Its AppProject `{project}` does not list that namespace under ' +
        '`sourceNamespaces`, so Argo CD refuses to sync it.',
      remediation:
        'Move it to the namespace of Argo CD, or add the namespace to `sourceNamespaces` of the AppProject.',
    },
  ];
}

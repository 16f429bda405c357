import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt } from '../../manifests/workload.ts';
import { argoGlob } from './argo-glob.ts';
import { isTemplated } from './argo-application.ts';

/** Where an Application deploys; `name` and `server` are null where only the other one is known. */
export interface Destination {
  readonly name: string | null;
  readonly server: string | null;
  readonly namespace: string;
}

type Project = Readonly<Record<string, unknown>>;

const OWN_CLUSTER = { name: 'in-cluster', server: 'https://kubernetes.default.svc' } as const;

/** With the other name of the cluster in which Argo CD itself runs. */
export function destinationOf(name: string | null, server: string | null, namespace: string): Destination {
  if (name === OWN_CLUSTER.name || server === OWN_CLUSTER.server) return { ...OWN_CLUSTER, namespace };
  return { name, server, namespace };
}

/**
 * Whether an AppProject lets its Applications deploy from a repository, as `AppProject.IsSourcePermitted` of Argo CD
 * decides; true where that cannot be told.
 */
export function permitsSource(project: Project, repoUrl: string): boolean {
  const url = normalizedUrl(repoUrl);
  let permitted = false;
  for (const repository of textsOf(listAt(project, ['spec', 'sourceRepos']))) {
    if (isTemplated(repository) || repository.includes('{')) return true;
    const denies = repository.startsWith('!');
    const pattern = normalizedUrl(denies ? repository.slice(1) : repository);
    const matches = pattern === '*' || argoGlob(pattern, '/')(url);
    if (denies && matches) return false;
    if (denies || matches) permitted = true;
  }
  return permitted;
}

/**
 * Whether an AppProject lets its Applications deploy to a destination, as `AppProject.IsDestinationPermitted` of Argo CD
 * decides; true where that cannot be told, such as for a server of which only the name is known.
 */
export function permitsDestination(project: Project, destination: Destination): boolean {
  const spec = isRecord(project['spec']) ? project['spec'] : {};
  if (spec['permitOnlyProjectScopedClusters'] === true) return true;
  let permitted = false;
  for (const item of listAt(project, ['spec', 'destinations']).filter(isRecord)) {
    const [name, server, namespace] = ['name', 'server', 'namespace'].map((key) => asText(item[key]) ?? '');
    if ([name, server, namespace].some((text) => isTemplated(text ?? ''))) return true;
    const answers = [
      matches(name ?? '', destination.name),
      matches(server ?? '', destination.server),
      matches(namespace ?? '', destination.namespace),
    ] as const;
    if ((answers[0] !== 'no' || answers[1] !== 'no') && answers[2] !== 'no') permitted = true;
    else if (answers.some((answer, index) => answer === 'no' && isDenial([name, server, namespace][index])))
      return false;
  }
  return permitted;
}

/** Whether an AppProject admits Applications from a namespace other than its own; true where that cannot be told. */
export function admitsNamespace(project: Project, namespace: string): boolean {
  return textsOf(listAt(project, ['spec', 'sourceNamespaces'])).some(
    (pattern) => isTemplated(pattern) || /^\/.*\/$/s.test(pattern) || argoGlob(pattern)(namespace),
  );
}

function matches(pattern: string, text: string | null): 'yes' | 'no' | 'unknown' {
  if (pattern === '') return text === '' ? 'yes' : 'no';
  if (text === null) return 'unknown';
  const denies = isDenial(pattern);
  const matched = pattern === '*' || argoGlob(denies ? pattern.slice(1) : pattern)(text);
  return matched === denies ? 'no' : 'yes';
}

function isDenial(pattern: string | undefined): boolean {
  return pattern?.startsWith('!') === true;
}

/** The form in which Argo CD compares addresses of repositories (`util/git.NormalizeGitURL`). */
export function normalizedUrl(url: string): string {
  let text = url.trim().toLowerCase();
  if (/^(?:ssh:\/\/)?[^/:]*@[^@]+$/.test(text) && !text.startsWith('ssh://')) text = text.replace(':', '/');
  return text.replace(/\.git$/, '').replace(/^ssh:\/\//, '');
}

function textsOf(values: readonly unknown[]): string[] {
  return values.flatMap((value) => asText(value) ?? []);
}

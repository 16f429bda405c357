import { posix } from 'node:path';
import { formOf } from '../../engine/object-form.ts';
import type { IndexedObject } from '../../engine/object-index.ts';
import type { JudgedFile, Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { isKustomizationPath } from '../../manifests/kustomization.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import {
  placedAsWritten,
  twinsAmong,
  twinsInKustomizations,
  type Twin,
} from '../support/deployed-together.ts';
import { KUSTOMIZE_GLOBS } from '../support/kustomize.ts';

/** Kinds that repositories deploy in their own files. Others are compared within a file. */
const KINDS = (
  'Deployment StatefulSet DaemonSet CronJob Job Service Ingress ConfigMap Secret ServiceAccount Namespace Role ' +
  'RoleBinding ClusterRole ClusterRoleBinding PersistentVolumeClaim NetworkPolicy PodDisruptionBudget ' +
  'HorizontalPodAutoscaler HelmRelease HelmRepository GitRepository OCIRepository Kustomization Application ' +
  'ApplicationSet AppProject Rollout ExternalSecret SealedSecret Certificate HTTPRoute ServiceMonitor PrometheusRule'
).split(' ');
const TWICE_IN_FILE =
  '{kind} `{name}` stands twice in `{by}`: the two overwrite each other, and which one is left depends on the tool.';
const TWICE_IN_FOLDER =
  '{kind} `{name}` stands in `{other}` as well, and `{by}` is deployed as a whole: the two overwrite each other.';

export const noDuplicateObject: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZE_GLOBS,
  kinds: KINDS,
  judge(files, context) {
    const objects = context.objects.all.filter(({ kind }) => KINDS.includes(kind));
    const reported = new Set<string>();
    const inFiles = [...files].flatMap(([path, open]) =>
      context.changed?.has(path) === false ? [] : twinsInFile(open(), context),
    );
    const found = [
      ...inFiles.map((twin) => [twin, TWICE_IN_FILE] as const),
      ...twinsInKustomizations(objects, context.snapshot).map((twin) => [twin, undefined] as const),
      ...twinsInFolders(objects, context).map((twin) => [twin, TWICE_IN_FOLDER] as const),
    ];
    return found.flatMap(([twin, message]) => {
      const id = `${twin.second.path} ${String(twin.second.position)}`;
      if (reported.has(id)) return [];
      reported.add(id);
      return [problemOf(twin, message, files)];
    });
  },
};

function problemOf(
  { first, second, deployedBy }: Twin,
  message: string | undefined,
  files: ReadonlyMap<string, () => JudgedFile>,
): Problem {
  const range = files.get(first.path)?.().manifests[first.position]?.rangeOf(['metadata', 'name']) ?? null;
  return {
    path: second.path,
    manifest: second.position,
    pointer: ['metadata', 'name'],
    judged: [second.kind, second.name, first.path, deployedBy],
    values: { other: first.path, by: deployedBy },
    related: [{ message: 'The other one.', location: { path: first.path, range } }],
    ...(message === undefined ? {} : { message }),
  };
}

/** Of changed files: whoever changes one sees it as a whole. */
function twinsInFile(file: JudgedFile, { snapshot }: RuleContext): Twin[] {
  if (file.template || file.manifests.length < 2) return [];
  const placed = file.manifests.flatMap((manifest, position) => {
    const { path, apiVersion, group, kind, name, namespace, value } = manifest;
    if (formOf(manifest, { file, snapshot }) !== 'whole') return [];
    return placedAsWritten({
      path,
      position,
      apiVersion,
      group,
      kind,
      name,
      namespace,
      value,
      manifest,
      form: 'whole',
    });
  });
  return twinsAmong(placed, file.path);
}

/** Folders without a kustomization that Argo CD or Flux deploys as they are. */
function twinsInFolders(objects: readonly IndexedObject[], { snapshot }: RuleContext): Twin[] {
  const kustomized = new Set(
    [...snapshot.paths].filter(isKustomizationPath).map((path) => posix.dirname(path)),
  );
  const folders = new Set(objects.flatMap(deployedFolders).filter((folder) => !kustomized.has(folder)));
  if (folders.size === 0) return [];
  const inFolder = Map.groupBy(objects, ({ path }) => posix.dirname(path));
  return [...folders].flatMap((folder) =>
    twinsAmong((inFolder.get(folder) ?? []).flatMap(placedAsWritten), folder),
  );
}

function deployedFolders({ group, kind, value }: IndexedObject): string[] {
  const spec = isRecord(value['spec']) ? value['spec'] : {};
  if (group === 'kustomize.toolkit.fluxcd.io') return folderOf(spec['path']);
  if (group !== 'argoproj.io' || kind !== 'Application') return [];
  const sources = Array.isArray(spec['sources']) ? (spec['sources'] as unknown[]) : [];
  return [spec['source'], ...sources].flatMap((source) => (isRecord(source) ? folderOf(source['path']) : []));
}

function folderOf(path: unknown): string[] {
  const text = asText(path);
  return text === null ? [] : [posix.normalize(text).replace(/^\/|\/$/g, '')];
}

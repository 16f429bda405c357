import { formOf } from '../../engine/object-form.ts';
import type { JudgedFile, Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import {
  DEFINITION_GROUP,
  DEFINITION_KIND,
  isDefinition,
  readDefinition,
} from '../../manifests/custom-resources/definition.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, type Manifest } from '../../manifests/manifest.ts';
import { valueAt } from '../../manifests/workload.ts';
import { DEFINITION_KINDS, groupsDefinedIn } from '../support/custom-types.ts';
import { lostManifests } from '../support/lost-objects.ts';

const MAX_NAMED = 5;

/** What keeps an object in the cluster that is no longer deployed. */
const KEEPING: Readonly<Record<string, RegExp>> = {
  'helm.sh/resource-policy': /^\s*keep\s*$/i,
  'argocd.argoproj.io/sync-options': /(?:^|,)\s*Prune=(?:false|confirm)\s*(?:,|$)/i,
  'kustomize.toolkit.fluxcd.io/prune': /^\s*disabled\s*$/i,
};

export const definitionRemovedWhileUsed: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  kinds: DEFINITION_KINDS,
  concerns: groupsDefinedIn,
  judge(files, context) {
    return removedDefinitions(context).flatMap((manifest) => problemOf(manifest, files, context));
  },
};

function removedDefinitions(context: RuleContext): Manifest[] {
  const left = new Set(
    context.objects
      .of(DEFINITION_GROUP, DEFINITION_KIND)
      .filter(({ form }) => form !== 'partial')
      .map(({ name }) => name),
  );
  const before = context.base;
  if (before === null || before === undefined) return [];
  return lostManifests(context).filter(
    (manifest) =>
      isDefinition(manifest) &&
      !left.has(manifest.name) &&
      !isKept(manifest) &&
      formOf(manifest, { snapshot: before }) === 'whole',
  );
}

function isKept({ value }: Manifest): boolean {
  return Object.entries(KEEPING).some(([key, pattern]) =>
    pattern.test(asText(valueAt(value, ['metadata', 'annotations', key])) ?? ''),
  );
}

function problemOf(
  removed: Manifest,
  files: ReadonlyMap<string, () => JudgedFile>,
  context: RuleContext,
): Problem[] {
  const definition = readDefinition(removed);
  if (definition === null) return [];
  const { group, kind } = definition;
  const users = usersOf(group, kind, files, context);
  if (users.length === 0) return [];
  const rest = users.length - MAX_NAMED;
  const paths = [...new Set(users.map(({ path }) => path))].slice(0, MAX_NAMED);
  return [
    {
      path: removed.path,
      judged: users.map(({ path, name }) => [path, name]),
      values: {
        name: removed.name ?? '',
        defined: kind,
        users:
          users
            .slice(0, MAX_NAMED)
            .map(({ name }) => name ?? '(unnamed)')
            .join(', ') + (rest > 0 ? ` and ${String(rest)} more` : ''),
        where: paths.join(', '),
      },
      related: paths.map((path) => ({ message: `a ${kind}`, location: { path, range: null } })),
    },
  ];
}

function usersOf(
  group: string,
  kind: string,
  files: ReadonlyMap<string, () => JudgedFile>,
  { snapshot }: RuleContext,
): Manifest[] {
  const users = [...files].flatMap(([path, open]) => {
    const content = snapshot.files.get(path)?.content ?? null;
    if (content === null || !Buffer.from(content).includes(`${group}/`)) return [];
    const file = open();
    return file.manifests.filter(
      (manifest) =>
        manifest.group === group &&
        manifest.kind === kind &&
        formOf(manifest, { file, snapshot }) === 'whole',
    );
  });
  // Who is named must not depend on the order in which files were loaded.
  const keyOf = ({ path, namespace, name }: Manifest): string => JSON.stringify([path, namespace, name]);
  return users.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

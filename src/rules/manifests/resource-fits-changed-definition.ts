import { formOf } from '../../engine/object-form.ts';
import type { JudgedFile, Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { DEFINITION_GROUP, DEFINITION_KIND } from '../../manifests/custom-resources/definition.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import {
  customTypesOf,
  DEFINITION_KINDS,
  groupsDefinedIn,
  type CustomTypes,
} from '../support/custom-types.ts';
import { definedProblems } from '../support/defined-problems.ts';
import { isFault } from '../support/schema-problems.ts';

const NOT_SERVED =
  '{kind} `{name}` uses `{apiVersion}`, which its definition does not serve after this change: its next sync fails.';
const CORRECT = 'Move the object to a version that is served, or keep serving this one.';

export const resourceFitsChangedDefinition: RepositoryRule = {
  scope: 'repository',
  context: KUSTOMIZATION_GLOBS,
  kinds: DEFINITION_KINDS,
  concerns: groupsDefinedIn,
  judge(files, context) {
    const groups = changedGroups(context);
    if (groups.size === 0) return [];
    const types = customTypesOf(context.objects);
    return [...files].flatMap(([path, open]) => {
      if (context.changed?.has(path) === true || !mentions(context, path, groups)) return [];
      return problemsIn(open(), groups, types, context);
    });
  },
};

/** `group/Kind` of the definitions that the change touches. */
function changedGroups({ objects, changed }: RuleContext): ReadonlySet<string> {
  return new Set(
    objects
      .of(DEFINITION_GROUP, DEFINITION_KIND)
      .filter(({ path }) => changed?.has(path) === true)
      .flatMap(({ value }) => kindOf(value)),
  );
}

function kindOf(definition: Readonly<Record<string, unknown>>): string[] {
  const { spec } = definition as { spec?: { group?: unknown; names?: { kind?: unknown } } };
  return typeof spec?.group === 'string' && typeof spec.names?.kind === 'string'
    ? [`${spec.group}/${spec.names.kind}`]
    : [];
}

function mentions({ snapshot }: RuleContext, path: string, kinds: ReadonlySet<string>): boolean {
  const content = snapshot.files.get(path)?.content ?? null;
  if (content === null) return false;
  const bytes = Buffer.from(content);
  return [...kinds].some((kind) => bytes.includes(`${kind.split('/', 1)[0] ?? ''}/`));
}

function problemsIn(
  file: JudgedFile,
  kinds: ReadonlySet<string>,
  types: CustomTypes,
  { snapshot }: RuleContext,
): Problem[] {
  return file.manifests.flatMap((manifest, position) => {
    if (!kinds.has(`${manifest.group}/${manifest.kind}`)) return [];
    const form = formOf(manifest, { file, snapshot });
    if (form === 'template') return [];
    const problems =
      types.servedFor(manifest).length === 0
        ? [notServed(manifest)]
        : definedProblems(manifest, (fault) => isFault(fault, manifest, form), types, { file });
    return problems.map((problem) => ({ ...problem, path: file.path, manifest: position }));
  });
}

function notServed(manifest: Manifest): Problem {
  return {
    pointer: ['apiVersion'],
    judged: manifest.apiVersion,
    message: NOT_SERVED,
    remediation: CORRECT,
    values: { apiVersion: manifest.apiVersion },
  };
}

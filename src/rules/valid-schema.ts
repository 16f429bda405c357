import { formOf, type ObjectForm } from '../engine/object-form.ts';
import type { ManifestRule, Problem, RuleContext } from '../engine/rule.ts';
import { publishedKind } from '../manifests/custom-resources/published.ts';
import { TooMuchWork } from '../manifests/custom-resources/work.ts';
import { schemaOf, type Target } from '../manifests/kubernetes/catalogue.ts';
import { checkValue } from '../manifests/kubernetes/check-value.ts';
import type { Fault } from '../manifests/kubernetes/schema.ts';
import { KUSTOMIZATION_GLOBS } from '../manifests/kustomization.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { customTypesOf, DEFINITION_KINDS, type CustomTypes, type Defined } from './support/custom-types.ts';
import { nameTargets, targetsFor } from './support/kubernetes-targets.ts';
import { isFault, schemaProblem, type SchemaSource } from './support/schema-problems.ts';

const TOO_MUCH =
  '{kind} `{name}` was not checked against its definition in `{definition}`, because its schema takes too much work: ' +
  'conditions within conditions, or patterns over long texts.';
const SIMPLIFY = 'Make the schema or the object simpler.';

/** The server writes the status itself and drops what a file says of it; SOPS takes its own part out before that. */
const LEFT_OUT: ReadonlySet<string> = new Set(['status', 'sops']);

/** The API server keeps anything in these; only the controller looks closer, when it runs them. */
const LOOSE_PROJECTS: ReadonlySet<string> = new Set(['Argo Workflows']);

export const validSchema: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  kinds: DEFINITION_KINDS,
  judge(manifest, context) {
    const targets = targetsFor(manifest, context.policy);
    const judged = targets.filter((target) => schemaOf(manifest.apiVersion, manifest.kind, target) !== null);
    const form = formOf(manifest, context);
    if (form === 'template') return [];
    return judged.length > 0 ? judgeBuiltIn(manifest, judged, form) : judgeCustom(manifest, form, context);
  },
};

function judgeBuiltIn(manifest: Manifest, targets: readonly Target[], form: ObjectForm): Problem[] {
  const found = new Map<string, { fault: Fault; in: Target[] }>();
  for (const target of targets) {
    const schema = schemaOf(manifest.apiVersion, manifest.kind, target);
    if (schema === null) continue;
    for (const fault of checkValue(contentOf(manifest), schema).filter((one) =>
      isFault(one, manifest, form),
    )) {
      const key = JSON.stringify([fault.type, fault.pointer, 'field' in fault ? fault.field : null]);
      const entry = found.get(key) ?? { fault, in: [] };
      entry.in.push(target);
      found.set(key, entry);
    }
  }
  return [...found.values()].map((one) => {
    const every = one.in.every(({ minor }) => minor === '');
    return schemaProblem(manifest, one.fault, { where: every ? 'Kubernetes' : nameTargets(one.in) });
  });
}

function judgeCustom(manifest: Manifest, form: ObjectForm, context: RuleContext): Problem[] {
  const types = customTypesOf(context.objects);
  if (types.definitionsOf(manifest).length > 0) {
    return judgeDefined(manifest, types.servedFor(manifest), form, types);
  }
  const published = publishedKind(manifest.apiVersion, manifest.kind);
  if (published === null) return [];
  const loose = LOOSE_PROJECTS.has(published.project);
  const source: SchemaSource = {
    where: `the published description of ${published.project}`,
    severityOfNews: 'warning',
    ...(loose ? { severity: 'warning' } : {}),
  };
  return checkValue(contentOf(manifest), published.schema)
    .filter((fault) => isFault(fault, manifest, form) && !(loose && fault.type === 'missing-field'))
    .map((fault) => schemaProblem(manifest, fault, source));
}

/** What one of several definitions takes is right; else the nearest tells what is wrong. */
function judgeDefined(
  manifest: Manifest,
  defined: readonly Defined[],
  form: ObjectForm,
  types: CustomTypes,
): Problem[] {
  let nearest: Problem[] | null = null;
  for (const { definition, version } of defined) {
    const problems = judgeBy({ definition, version }, manifest, form, types);
    if (problems.length === 0) return [];
    nearest ??= problems;
  }
  return nearest ?? [];
}

function judgeBy(
  { definition, version }: Defined,
  manifest: Manifest,
  form: ObjectForm,
  types: CustomTypes,
): Problem[] {
  try {
    return types.checker
      .check(contentOf(manifest), definition, version)
      .filter((fault) => isFault(fault, manifest, form))
      .map((fault) => schemaProblem(manifest, fault, { where: `its definition in ${definition.path}` }));
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return [
      {
        pointer: ['kind'],
        message: TOO_MUCH,
        remediation: SIMPLIFY,
        values: { definition: definition.path },
      },
    ];
  }
}

function contentOf(manifest: Manifest): Record<string, unknown> {
  return Object.fromEntries(Object.entries(manifest.value).filter(([key]) => !LEFT_OUT.has(key)));
}

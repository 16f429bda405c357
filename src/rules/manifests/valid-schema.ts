import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule, Problem, RuleContext } from '../../engine/rule.ts';
import { publishedDefinition } from '../../manifests/custom-resources/published-definitions.ts';
import { publishedKind } from '../../manifests/custom-resources/published.ts';
import { schemaOf, type Target } from '../../manifests/kubernetes/catalogue.ts';
import { checkValue } from '../../manifests/kubernetes/check-value.ts';
import type { Fault } from '../../manifests/kubernetes/schema.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { checkedProblems, contentOf, definedProblems } from '../support/defined-problems.ts';
import { customTypesOf, DEFINITION_KINDS } from '../support/custom-types.ts';
import { isMissingForGood, KUSTOMIZE_GLOBS } from '../support/kustomize.ts';
import { nameTargets, targetsFor } from '../support/kubernetes-targets.ts';
import { publishedFaults } from '../support/published-faults.ts';
import { stubProblem } from '../support/stub-objects.ts';
import { isFault, schemaProblem, type SchemaSource } from '../support/schema-problems.ts';

/** The API server keeps anything in these; only the controller looks closer, when it runs them. */
const LOOSE_PROJECTS: ReadonlySet<string> = new Set(['Argo Workflows']);

export const validSchema: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZE_GLOBS,
  kinds: DEFINITION_KINDS,
  judge(manifest, context) {
    const targets = targetsFor(manifest, context.policy);
    const judged = targets.filter((target) => schemaOf(manifest.apiVersion, manifest.kind, target) !== null);
    const form = formOf(manifest, context);
    if (form === 'template') return [];
    const isWrong = (fault: Fault): boolean =>
      isFault(fault, manifest, form) &&
      (fault.type !== 'missing-field' || isMissingForGood(manifest, context, fault.field));
    return judged.length > 0
      ? judgeBuiltIn(manifest, judged, isWrong, context)
      : judgeCustom(manifest, isWrong, context);
  },
};

type IsWrong = (fault: Fault) => boolean;

function judgeBuiltIn(
  manifest: Manifest,
  targets: readonly Target[],
  isWrong: IsWrong,
  context: RuleContext,
): Problem[] {
  const found = new Map<string, { fault: Fault; in: Target[] }>();
  for (const target of targets) {
    const schema = schemaOf(manifest.apiVersion, manifest.kind, target);
    if (schema === null) continue;
    for (const fault of checkValue(contentOf(manifest), schema).filter(isWrong)) {
      const key = JSON.stringify([fault.type, fault.pointer, 'field' in fault ? fault.field : null]);
      const entry = found.get(key) ?? { fault, in: [] };
      entry.in.push(target);
      found.set(key, entry);
    }
  }
  const all = [...found.values()];
  const stub = stubProblem(
    manifest,
    all.map(({ fault }) => fault),
    context,
  );
  const problems = all
    .filter(({ fault }) => stub === null || fault.type !== 'missing-field')
    .map((one) => {
      const every = one.in.every(({ minor }) => minor === '');
      return schemaProblem(
        manifest,
        one.fault,
        { where: every ? 'Kubernetes' : nameTargets(one.in) },
        context,
      );
    });
  return stub === null ? problems : [stub, ...problems];
}

function judgeCustom(manifest: Manifest, isWrong: IsWrong, context: RuleContext): Problem[] {
  const types = customTypesOf(context.objects);
  if (types.definitionsOf(manifest).length > 0) {
    return definedProblems(manifest, isWrong, types, context);
  }
  const defined = publishedDefinition(manifest.apiVersion, manifest.kind);
  if (defined !== null) {
    return checkedProblems(manifest, defined, publishedSource(defined.project), isWrong, types, context);
  }
  const published = publishedKind(manifest.apiVersion, manifest.kind);
  if (published === null) return [];
  const loose = LOOSE_PROJECTS.has(published.project);
  const source: SchemaSource = {
    ...publishedSource(published.project),
    ...(loose ? { severity: 'warning' } : {}),
  };
  const faults = checkValue(contentOf(manifest), published.schema).filter(
    (fault) => isWrong(fault) && !(loose && fault.type === 'missing-field'),
  );
  return publishedFaults(faults, published.project, manifest.kind).map(({ fault, ...certainty }) =>
    schemaProblem(manifest, fault, { ...source, ...certainty }, context),
  );
}

function publishedSource(project: string): SchemaSource {
  return { where: `the published description of ${project}`, severityOfNews: 'warning' };
}

import type { Problem, RuleContext } from '../../engine/rule.ts';
import { TooMuchWork } from '../../manifests/custom-resources/work.ts';
import type { Fault } from '../../manifests/kubernetes/schema.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { CustomTypes, Defined } from './custom-types.ts';
import { schemaProblem, type SchemaSource } from './schema-problems.ts';

const TOO_MUCH =
  '{kind} `{name}` was not checked against {definition}, because its schema takes too much work: ' +
  'conditions within conditions, or patterns over long texts.';
const SIMPLIFY = 'Make the schema or the object simpler.';

/** The server writes the status itself and drops what a file says of it; SOPS takes its own part out before that. */
const LEFT_OUT: ReadonlySet<string> = new Set(['status', 'sops']);

/** What one of several definitions takes is right; else the nearest tells what is wrong. */
export function definedProblems(
  manifest: Manifest,
  isWrong: (fault: Fault) => boolean,
  types: CustomTypes,
  context: Pick<RuleContext, 'file'>,
): Problem[] {
  let nearest: Problem[] | null = null;
  for (const { definition, version } of types.servedFor(manifest)) {
    const source = { where: `its definition in ${definition.path}` };
    const problems = checkedProblems(manifest, { definition, version }, source, isWrong, types, context);
    if (problems.length === 0) return [];
    nearest ??= problems;
  }
  return nearest ?? [];
}

/** Where an object is not what one definition of its kind says. */
export function checkedProblems(
  manifest: Manifest,
  { definition, version }: Defined,
  source: SchemaSource,
  isWrong: (fault: Fault) => boolean,
  types: CustomTypes,
  context: Pick<RuleContext, 'file'>,
): Problem[] {
  try {
    return types.checker
      .check(contentOf(manifest), definition, version)
      .filter(isWrong)
      .map((fault) => schemaProblem(manifest, fault, source, context));
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    const values = { definition: source.where };
    return [{ pointer: ['kind'], message: TOO_MUCH, remediation: SIMPLIFY, values }];
  }
}

/** The parts of an object that somebody writes. */
export function contentOf(manifest: Manifest): Record<string, unknown> {
  return Object.fromEntries(Object.entries(manifest.value).filter(([key]) => !LEFT_OUT.has(key)));
}

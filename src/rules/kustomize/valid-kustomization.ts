import { posix } from 'node:path';
import { nearestName } from '../../engine/document-schema.ts';
import { generatorFaults } from '../support/kustomize-generators.ts';
import type { FileRule, Problem, RuleContext } from '../../engine/rule.ts';
import type { Fault } from '../../manifests/kubernetes/schema.ts';
import { checkValue } from '../../manifests/kubernetes/check-value.ts';
import { KUSTOMIZATION_SCHEMA } from '../../manifests/kustomization-schema.ts';
import { isKustomizationPath, KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRemoteReference, resolveReference } from '../../manifests/kustomize-references.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { isPlaceholder } from '../../manifests/placeholder.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';

const STOPS = 'kustomize refuses the file, so nothing of it is deployed any more.';
const UNKNOWN = `The kustomization has the field \`{pointer}\`, which kustomize does not know: ${STOPS}`;
const WRONG = `\`{pointer}\` of the kustomization must be {wanted}, and is {found}: ${STOPS}`;
const WRONG_KIND = `The \`kind\` of a kustomization is \`Kustomization\` or \`Component\`, and this one is \`{found}\`: ${STOPS}`;
const WRONG_VERSION = `The \`apiVersion\` of a {kind} is \`{wanted}\`, and this one is \`{found}\`: ${STOPS}`;
const SEVERAL =
  'The folder has two kustomizations, this one and `{other}`, and kustomize takes only one: it stops there, so that nothing of ' +
  'them is deployed.';
const REPEATED = `\`{field}\` names the same thing a second time, so that its objects are there twice: ${STOPS}`;
const MERGE = 'Merge the two, and delete one.';
const RENAME = 'Did you mean `{near}`?';
const REMOVE = 'Remove it, or correct its name.';
const CORRECT = 'Write {wanted} there.';
const VERSIONS: Readonly<Record<string, string>> = {
  Kustomization: 'kustomize.config.k8s.io/v1beta1',
  Component: 'kustomize.config.k8s.io/v1alpha1',
};
/** Kinds of other tools that are kept in a file of this name. */
const FLUX = 'kustomize.toolkit.fluxcd.io/';

export const validKustomization: FileRule = {
  scope: 'file',
  context: KUSTOMIZATION_GLOBS,
  judge(file, context) {
    const value = file.yaml?.documents[0]?.value;
    if (!isKustomizationPath(file.path) || file.template || !isRecord(value)) return [];
    if (typeof value['apiVersion'] === 'string' && value['apiVersion'].startsWith(FLUX)) return [];
    return [
      ...twinProblems(file.path, context),
      ...typeProblems(value),
      ...repeatedProblems(value, file.path),
      ...generatorFaults(value),
      ...checkValue(value, KUSTOMIZATION_SCHEMA).flatMap((fault) => problemOf(fault, value) ?? []),
    ];
  },
};

function twinProblems(path: string, { snapshot }: RuleContext): Problem[] {
  const folder = posix.dirname(path);
  const twins = KUSTOMIZATION_GLOBS.map((glob) => posix.join(folder, posix.basename(glob))).filter(
    (one) => one !== path && snapshot.files.has(one),
  );
  return twins.slice(0, 1).map((other) => ({
    range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } },
    place: 'twin',
    message: SEVERAL,
    remediation: MERGE,
    values: { other: posix.basename(other) },
  }));
}

/** Whatever a list of resources names twice is in the kustomization twice. */
function repeatedProblems(value: Readonly<Record<string, unknown>>, path: string): Problem[] {
  const folder = posix.dirname(path);
  return ['resources', 'bases'].flatMap((field) => {
    const seen = new Set<string>();
    return listAt(value, [field]).flatMap((item, index): Problem[] => {
      if (typeof item !== 'string' || isPlaceholder(item)) return [];
      const target = isRemoteReference(item) ? item : resolveReference(folder, item);
      if (!seen.has(target)) {
        seen.add(target);
        return [];
      }
      const pointer = [field, String(index)];
      return [
        {
          pointer,
          judged: item,
          message: REPEATED,
          remediation: 'Take one of the two out.',
          values: { field },
        },
      ];
    });
  });
}

function typeProblems({ kind = 'Kustomization', apiVersion }: Readonly<Record<string, unknown>>): Problem[] {
  if (typeof kind !== 'string' || kind === '' || isPlaceholder(kind)) return [];
  const wanted = Object.hasOwn(VERSIONS, kind) ? VERSIONS[kind] : undefined;
  if (wanted === undefined) {
    const near = nearestName(kind, Object.keys(VERSIONS)) ?? 'Kustomization';
    return [
      {
        pointer: ['kind'],
        judged: kind,
        message: WRONG_KIND,
        remediation: 'Write `{near}` there.',
        values: { found: kind, near },
      },
    ];
  }
  if (
    typeof apiVersion !== 'string' ||
    apiVersion === '' ||
    apiVersion === wanted ||
    isPlaceholder(apiVersion)
  )
    return [];
  return [
    {
      pointer: ['apiVersion'],
      judged: apiVersion,
      message: WRONG_VERSION,
      remediation: 'Write `{wanted}` there.',
      values: { kind, wanted, found: apiVersion },
    },
  ];
}

function problemOf(fault: Fault, root: unknown): Problem | null {
  if (fault.type === 'unknown-field') {
    const name = fault.pointer.at(-1) ?? '';
    // Go's decoder does not mind capitals.
    if (fault.known.some((known) => known.toLowerCase() === name.toLowerCase())) return null;
    const near = nearestName(name, fault.known);
    return {
      pointer: fault.pointer,
      atKey: true,
      judged: name,
      message: UNKNOWN,
      remediation: near === null ? REMOVE : RENAME,
      values: { near: near ?? '' },
    };
  }
  if (fault.type !== 'wrong-type') return null;
  const value = valueAt(root, fault.pointer);
  if (typeof value === 'string' && isPlaceholder(value)) return null;
  return {
    pointer: fault.pointer,
    judged: fault.found,
    message: WRONG,
    remediation: CORRECT,
    values: { wanted: fault.wanted, found: fault.found },
  };
}

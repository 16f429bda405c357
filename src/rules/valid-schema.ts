import { nearestName } from '../engine/document-schema.ts';
import { formOf, isDirective } from '../engine/object-form.ts';
import type { ManifestRule, Problem } from '../engine/rule.ts';
import { schemaOf, type Target } from '../manifests/kubernetes/catalogue.ts';
import { checkValue } from '../manifests/kubernetes/check-value.ts';
import type { Fault } from '../manifests/kubernetes/schema.ts';
import { KUSTOMIZATION_GLOBS } from '../manifests/kustomization.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { isPlaceholder } from '../manifests/placeholder.ts';
import { isCiphertext } from '../manifests/sops-crypt.ts';
import { valueAt } from '../manifests/workload.ts';
import { nameTargets, targetsFor } from './support/kubernetes-targets.ts';

const UNKNOWN =
  '{kind} `{name}` has the field `{pointer}`, which {where} does not know. A strict server refuses the object, and a ' +
  'lenient one drops the field without a word.';
const RENAME = 'Did you mean `{near}`?';
const REMOVE = 'Remove it, or correct its name; known here are {known}.';
const MISSING =
  '{kind} `{name}` lacks `{field}` under `{pointer}`, which {where} requires: the server refuses the object.';
const MISSING_AT_ROOT =
  '{kind} `{name}` lacks `{field}`, which {where} requires: the server refuses the object.';
const WRONG_TYPE =
  '`{pointer}` of {kind} `{name}` must be {wanted} in {where}, and is {found}: the server refuses the object.';
const WRONG_VALUE =
  '`{pointer}` of {kind} `{name}` must be {wanted} in {where}: the server refuses the object.';

/** Fields of a pod spec are many. */
const MAX_NAMED = 12;

/** The server writes the status itself and drops what a file says of it; SOPS takes its own part out before that. */
const LEFT_OUT: ReadonlySet<string> = new Set(['status', 'sops']);

export const validSchema: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    const targets = targetsFor(manifest, context.policy);
    const judged = targets.filter((target) => schemaOf(manifest.apiVersion, manifest.kind, target) !== null);
    if (judged.length === 0) return [];
    const form = formOf(manifest, context);
    if (form === 'template') return [];
    const found = new Map<string, { fault: Fault; in: Target[] }>();
    for (const target of judged) {
      for (const fault of faultsOf(manifest, target, form === 'partial')) {
        const key = JSON.stringify([fault.type, fault.pointer, 'field' in fault ? fault.field : null]);
        const entry = found.get(key) ?? { fault, in: [] };
        entry.in.push(target);
        found.set(key, entry);
      }
    }
    return [...found.values()].map((one) => problemOf(manifest, one.fault, one.in));
  },
};

function faultsOf(manifest: Manifest, target: Target, partial: boolean): Fault[] {
  const schema = schemaOf(manifest.apiVersion, manifest.kind, target);
  if (schema === null) return [];
  const value = Object.fromEntries(Object.entries(manifest.value).filter(([key]) => !LEFT_OUT.has(key)));
  return checkValue(value, schema).filter((fault) => {
    if (fault.type === 'missing-field') return !partial;
    if (fault.type === 'unknown-field') return !(partial && isDirective(fault.pointer.at(-1) ?? ''));
    const text = valueAt(manifest.value, fault.pointer);
    return typeof text !== 'string' || !(isPlaceholder(text) || isCiphertext(text));
  });
}

function problemOf(manifest: Manifest, fault: Fault, targets: readonly Target[]): Problem {
  const every = targets.every(({ minor }) => minor === '');
  const where = every ? 'Kubernetes' : nameTargets(targets);
  const judged = valueAt(manifest.value, fault.pointer) ?? null;
  switch (fault.type) {
    case 'unknown-field': {
      const near = nearestName(fault.pointer.at(-1) ?? '', fault.known);
      return {
        pointer: fault.pointer,
        atKey: true,
        judged,
        message: UNKNOWN,
        remediation: near === null ? REMOVE : RENAME,
        values: { where, near: near ?? '', known: listed(fault.known) },
      };
    }
    case 'missing-field':
      return {
        pointer: fault.pointer,
        atKey: true,
        judged: fault.field,
        message: fault.pointer.length === 0 ? MISSING_AT_ROOT : MISSING,
        values: { where, field: fault.field },
      };
    case 'wrong-type':
      return {
        pointer: fault.pointer,
        judged,
        message: WRONG_TYPE,
        values: { where, wanted: fault.wanted, found: fault.found },
      };
    case 'wrong-value':
      return {
        pointer: fault.pointer,
        judged,
        message: WRONG_VALUE,
        values: { where, wanted: fault.wanted },
      };
  }
}

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

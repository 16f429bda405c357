import { nearestName } from '../../engine/document-schema.ts';
import type { Severity } from '../../engine/finding.ts';
import { replaceInLine, textInLine } from '../../engine/line-edit.ts';
import { isDirective, type ObjectForm } from '../../engine/object-form.ts';
import type { Problem, RuleContext } from '../../engine/rule.ts';
import type { Fault } from '../../manifests/kubernetes/schema.ts';
import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import type { Pointer } from '../../manifests/position.ts';
import { isCiphertext } from '../../manifests/sops-crypt.ts';
import { valueAt } from '../../manifests/workload.ts';

const UNKNOWN =
  '{kind} `{name}` has the field `{pointer}`, which {where} does not know. A strict server refuses the object, and a ' +
  'lenient one drops the field without a word.';
const RENAME = 'Did you mean `{near}`?';
const REMOVE = 'Remove it, or correct its name; known here are {known}.';
const REMOVE_ALONE = 'Remove it: no fields are known here.';
const MISSING =
  '{kind} `{name}` lacks `{field}` under `{pointer}`, which {where} requires: the server refuses the object.';
const MISSING_AT_ROOT =
  '{kind} `{name}` lacks `{field}`, which {where} requires: the server refuses the object.';
const WRONG_TYPE =
  '`{pointer}` of {kind} `{name}` must be {wanted} in {where}, and is {found}: the server refuses the object.';
const WRONG_VALUE =
  '`{pointer}` of {kind} `{name}` must be {wanted} in {where}: the server refuses the object.';
const WRONG_OBJECT = '{kind} `{name}` must be {wanted} in {where}: the server refuses the object.';

/** Fields of a pod spec are many. */
const MAX_NAMED = 12;

/** Where the schema comes from. */
export interface SchemaSource {
  /** Fills `{where}`. */
  readonly where: string;
  /** Of what a later release of the kind may well allow: another field, another value. */
  readonly severityOfNews?: Severity;
  readonly severity?: Severity;
}

/** Whether a fault counts in an object of this form: what is filled in later, and what a part may lack, does not. */
export function isFault(fault: Fault, manifest: Manifest, form: ObjectForm): boolean {
  const partial = form === 'partial';
  if (fault.type === 'missing-field') return !partial && !isLeftToServer(fault);
  if (fault.type === 'unknown-field') {
    const field = fault.pointer.at(-1) ?? '';
    // What `kubectl create --dry-run` leaves in a template says nothing.
    if (field === 'creationTimestamp' && valueAt(manifest.value, fault.pointer) === null) return false;
    return !(partial && isDirective(field));
  }
  const value = valueAt(manifest.value, fault.pointer);
  if (fault.type === 'wrong-value' && fault.whole && (partial || holdsFilledIn(value))) return false;
  return !isFilledInLater(value);
}

/** Of a map with a field that is filled in later, nobody can say which form it has. */
function holdsFilledIn(value: unknown): boolean {
  return isRecord(value) && Object.values(value).some(isFilledInLater);
}

/** Definitions that require a status are met by the server, which writes it. */
function isLeftToServer({ pointer, field }: Extract<Fault, { type: 'missing-field' }>): boolean {
  return pointer.length === 0 && field === 'status';
}

function isFilledInLater(value: unknown): boolean {
  if (typeof value === 'string') return holdsExpression(value) || isCiphertext(value);
  // `replicas: {{ count }}` without quotes is a map with a map for its only key.
  return (
    isRecord(value) && Object.keys(value).length === 1 && Object.keys(value)[0]?.startsWith('{') === true
  );
}

export function schemaProblem(
  manifest: Manifest,
  fault: Fault,
  source: SchemaSource,
  context: Pick<RuleContext, 'file'> = {},
): Problem {
  const judged = valueAt(manifest.value, fault.pointer) ?? null;
  const { where } = source;
  const news = fault.type === 'unknown-field' || fault.type === 'wrong-value';
  const severity = (news ? source.severityOfNews : undefined) ?? source.severity;
  const common = { pointer: fault.pointer, judged, ...(severity === undefined ? {} : { severity }) };
  switch (fault.type) {
    case 'unknown-field': {
      const near = nearestName(fault.pointer.at(-1) ?? '', fault.known);
      return {
        ...common,
        atKey: true,
        message: UNKNOWN,
        remediation: near !== null ? RENAME : fault.known.length > 0 ? REMOVE : REMOVE_ALONE,
        values: { where, near: near ?? '', known: listed(fault.known) },
        ...(near === null ? {} : renamed(manifest, fault.pointer, near, context)),
      };
    }
    case 'missing-field':
      return {
        ...common,
        atKey: true,
        judged: fault.field,
        message: fault.pointer.length === 0 ? MISSING_AT_ROOT : MISSING,
        values: { where, field: fault.field },
      };
    case 'wrong-type':
      return {
        ...common,
        message: WRONG_TYPE,
        values: { where, wanted: fault.wanted, found: fault.found },
        ...requoted(manifest, fault.pointer, fault.wanted, context),
      };
    case 'wrong-value':
      return {
        ...common,
        message: fault.pointer.length === 0 ? WRONG_OBJECT : WRONG_VALUE,
        values: { where, wanted: fault.wanted },
      };
  }
}

/** The field under the name that was meant, unless that is there, too. */
function renamed(
  manifest: Manifest,
  pointer: Pointer,
  near: string,
  context: Pick<RuleContext, 'file'>,
): Pick<Problem, 'suggestion'> {
  const parent = valueAt(manifest.value, pointer.slice(0, -1));
  if (isRecord(parent) && Object.hasOwn(parent, near)) return {};
  return replaceInLine(manifest, context, pointer, pointer.at(-1) ?? '', near, 'key');
}

/** A number or a switch in quotes where a text belongs, and without them where it must not be one. */
function requoted(
  manifest: Manifest,
  pointer: Pointer,
  wanted: string,
  context: Pick<RuleContext, 'file'>,
): Pick<Problem, 'suggestion'> {
  const written = textInLine(manifest, context, pointer);
  const value = valueAt(manifest.value, pointer);
  const quote = manifest.path.endsWith('.json') ? '"' : "'";
  // The text in a Secret's data would have to be base64, too.
  if (written === null || (manifest.kind === 'Secret' && pointer[0] === 'data')) return {};
  if (
    wanted === 'a string' &&
    ['number', 'boolean', 'bigint'].includes(typeof value) &&
    /^[\w.+-]+$/.test(written)
  ) {
    return replaceInLine(manifest, context, pointer, written, `${quote}${written}${quote}`);
  }
  const inner = /^(["'])(.*)\1$/.exec(written)?.[2];
  const fits =
    wanted === 'true or false' ? /^(?:true|false)$/ : wanted === 'an integer' ? /^(?:0|[1-9]\d*)$/ : null;
  return inner !== undefined && fits?.test(inner) === true
    ? replaceInLine(manifest, context, pointer, written, inner)
    : {};
}

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

import { editDistance } from '../../engine/document-schema.ts';
import type { Problem, RepositoryRule, RuleContext } from '../../engine/rule.ts';
import { unitWidening } from '../../graph/deployment-units.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { holdsExpression } from '../../manifests/placeholder.ts';
import { listenerProblems } from '../support/listeners.ts';
import { lostObject } from '../support/lost-objects.ts';
import {
  REFERENCE_KINDS,
  referencesIn,
  type ObjectReference,
  type ReferenceTarget,
} from '../support/object-references.ts';
import {
  mayMeet,
  placedObjectsOf,
  type PlacedObject,
  type PlacedObjects,
} from '../support/placed-objects.ts';
import { targetNames, type TargetNames } from '../support/reference-targets.ts';
import { SUPPLIER_KINDS } from '../support/pod-index.ts';
import { isClusterScoped } from '../support/scopes.ts';

const REMOVED =
  '{kind} `{name}` names the {wanted} `{missing}`, which this change removes: {kind} `{name}` does not work without it.';
const RESTORE = 'Keep it, or change the name in the same change.';
const OTHER_KIND =
  '{kind} `{name}` names the {wanted} `{missing}`, which is nowhere in the repository; what has this name is a {other}. {kind} `{name}` ' +
  'does not work so.';
const WRITE_KIND = 'Write `kind: {other}` beside the name, or add the {wanted}.';
/** Shorter names are too like each other. */
const SHORTEST = 5;
const SHORTEST_PART = 4;
/** What every cluster has. */
const BUILT_IN = /^(?:system[:-].*|admin|default|edit|view|cluster-admin)$/;

export const referencedObjectMissing: RepositoryRule = {
  scope: 'repository',
  kinds: [...new Set([...REFERENCE_KINDS, ...SUPPLIER_KINDS])],
  context: KUSTOMIZATION_GLOBS,
  widen: unitWidening,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    return placed.all
      .filter(({ object }) => object.form === 'whole')
      .flatMap((one) => [
        ...referencesIn(one.object).flatMap((reference) => problemOf(one, reference, placed, context) ?? []),
        ...listenerProblems(one, placed),
      ]);
  },
};

function problemOf(
  holder: PlacedObject,
  reference: ObjectReference,
  placed: PlacedObjects,
  context: RuleContext,
): Problem | null {
  const { name, target, pointer } = reference;
  const { object, units } = holder;
  if (BUILT_IN.test(name) || holdsExpression(name) || units.some(({ patches }) => patches(name))) return null;
  const names = targetNames(target, placed);
  if (names.has(name) || names.isOpen) return null;
  const about = { path: object.path, manifest: object.position, pointer, judged: name };
  const values = { wanted: target.kind, missing: name };
  const sibling = reference.siblings.find((one) => targetNames(one, placed).has(name));
  if (sibling !== undefined) {
    const parts = { message: OTHER_KIND, remediation: WRITE_KIND };
    return { ...about, ...parts, values: { ...values, other: sibling.kind } };
  }
  const near = nearName(reference, names, holder);
  if (near !== null) return { ...about, values: { ...values, near } };
  const isLost = !mayComeFromElsewhere(holder, reference, placed) && lostObject(target.kind, name, context);
  return isLost ? { ...about, message: REMOVED, remediation: RESTORE, values } : null;
}

function mayComeFromElsewhere(
  holder: PlacedObject,
  { name, target }: ObjectReference,
  placed: PlacedObjects,
): boolean {
  return !isClusterWide(target) && placed.mayBeSupplied(holder, [name]);
}

function isClusterWide({ kind }: ReferenceTarget): boolean {
  return isClusterScoped(kind);
}

/** The name of an object that differs by a slip of the hand. */
function nearName(
  { name, target }: ObjectReference,
  names: TargetNames,
  holder: PlacedObject,
): string | null {
  if (name.length < SHORTEST) return null;
  const near = names
    .around(name)
    .filter(({ object }) => isSlip(name, object.name ?? ''))
    // Names of accounts are alike in many namespaces.
    .find((one) => target.kind !== 'ServiceAccount' || mayMeet(one, holder));
  return near?.object.name ?? null;
}

/** One letter too many, too few or another, or two in the wrong order; but no number, and no part that tells siblings apart. */
function isSlip(name: string, known: string): boolean {
  if (known.length < SHORTEST || numbersIn(name) !== numbersIn(known)) return false;
  if (editDistance(name, known, 2) > 1 && !areSwapped(name, known)) return false;
  const [parts = [], others = []] = [name, known].map((one) => one.split(/[-.]/));
  const at = parts.findIndex((part, index) => part !== others[index]);
  const apart = Math.max(parts[at]?.length ?? 0, others[at]?.length ?? 0);
  return parts.length !== others.length || apart >= SHORTEST_PART;
}

function areSwapped(name: string, known: string): boolean {
  const at = Array.from(name).findIndex((letter, index) => letter !== known[index]);
  return (
    at >= 0 && name.slice(0, at) + (name[at + 1] ?? '') + (name[at] ?? '') + name.slice(at + 2) === known
  );
}

function numbersIn(name: string): string {
  return (name.match(/\d+/g) ?? []).join();
}

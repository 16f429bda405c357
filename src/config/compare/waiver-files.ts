import { WAIVER_PATHS } from '../../engine/waiver-file.ts';
import type { Waiver, WaiverScope } from '../../engine/waiver.ts';
import type { PlacedDifference, PolicyDifference } from '../../engine/policy-difference.ts';
import { difference, isSame } from './difference.ts';

/** What another waiver file does. A waiver is the same one as long as it is about the same findings. */
export function compareWaiverFiles(before: readonly Waiver[], after: readonly Waiver[]): PlacedDifference[] {
  const [was, is] = [byScope(before), byScope(after)];
  const scopes = [...new Set([...was.keys(), ...is.keys()])];
  const path = [...after, ...before].find(({ place }) => place !== undefined)?.place?.path ?? WAIVER_PATHS[0];
  return scopes.flatMap((scope) => {
    const [old, now] = [was.get(scope), is.get(scope)];
    const line = now?.place?.line ?? null;
    return compareWaiver(old, now).map((one) => ({ ...one, path, line }));
  });
}

/** Of several about the same findings, the one that lasts longest counts. */
function byScope(waivers: readonly Waiver[]): Map<string, Waiver> {
  const found = new Map<string, Waiver>();
  for (const waiver of waivers) {
    const scope = JSON.stringify(waiver.scope);
    const other = found.get(scope);
    if (other === undefined || endOf(other) < endOf(waiver)) found.set(scope, waiver);
  }
  return found;
}

function compareWaiver(before: Waiver | undefined, after: Waiver | undefined): PolicyDifference[] {
  const scope = (after ?? before)?.scope;
  if (scope === undefined) return [];
  const pointer = ['waivers', nameOf(scope)];
  const what = scope.type === 'finding' ? 'This finding' : findingsOf(scope);
  const [was, is] = [until(before), until(after)];
  if (before === undefined || after === undefined) {
    const says = after === undefined ? `${what} counts again.` : `${what} does not block until then.`;
    return [difference(pointer, [was, is], after === undefined ? 'stricter' : 'weaker', says)];
  }
  if (was !== is) {
    const isWeaker = endOf(after) > endOf(before);
    const says = isWeaker ? `${what} does not block for longer.` : `${what} counts again sooner.`;
    return [difference(pointer, [was, is], isWeaker ? 'weaker' : 'stricter', says)];
  }
  const [oldWords, newWords] = [wordsOf(before), wordsOf(after)];
  if (isSame(oldWords, newWords)) return [];
  return [
    difference(
      pointer,
      [oldWords, newWords],
      'other',
      'Somebody else answers for it, or for another reason.',
    ),
  ];
}

function findingsOf({ paths }: Extract<WaiverScope, { type: 'rule' }>): string {
  return paths.length === 0 ? 'What this rule finds, wherever it is,' : 'What this rule finds in these files';
}

function nameOf(scope: WaiverScope): string {
  if (scope.type === 'finding') return scope.fingerprint;
  return scope.paths.length === 0 ? scope.ruleId : `${scope.ruleId} in ${scope.paths.join(', ')}`;
}

function until(waiver: Waiver | undefined): string | null {
  return waiver === undefined ? null : waiver.until === null ? 'no end' : `until ${waiver.until}`;
}

/** Sorts as the days do; a waiver without an end is the last. */
function endOf(waiver: Waiver): string {
  return waiver.until ?? '~';
}

function wordsOf({ approver, reason }: Waiver): string {
  return `${approver}: ${reason}`;
}

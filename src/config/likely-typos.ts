import type { Environment } from './variables.ts';
import { valueOf, VARIABLES } from './variables.ts';

/** Names shorter than this have other names of every environment near them: HOME lies two letters from HOST. */
const SHORT_NAME = 6;

/** One sentence for each variable that is set and looks like one of ours written wrongly. */
export function likelyTypos(environment: Environment): readonly string[] {
  const ours: readonly string[] = VARIABLES;
  return Object.keys(environment)
    .filter((name) => !ours.includes(name) && valueOf(environment, name) !== null)
    .sort()
    .flatMap((name) => {
      const meant = nearest(name);
      return meant === null ? [] : [`${name} is not a setting and is ignored: did you mean ${meant}?`];
    });
}

function nearest(name: string): string | null {
  let best: { readonly variable: string; readonly distance: number } | null = null;
  for (const variable of VARIABLES) {
    const limit = variable.length < SHORT_NAME ? 1 : 2;
    if (Math.abs(variable.length - name.length) > limit) continue;
    const distance = editDistance(name, variable);
    if (distance <= limit && (best === null || distance < best.distance)) best = { variable, distance };
  }
  return best?.variable ?? null;
}

/** Letters to add, leave out, change, or swap with their neighbour. */
function editDistance(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

import type { PlacedDifference } from '../../engine/policy-difference.ts';
import type { Problem } from '../../engine/rule.ts';

/** Where a setting stands that differs. */
export function placed({
  path,
  line,
}: Pick<PlacedDifference, 'path' | 'line'>): Pick<Problem, 'path' | 'range'> {
  if (line === null) return { path };
  const start = { line, column: 1 };
  return { path, range: { start, end: start } };
}

/** Beyond this many, it is another policy, and reading it whole is what helps. */
const MAX_LISTED = 50;

/**
 * A problem for each difference, and one for those that are too many.
 *
 * @param more says how many more there are; `{count}` is their number
 */
export function listed(
  differences: readonly PlacedDifference[],
  problemOf: (difference: PlacedDifference) => Problem,
  more: string,
): Problem[] {
  const [next] = differences.slice(MAX_LISTED);
  const count = differences.length - MAX_LISTED;
  return [
    ...differences.slice(0, MAX_LISTED).map(problemOf),
    ...(next === undefined
      ? []
      : [{ path: next.path, values: { count: String(count) }, judged: count, message: more }]),
  ];
}

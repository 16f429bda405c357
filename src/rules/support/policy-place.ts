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

import type { RuleContext } from '../../engine/rule.ts';
import { readSopsVersion, type SopsReading } from '../../sops/reading.ts';

/**
 * The encrypted versions that a file had before: the base's, then those that commits of the change made, the latest
 * first. Each of them was a whole file once, so each tells what SOPS had made.
 */
export function earlierReadings({ previous, earlier = [], snapshot }: RuleContext): SopsReading[] {
  const versions = [...(previous ? [previous.version] : []), ...earlier];
  return versions.flatMap((version) => readSopsVersion(version, snapshot) ?? []);
}

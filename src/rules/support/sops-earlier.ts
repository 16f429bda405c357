import type { JudgedFile, Problem, RuleContext } from '../../engine/rule.ts';
import { readSops, readSopsVersion, type SopsReading, type SopsUnit } from '../../sops/reading.ts';
import { shellWord } from './shell.ts';

/** The encrypted versions from which this one was made, the oldest first: without departures that it took back. */
export function readingsBefore(context: RuleContext): SopsReading[] {
  const { previous, earlier = [], takenBack = 0, snapshot } = context;
  const versions = [...(previous ? [previous.version] : []), ...earlier.slice(takenBack).reverse()];
  return versions.flatMap((version) => readSopsVersion(version, snapshot) ?? []);
}

/**
 * The encrypted versions that a file had before: the base's, then those that commits of the change made, the latest
 * first. Each of them was a whole file once, so each tells what SOPS had made.
 */
export function earlierReadings({ previous, earlier = [], snapshot }: RuleContext): SopsReading[] {
  const versions = [...(previous ? [previous.version] : []), ...earlier];
  return versions.flatMap((version) => readSopsVersion(version, snapshot) ?? []);
}

/** What a comparison with earlier units finds in each unit of a file, with the file's name for commands. */
export function problemsOfUnits(
  file: JudgedFile,
  before: () => readonly SopsReading[],
  compare: (unit: SopsUnit, before: readonly SopsUnit[]) => Problem | null,
): Problem[] {
  const reading = readSops(file);
  if (reading === null) return [];
  const known = before().flatMap(({ units }) => units);
  return reading.units.flatMap((unit): Problem[] => {
    const problem = compare(unit, known);
    if (problem === null) return [];
    return [{ ...problem, values: { ...problem.values, file: shellWord(file.path) } }];
  });
}

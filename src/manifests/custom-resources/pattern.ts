/** A pattern that is ready to be asked. */
export interface CompiledPattern {
  readonly test: (text: string) => boolean;
  /** About how many states a match goes through for each character. */
  readonly states: number;
}

/** Null when the pattern is none that the API server takes. */
export type PatternCompiler = (source: string) => CompiledPattern | null;

/** Longer patterns than anybody writes. */
const MAX_PATTERN = 10_000;

/** @param compile makes a matcher in linear time, and throws when the pattern cannot be read */
export function boundedPatterns(compile: (source: string) => (text: string) => boolean): PatternCompiler {
  const known = new Map<string, CompiledPattern | null>();
  return (source) => {
    let compiled = known.get(source);
    if (compiled === undefined) {
      compiled = source.length > MAX_PATTERN ? null : compileOne(source, compile);
      known.set(source, compiled);
    }
    return compiled;
  };
}

function compileOne(
  source: string,
  compile: (source: string) => (text: string) => boolean,
): CompiledPattern | null {
  try {
    return { test: compile(source), states: statesOf(source) };
  } catch {
    return null;
  }
}

/** A repetition of something is as many states. */
function statesOf(source: string): number {
  let states = source.length;
  for (const [, least = '', most = ''] of source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    states += Math.max(Number(least), Number(most)) * 4;
  }
  return states;
}

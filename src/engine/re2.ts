import { RE2JS } from 're2js';
import type { RegExpEngine } from 'ajv/dist/types/index.js';

/**
 * Regular expressions in linear time, for every pattern that a configuration file can hold.
 *
 * @throws {Error} when the pattern is not RE2 (look-ahead and back-references are not)
 */
export function compilePattern(pattern: string, flags = ''): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern, flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0);
  return (text) => compiled.matcher(text).find();
}

/**
 * For Ajv's option `code.regExp`. Ajv keeps one compiled pattern for each text that `toString` gives: without one of
 * its own, every pattern of a schema would be the first.
 */
export const ajvRegExp: RegExpEngine = Object.assign(
  (pattern: string, flags: string) => ({
    test: compilePattern(pattern, flags),
    toString: () => `/${pattern}/${flags}`,
  }),
  { code: 'ajvRegExp' },
);

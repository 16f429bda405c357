/** What a version may be compared by. */
const OPERATORS = ['!=', '>=', '=>', '<=', '=<', '~>', '=', '>', '<', '~', '^'];
/** `1`, `v1.2`, `1.2.x`, `*`, `1.2.3-rc.1+build`. */
const VERSION =
  /^v?(?:\d+|[xX*])(?:\.(?:\d+|[xX*])){0,2}(?:-[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;
/** Longer than any range that somebody writes. */
const MAX_LENGTH = 500;

/**
 * Whether Helm and Flux can read a text as a version or as a range of versions: parts with `||` between them, each of comparisons
 * with spaces or commas between them, or `FROM - TO`.
 *
 * https://github.com/Masterminds/semver#checking-version-constraints
 */
export function isVersionConstraint(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  return text.split('||').every((part) => {
    const words = wordsOf(part);
    return words.length > 0 && words.every((word) => VERSION.test(word));
  });
}

/** The versions of one part, without what they are compared by; an empty text where one is missing. */
function wordsOf(part: string): string[] {
  const words: string[] = [];
  // An operator may stand apart from its version.
  const joined = part.trim().replaceAll(/([!=<>~^])\s+(?=[v\d*xX])/g, '$1');
  const tokens = joined.split(/\s*,\s*|\s+/);
  for (const [index, word] of tokens.entries()) {
    if (word === '-' && words.length % 2 === 1 && index < tokens.length - 1) continue;
    const operator = OPERATORS.find((one) => word.startsWith(one)) ?? '';
    words.push(word.slice(operator.length));
  }
  return words;
}

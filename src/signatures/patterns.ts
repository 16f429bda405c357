/** Whether a text matches one pattern of OpenSSH: `*` for any run of characters, `?` for any one. Linear in practice. */
export function matchesPattern(text: string, pattern: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  let index = 0;
  while (index < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at;
      mark = index;
      at += 1;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      index = mark;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** As OpenSSH's lists of patterns: one that matches behind `!` refuses, whatever else matches. */
export function matchesPatternList(text: string, patterns: readonly string[]): boolean {
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(text, pattern.slice(1))) return false;
    } else {
      matched ||= matchesPattern(text, pattern);
    }
  }
  return matched;
}

/**
 * Whether a list of principals names somebody. Other than for OpenSSH, case does not count, as it does not count for the
 * policy's signers: a `!` has to take from a key whatever these would give it.
 */
export function namesSigner(principals: readonly string[], identity: string): boolean {
  return matchesPatternList(
    identity.toLowerCase(),
    principals.map((principal) => principal.toLowerCase()),
  );
}

/** Those whom a list of principals names one by one, and does not take back. */
export function literalsOf(principals: readonly string[]): string[] {
  return principals.filter(
    (principal) =>
      !/[*?]/.test(principal) && !principal.startsWith('!') && namesSigner(principals, principal),
  );
}

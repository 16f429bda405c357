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

/** The patterns of a list that name one text and nothing else. */
export function literalsOf(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => !/[*?]/.test(pattern) && !pattern.startsWith('!'));
}

/** Endings of file names, before which a dot is meant as one. */
const ENDING =
  /^(?:ya?ml|ya\?ml|json|env|ini|sops|enc|encrypted|txt|key|pem|toml|tfvars|properties|conf)(?![A-Za-z0-9])/;
/** `.*.yaml` lets anything stand before the dot already, so that the dot hardly widens it. */
const ANYTHING_BEFORE = /(?:\.[*+]\??|\]\*|\]\+|\))$/;

/** The first ending before which a dot stands for any character; null when every such dot is escaped. */
export function unescapedDot(pattern: string, strict: boolean): string | null {
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === '\\') at += 1;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '.') {
      const ending = ENDING.exec(pattern.slice(at + 1).replace(/^\(?(?:\?:)?/, ''))?.[0];
      if (ending !== undefined && (strict || !ANYTHING_BEFORE.test(pattern.slice(0, at)))) return ending;
    }
  }
  return null;
}

/** Whether a pattern ends in the ending of a file's name and goes on to match when more follows: `x.yaml.bak`. */
export function lacksEnd(pattern: string): boolean {
  return /(?:ya\?ml|ya?ml|json|env|ini)\)?$/.test(pattern);
}

/** True for a pattern that every path matches. */
export function matchesEverything(pattern: string): boolean {
  return /^\^?(?:\(?\.[*+]\??\)?)?\$?$/.test(pattern);
}

/** An alternative that begins or ends with a space, as in `^(data | stringData)$`: no key has that name. */
export function hasSpacedAlternative(pattern: string): boolean {
  return /\|\s|\s\||\(\s|\s\)/.test(pattern);
}

/** Words that name an environment as a part of names: `prod` in `clusters/prod-eu/` and `values-prod.yaml`. */
export interface WordMatcher {
  /** Whether a folder of the path, or the end of its file name, has one of the words. */
  readonly inPath: (path: string) => boolean;
  /** Whether the name of a cluster or namespace, or the host in a cluster's address, has one. */
  readonly inName: (name: string) => boolean;
}

/** Words that also mean something else: they count only as the whole name or its end, as in `eu-live`. */
const AMBIGUOUS: ReadonlySet<string> = new Set(['live']);
// `non-prod` and `pre-prod` are one word each, and neither is production.
const PREFIXED = /(^|[-_.])(non|not|pre)[-_.](?=(?:prod|production|prd|live)(?:$|[-_.]))/g;
const EXTENSION = /\.(?:ya?ml|json)$/;

export function compileWords(words: readonly string[]): WordMatcher {
  const wanted = new Set(words);
  const has = (name: string): boolean => {
    const parts = partsOf(name);
    return parts.some(
      (part, index) => wanted.has(part) && (!AMBIGUOUS.has(part) || index === parts.length - 1),
    );
  };
  // Most names hold none of the words, which is quickly told.
  const stems = words.map((word) => word.replace(/^(?:non|pre)/, ''));
  const mayHave = (text: string): boolean => stems.some((stem) => text.includes(stem));
  return {
    inPath(path) {
      const lower = path.toLowerCase();
      if (!mayHave(lower)) return false;
      const segments = lower.split('/');
      const file = segments.pop() ?? '';
      if (segments.some(has)) return true;
      return EXTENSION.test(file) && wanted.has(partsOf(file.replace(EXTENSION, '')).at(-1) ?? '');
    },
    inName(name) {
      const lower = name.toLowerCase();
      return mayHave(lower) && has(hostOf(lower));
    },
  };
}

function partsOf(name: string): string[] {
  return name.replaceAll(PREFIXED, '$1$2').split(/[-_.]/);
}

function hostOf(name: string): string {
  return /^[a-z]+:\/\/([^/:]*)/.exec(name)?.[1] ?? name;
}

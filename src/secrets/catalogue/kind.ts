/** `info`: an identifier that is only worth something together with a secret; `warning`: a guess by the name of a field. */
export type KindLevel = 'error' | 'warning' | 'info';

/** One kind of credential: how it looks, and what to do when it got out. */
export interface Kind {
  /** Where gitleaks has a name for it, the same one, so that its configuration files work here too. */
  readonly id: string;
  /** Provider and kind, as a message says it. */
  readonly title: string;
  /** In Go's syntax; null for a kind that a file's name alone gives away. */
  readonly pattern: string | null;
  readonly path: string | null;
  readonly keywords: readonly string[];
  /** The secret must have more, in bits a character. 0: any. */
  readonly entropy: number;
  /** Which group of the pattern is the secret; 0: the first one that takes part. */
  readonly secretGroup: number;
  readonly level: KindLevel;
  /** What to do, as sentences. */
  readonly advice: string;
  /** Where the provider documents it. */
  readonly url: string;
  /** Found by the name before it: such a value must have digits, or it is a word. */
  readonly byName: boolean;
}

export type KindRow = Omit<Kind, 'title' | 'advice' | 'url'> & { readonly what: string };

interface Options {
  readonly keywords?: readonly string[];
  readonly level?: KindLevel;
  readonly path?: string;
}

/** A provider's kinds, which are all revoked at the same place. */
export function provider(name: string, url: string, advice: string, rows: readonly KindRow[]): Kind[] {
  return rows.map(({ what, ...row }) => ({ ...row, title: `${name} ${what}`.trim(), advice, url }));
}

/** What may stand behind a value. */
const END = '(?:[\\x60"\'\\s;,)\\]}<&|\\\\]|$)';

/** A credential that shows by itself, by a prefix for instance. The pattern must not capture. */
export function token(id: string, what: string, value: string, entropy = 0, options: Options = {}): KindRow {
  return row(
    id,
    what,
    `\\b(${value})(?:[^\\w-]|$)`,
    entropy,
    options.keywords ?? [literalPrefix(value)],
    options,
  );
}

/** A credential that only the field's name gives away: `DATADOG_API_KEY=…`, or a name with a value below it. */
export function named(
  id: string,
  what: string,
  names: string,
  value: string,
  entropy = 0,
  options: Options = {},
): KindRow {
  const words = names.split(' ');
  const name = words.map((word) => word.replaceAll('_', '[_.-]?')).join('|');
  const keywords = options.keywords ?? words.flatMap(spellings);
  return { ...row(id, what, assigned(`(?:${name})`, value), entropy, keywords, options), byName: true };
}

/** Anything else: a pattern whose first group is the credential. */
export function shape(
  id: string,
  what: string,
  pattern: string,
  keywords: readonly string[],
  entropy = 0,
  options: Options = {},
): KindRow {
  return row(id, what, pattern, entropy, keywords, options);
}

/** A name, the rest of the identifier, an operator (or a `value:` on the next line), and the value. */
export function assigned(name: string, value: string): string {
  const operator = '(?:=>|:{1,3}=|\\?=|\\|\\||[=:>,(]|\\n[ \\t]*value[ \\t]*:)';
  const block = '(?:[|>][-+]?[ \\t]*\\r?\\n[ \\t]*)?';
  return `(?i)${name}[\\w \\t.-]{0,30}["'\\x60 \\t]{0,4}\\r?${operator}["'\\x60= \\t]{0,5}${block}["'\\x60]?(${value})${END}`;
}

function row(
  id: string,
  what: string,
  pattern: string,
  entropy: number,
  keywords: readonly string[],
  { level = 'error', path }: Options,
): KindRow {
  const lower = keywords.map((keyword) => keyword.toLowerCase());
  return {
    id,
    what,
    pattern,
    path: path ?? null,
    keywords: lower,
    entropy,
    secretGroup: 0,
    level,
    byName: false,
  };
}

/** The letters that every match begins with. */
function literalPrefix(value: string): string {
  return (
    /^(?:[\w-]|\\\.)*/.exec(value.replace(/(?:[\w-]|\\\.)(?=[?*{]).*$/s, ''))?.[0].replaceAll('\\', '') ?? ''
  );
}

function spellings(word: string): string[] {
  return word.includes('_') ? ['', '_', '-', '.'].map((sign) => word.replaceAll('_', sign)) : [word];
}

const HEX8 = '[0-9a-f]{8}';
/** `8-4-4-4-12` hexadecimal digits. */
export const UUID = `${HEX8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`;

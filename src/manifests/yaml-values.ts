import { loadAll, Schema as LoaderSchema, Type } from 'js-yaml';
import type { YamlFlavour } from './yaml-file.ts';
import { resolvePlain, type Resolve } from './yaml-scalars.ts';

/** YAML's limit for a key and its colon on one line, in characters. */
const MAX_KEY = 1024;

/** Where a node may begin: at a line's start or behind an indicator. */
const BEFORE_NODE = String.raw`(?:^|[\[{,:?-]) *`;

/**
 * What the two parsers read differently, or might: each alternative names a feature, and every text that has it, even
 * inside a string, is left to the other parser.
 */
const SPECIAL = new RegExp(
  [
    // Directives, and document markers with something behind them.
    String.raw`^%`,
    String.raw`^\.\.\.`,
    String.raw`^---(?!(?: +#.*| *)$)`,
    // Anchors and tags. An alias without an anchor is an error anyway.
    String.raw`${BEFORE_NODE}[&!]`,
    // Explicit keys, merge keys, and keys that are null or a collection.
    String.raw`${BEFORE_NODE}\?(?!\S)`,
    String.raw`<<["']?\s*:`,
    String.raw`${BEFORE_NODE}["']?<<["']?(?!\S)`,
    String.raw`${BEFORE_NODE}["']?(?:~|[Nn]ull|NULL)["']?\s*:`,
    String.raw`[{,\[\]}]\s*:`,
    String.raw`${BEFORE_NODE}\{\s*[{\[]`,
    String.raw`,\s*\[`,
    // Items of which nothing stands on the line of the dash.
    String.raw`(?:^| )-(?: +#.*| *)$`,
    // Block texts that give their indentation, keep what is empty at their end, or begin with a line of spaces.
    String.raw`[|>]-?[0-9+]`,
    String.raw`[|>]-? *(?:#.*)?\n(?: +\n|#)`,
    // A block text that is all of a document, or stands below its key.
    String.raw`^ *[|>]`,
    // An escaped line break before an empty line.
    String.raw`\\\n *\n`,
    // Comments without a space before them, and those at the end of a flow collection.
    String.raw`["'\]},\[{:]#`,
    String.raw`^ *#.*\n\s*[\]},]`,
    // Tabs, carriage returns, and characters that YAML calls unprintable or a break.
    String.raw`[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]`,
  ].join('|'),
  'm',
);

/**
 * The values of a stream of YAML documents, from a parser that is many times faster than the one that knows positions.
 * Null when that parser refuses the text, or might read it in another way: this says nothing about the text. It nests no
 * deeper than 100 levels, and shares no value between two places.
 */
export function fastValues(text: string, flavour: YamlFlavour): unknown[] | null {
  if (SPECIAL.test(text) || hasLongKey(text)) return null;
  try {
    const values: unknown[] = loadAll(text, null, { schema: SCHEMAS[flavour], onWarning: refuse });
    // How many empty documents there are, the parsers count differently.
    return values.length === 0 || values.some((value) => value === null || hasOddKey(value)) ? null : values;
  } catch {
    return null;
  }
}

/** Keys that are no scalars, or null, are given other names by each parser. */
function hasOddKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return (value as unknown[]).some(hasOddKey);
  for (const [key, item] of Object.entries(value)) if (ODD_KEYS.has(key) || hasOddKey(item)) return true;
  return false;
}

const ODD_KEYS: ReadonlySet<string> = new Set(['', 'null', '[object Object]']);

function refuse(warning: Error): never {
  throw warning;
}

/** A colon beyond the limit may end a key that is too long. */
function hasLongKey(text: string): boolean {
  let colon = -1;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (end > start + MAX_KEY && colon < end) {
      if (colon < start + MAX_KEY) colon = text.indexOf(':', start + MAX_KEY);
      if (colon < 0) return false;
      if (colon < end) return true;
    }
    start = end + 1;
  }
  return false;
}

/** Without any other type, an explicit tag is an error. */
function loaderSchema(resolve: Resolve): LoaderSchema {
  let resolved: unknown;
  const scalar = new Type('tag:yaml.org,2002:scalar', {
    kind: 'scalar',
    resolve: (text: string) => {
      resolved = resolve(text);
      return resolved !== text;
    },
    construct: () => resolved,
  });
  return new LoaderSchema({ implicit: [scalar] });
}

const SCHEMAS: Readonly<Record<YamlFlavour, LoaderSchema>> = {
  cluster: loaderSchema(resolvePlain.cluster),
  core: loaderSchema(resolvePlain.core),
};

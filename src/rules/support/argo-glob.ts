import { compilePattern } from '../../engine/re2.ts';

type Matcher = (text: string) => boolean;

const known = new Map<string, Matcher>();
const MAX_KNOWN = 2_000;
/** Longer patterns and texts are no names or addresses, and match nothing. */
const MAX_LENGTH = 1_000;

/**
 * A glob as Argo CD reads it (github.com/gobwas/glob): `*` and `?` stop at the separator, if one is given, and `**` does
 * not; `[a-z]`, `[!a]`, `{a,b}` and `\*` are known. A pattern that cannot be read matches nothing.
 */
export function argoGlob(pattern: string, separator = ''): Matcher {
  const key = `${separator}\n${pattern}`;
  let matcher = known.get(key);
  if (matcher === undefined) {
    matcher = compile(pattern, separator);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, matcher);
  }
  return matcher;
}

function compile(pattern: string, separator: string): Matcher {
  if (pattern.length > MAX_LENGTH) return () => false;
  const one = separator === '' ? '(?s:.)' : `[^${separator}]`;
  let source = '';
  let open = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (char === '*') {
      const end = endOf(pattern, at, '*');
      source += end - at > 1 ? '(?s:.)*' : `${one}*`;
      at = end - 1;
    } else if (char === '?') source += one;
    else if (char === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) return () => false;
      source += listOf(pattern.slice(at + 1, end));
      at = end;
    } else if (char === '{') {
      open += 1;
      source += '(?:';
    } else if (char === '}' && open > 0) {
      open -= 1;
      source += ')';
    } else if (char === ',' && open > 0) source += '|';
    else {
      if (char === '\\') at += 1;
      source += quote(pattern.charAt(at));
    }
  }
  if (open > 0) return () => false;
  try {
    const matches = compilePattern(`^(?:${source})$`);
    return (text) => text.length <= MAX_LENGTH && matches(text);
  } catch {
    return () => false;
  }
}

function endOf(text: string, from: number, char: string): number {
  let end = from;
  while (text.charAt(end) === char) end += 1;
  return end;
}

function listOf(text: string): string {
  const negated = text.startsWith('!');
  const range = /^(.)-(.)$/su.exec(negated ? text.slice(1) : text);
  const inner =
    range === null
      ? quote(negated ? text.slice(1) : text)
      : `${quote(range[1] ?? '')}-${quote(range[2] ?? '')}`;
  return `[${negated ? '^' : ''}${inner}]`;
}

function quote(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}/-]/g, String.raw`\$&`);
}

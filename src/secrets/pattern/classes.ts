import {
  complement,
  DIGIT,
  MAX_CODE,
  normalize,
  PatternError,
  POSIX,
  SPACE,
  WORD,
  type Node,
  type Ranges,
} from './syntax.ts';

/** Goes through a pattern, character by character. */
export class Cursor {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#chars = Array.from(pattern);
  }

  ended(): boolean {
    return this.#at >= this.#chars.length;
  }

  /** Empty at the end. */
  peek(offset = 0): string {
    return this.#chars[this.#at + offset] ?? '';
  }

  skip(count: number): void {
    this.#at += count;
  }

  take(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) if (this.peek(index) !== text[index]) return false;
    this.skip(text.length);
    return true;
  }

  ahead(count: number): string {
    return this.#chars.slice(this.#at, this.#at + count).join('');
  }
}

export const PERL: ReadonlyMap<string, Ranges> = new Map([
  ['d', DIGIT],
  ['s', SPACE],
  ['w', WORD],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['t', 9],
  ['n', 10],
  ['r', 13],
  ['v', 11],
]);

/** Behind the `[`. */
export function classOf(cursor: Cursor, fold: boolean): Node {
  const negated = cursor.take('^');
  const properties: Node[] = [];
  let ranges: Ranges = [];
  for (let first = true; first || cursor.peek() !== ']'; first = false) {
    if (cursor.ended()) throw new PatternError('has a `[` that is not closed');
    const set = classSet(cursor, properties);
    if (set !== null) {
      ranges = [...ranges, ...set];
      continue;
    }
    const from = classCode(cursor);
    let to = from;
    if (cursor.peek() === '-' && cursor.peek(1) !== ']' && cursor.peek(1) !== '') {
      cursor.skip(1);
      to = classCode(cursor);
      if (to < from) throw new PatternError('has a range that runs backwards');
    }
    ranges = [...ranges, [from, to]];
  }
  cursor.skip(1);
  const plain: Node = { type: 'class', ranges: normalize(ranges), negated, fold };
  if (properties.length === 0) return plain;
  if (negated) throw new PatternError('excludes a Unicode class together with others');
  return {
    type: 'group',
    capture: false,
    body: { type: 'alternate', items: ranges.length === 0 ? properties : [plain, ...properties] },
  };
}

/** A set with a name, such as `\d` or `[:alpha:]`; null for a single letter. */
function classSet(cursor: Cursor, properties: Node[]): Ranges | null {
  if (cursor.peek() === '[' && cursor.peek(1) === ':') {
    const match = /^\[:(\^?)(\w+):\]/.exec(cursor.ahead(14));
    const ranges = match === null ? undefined : POSIX.get(match[2] ?? '');
    if (match === null || ranges === undefined) throw new PatternError('has a class that is none');
    cursor.skip(match[0].length);
    return match[1] === '' ? ranges : complement(ranges);
  }
  if (cursor.peek() !== '\\') return null;
  const char = cursor.peek(1);
  if (char === 'p' || char === 'P') {
    cursor.skip(2);
    properties.push(propertyOf(cursor, char === 'P'));
    return [];
  }
  const perl = PERL.get(char.toLowerCase());
  if (perl === undefined) return null;
  cursor.skip(2);
  return char === char.toLowerCase() ? perl : complement(perl);
}

function classCode(cursor: Cursor): number {
  if (cursor.take('\\')) {
    if (cursor.peek() === '') throw new PatternError('ends in a backslash');
    return escapedCode(cursor);
  }
  const char = cursor.peek();
  cursor.skip(1);
  return char.codePointAt(0) ?? 0;
}
/** Behind the `\p` or `\P`. */
export function propertyOf(cursor: Cursor, negated: boolean): Node {
  let name = cursor.peek();
  cursor.skip(1);
  let not = negated;
  if (name === '{') {
    name = '';
    while (cursor.peek() !== '}' && !cursor.ended()) {
      name += cursor.peek();
      cursor.skip(1);
    }
    cursor.skip(1);
    if (name.startsWith('^')) {
      not = !not;
      name = name.slice(1);
    }
  }
  if (!/^\w{1,40}$/.test(name)) throw new PatternError('has a Unicode class that is none');
  return { type: 'property', name, negated: not };
}

/** Behind the backslash. */
export function escapedCode(cursor: Cursor): number {
  const char = cursor.peek();
  cursor.skip(1);
  if (char === 'x') return hexCode(cursor);
  const control = CONTROLS.get(char);
  if (control !== undefined) return control;
  if (/[0-7]/.test(char)) {
    // `\1` would be a back-reference; only `\0`, or an octal code of more digits, is a letter.
    let digits = char;
    while (digits.length < 3 && /[0-7]/.test(cursor.peek())) {
      digits += cursor.peek();
      cursor.skip(1);
    }
    if (char !== '0' && digits.length === 1) throw new PatternError('has a back-reference');
    return Number.parseInt(digits, 8);
  }
  if (/[\w]/.test(char)) throw new PatternError(`has \`\\${char}\`, which RE2 does not know`);
  return char.codePointAt(0) ?? 0;
}

function hexCode(cursor: Cursor): number {
  const text = cursor.ahead(12);
  const match = /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,8})\})/.exec(text);
  const value = match === null ? NaN : Number.parseInt(match[1] ?? match[2] ?? '', 16);
  if (match === null || value > MAX_CODE) throw new PatternError('has a `\\x` without a code');
  cursor.skip(match[0].length);
  return value;
}

import { classOf, Cursor, escapedCode, PERL, propertyOf } from './classes.ts';
import { PatternError, type Node } from './syntax.ts';

const MAX_LENGTH = 16_384;
const MAX_DEPTH = 200;
/** As in RE2: a repetition, and repetitions within repetitions together. */
const MAX_REPEAT = 1000;

interface Flags {
  readonly fold: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  readonly ungreedy: boolean;
}

/**
 * Parses Go's regular expressions.
 *
 * @throws {PatternError} when the pattern is none, or nested or repeated beyond the limits
 */
export function parsePattern(pattern: string): Node {
  if (pattern.length > MAX_LENGTH) throw new PatternError(`is longer than ${MAX_LENGTH} characters`);
  const node = new Parser(pattern).parse();
  checkRepeats(node, 1);
  return node;
}

/** Each repetition multiplies what is within it: a pattern of a few letters must not become a program of millions. */
function checkRepeats(node: Node, factor: number): void {
  switch (node.type) {
    case 'repeat': {
      const times = Math.max(node.min, node.max ?? 1, 1);
      if (times * factor > MAX_REPEAT) throw new PatternError(`repeats more than ${MAX_REPEAT} times`);
      checkRepeats(node.body, times * factor);
      return;
    }
    case 'group':
      checkRepeats(node.body, factor);
      return;
    case 'concat':
    case 'alternate':
      for (const item of node.items) checkRepeats(item, factor);
      return;
    default:
  }
}

class Parser {
  readonly #cursor: Cursor;
  readonly #names = new Set<string>();
  #depth = 0;
  #flags: Flags = { fold: false, multiLine: false, dotAll: false, ungreedy: false };

  constructor(pattern: string) {
    this.#cursor = new Cursor(pattern);
  }

  parse(): Node {
    const node = this.#alternation();
    if (!this.#cursor.ended()) throw new PatternError('has a `)` too many');
    return node;
  }

  #alternation(): Node {
    const items = [this.#sequence()];
    while (this.#cursor.take('|')) items.push(this.#sequence());
    return items.length === 1 && items[0] !== undefined ? items[0] : { type: 'alternate', items };
  }

  #sequence(): Node {
    const items: Node[] = [];
    while (!this.#cursor.ended() && this.#cursor.peek() !== '|' && this.#cursor.peek() !== ')') {
      const quoted = this.#quoted();
      if (quoted !== null) {
        items.push(...quoted);
        continue;
      }
      const atom = this.#atom();
      if (atom !== null) items.push(this.#repeated(atom));
    }
    return items.length === 1 && items[0] !== undefined ? items[0] : { type: 'concat', items };
  }

  /** `\Q…\E`: letters without a meaning. A repetition behind it is about the last of them. */
  #quoted(): Node[] | null {
    if (!this.#cursor.take('\\Q')) return null;
    const items: Node[] = [];
    while (!this.#cursor.ended() && !this.#cursor.take('\\E')) {
      items.push(this.#literal(this.#cursor.peek()));
      this.#cursor.skip(1);
    }
    const last = items.pop();
    return last === undefined ? [] : [...items, this.#repeated(last)];
  }

  #literal(char: string): Node {
    return { type: 'literal', code: char.codePointAt(0) ?? 0, fold: this.#flags.fold };
  }

  /** Null: flags for what follows. */
  #atom(): Node | null {
    const char = this.#cursor.peek();
    this.#cursor.skip(1);
    switch (char) {
      case '.':
        return this.#flags.dotAll
          ? { type: 'class', ranges: [], negated: true, fold: false }
          : { type: 'class', ranges: [[10, 10]], negated: true, fold: false };
      case '^':
        return { type: 'assertion', kind: this.#flags.multiLine ? 'line-start' : 'text-start' };
      case '$':
        return { type: 'assertion', kind: this.#flags.multiLine ? 'line-end' : 'text-end' };
      case '(':
        return this.#group();
      case '[':
        return classOf(this.#cursor, this.#flags.fold);
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new PatternError(`has a \`${char}\` with nothing before it`);
      default:
        return this.#literal(char);
    }
  }

  #group(): Node | null {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new PatternError(`nests more than ${MAX_DEPTH} groups`);
    const outer = this.#flags;
    let capture = true;
    if (this.#cursor.take('?')) {
      if (
        this.#cursor.take('P<') ||
        (this.#cursor.peek() === '<' && !/[=!]/.test(this.#cursor.peek(1)) && this.#cursor.take('<'))
      ) {
        this.#groupName();
      } else {
        capture = false;
        if (!this.#groupFlags()) {
          this.#depth -= 1;
          return null;
        }
      }
    }
    const body = this.#alternation();
    if (!this.#cursor.take(')')) throw new PatternError('has a `(` that is not closed');
    this.#flags = outer;
    this.#depth -= 1;
    return { type: 'group', capture, body };
  }

  #groupName(): void {
    let name = '';
    while (/\w/.test(this.#cursor.peek())) {
      name += this.#cursor.peek();
      this.#cursor.skip(1);
    }
    if (name === '' || !this.#cursor.take('>'))
      throw new PatternError('has a group with a name that is none');
    if (this.#names.has(name)) throw new PatternError('has two groups of one name');
    this.#names.add(name);
  }

  /** True when a group follows, false for flags that hold to the end of the group around them. */
  #groupFlags(): boolean {
    let flags = this.#flags;
    let on = true;
    for (;;) {
      const char = this.#cursor.peek();
      this.#cursor.skip(1);
      if (char === ':' || char === ')') {
        this.#flags = flags;
        return char === ':';
      }
      if (char === '-' && on) on = false;
      else if (char === 'i') flags = { ...flags, fold: on };
      else if (char === 'm') flags = { ...flags, multiLine: on };
      else if (char === 's') flags = { ...flags, dotAll: on };
      else if (char === 'U') flags = { ...flags, ungreedy: on };
      else throw new PatternError(`has a group \`(?${char}\`, which RE2 does not know`);
    }
  }

  #repeated(atom: Node): Node {
    const bounds = this.#bounds();
    if (bounds === null) return atom;
    const lazy = this.#cursor.take('?') !== this.#flags.ungreedy;
    if (/[*+?]/.test(this.#cursor.peek())) throw new PatternError('repeats a repetition');
    return { type: 'repeat', body: atom, min: bounds[0], max: bounds[1], lazy };
  }

  #bounds(): readonly [number, number | null] | null {
    if (this.#cursor.take('*')) return [0, null];
    if (this.#cursor.take('+')) return [1, null];
    if (this.#cursor.take('?')) return [0, 1];
    if (this.#cursor.peek() !== '{') return null;
    const text = this.#cursor.ahead(12);
    const match = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(text);
    // As in Go, a brace that begins no repetition is a letter.
    if (match === null) return null;
    this.#cursor.skip(match[0].length);
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? null : Number(match[3]);
    if (min > MAX_REPEAT || (max !== null && (max > MAX_REPEAT || max < min))) {
      throw new PatternError('has a repetition with bounds that are none');
    }
    return [min, max];
  }

  #escape(): Node {
    const char = this.#cursor.peek();
    if (char === '') throw new PatternError('ends in a backslash');
    const { fold } = this.#flags;
    const kind = ASSERTIONS.get(char);
    if (kind !== undefined) {
      this.#cursor.skip(1);
      return { type: 'assertion', kind };
    }
    if (char === 'p' || char === 'P') {
      this.#cursor.skip(1);
      return propertyOf(this.#cursor, char === 'P');
    }
    const perl = PERL.get(char.toLowerCase());
    if (perl !== undefined) {
      this.#cursor.skip(1);
      return { type: 'class', ranges: perl, negated: char !== char.toLowerCase(), fold };
    }
    return { type: 'literal', code: escapedCode(this.#cursor), fold };
  }
}

const ASSERTIONS = new Map([
  ['A', 'text-start' as const],
  ['z', 'text-end' as const],
  ['b', 'word' as const],
  ['B', 'no-word' as const],
]);

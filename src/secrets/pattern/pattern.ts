import { RE2JS } from 're2js';
import { parsePattern } from './parse.ts';
import { PatternError, type Node, type Ranges } from './syntax.ts';
import { toJs } from './to-js.ts';

/** Where a pattern matched, in UTF-16 units; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Which engine runs a pattern: V8's is the fast one, RE2's takes linear time whatever the text. */
export type Engine = 'v8' | 're2';

interface Parsed {
  readonly node: Node;
  readonly groups: number;
  readonly prefix: Prefix | null;
  /** JavaScript's groups are RE2's. */
  readonly keepsGroups: boolean;
}

/** One pattern of Go's syntax, with the same matches in both engines. */
export class Pattern {
  readonly source: string;
  readonly #compiled = new Map<boolean, RegExp>();
  #parsed: Parsed | null = null;
  #re2: RE2JS | null = null;

  /**
   * @param checked the pattern is known to be one: it is parsed when it is first used, which most are not
   * @throws {PatternError}
   */
  constructor(source: string, checked = false) {
    this.source = source;
    if (!checked) this.#parse();
  }

  get groups(): number {
    return this.#parse().groups;
  }

  /**
   * Makes sure that the linear engine takes the pattern too.
   *
   * @throws {PatternError}
   */
  verify(): this {
    this.#linear();
    return this;
  }

  /** Every match that is not empty, one after the other, as Go's `FindAllStringIndex` gives them. */
  *matches(text: string, ascii: boolean, engine: Engine): Generator<Span> {
    if (engine === 're2') {
      yield* this.#linearMatches(text);
      return;
    }
    const { prefix } = this.#parse();
    if (prefix === null) yield* this.#plainMatches(this.#regexp(ascii), text);
    else yield* this.#prefixedMatches(prefix, text, ascii);
  }

  test(text: string, engine: Engine = 'v8'): boolean {
    for (const found of this.matches(text, isAscii(text), engine)) return found.start >= 0;
    return false;
  }

  /** The groups of the first match, the whole match first; null without a match. */
  groupsOf(text: string, engine: Engine): readonly (string | undefined)[] | null {
    if (engine === 're2' || !this.#parse().keepsGroups) {
      const matcher = this.#linear().matcher(text);
      if (!matcher.find()) return null;
      return Array.from({ length: this.groups + 1 }, (_, index) => matcher.group(index) ?? undefined);
    }
    const regexp = this.#regexp(isAscii(text));
    regexp.lastIndex = 0;
    return regexp.exec(text);
  }

  *#plainMatches(regexp: RegExp, text: string): Generator<Span> {
    for (let at = 0; at <= text.length;) {
      regexp.lastIndex = at;
      const match = regexp.exec(text);
      if (match === null) return;
      const end = match.index + match[0].length;
      // In Unicode mode a search that begins within a character goes back to its beginning.
      at = end > match.index ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
      if (end > match.index) yield { start: match.index, end };
    }
  }

  /**
   * A prefix such as `[\w.-]{0,50}?` takes fifty steps at every letter of the text and decides nothing but where the
   * match begins: it is left out of the search, and the beginning is then sought backwards.
   */
  *#prefixedMatches(prefix: Prefix, text: string, ascii: boolean): Generator<Span> {
    let from = 0;
    for (const { start, end } of this.#plainMatches(this.#regexp(ascii), text)) {
      let begin = start;
      while (begin > from && start - begin < prefix.max && prefix.takes(text.charCodeAt(begin - 1)))
        begin -= 1;
      yield { start: begin, end };
      from = end;
    }
  }

  *#linearMatches(text: string): Generator<Span> {
    const matcher = this.#linear().matcher(text);
    while (matcher.find()) {
      const span = { start: matcher.start(), end: matcher.end() };
      if (span.end > span.start) yield span;
    }
  }

  #regexp(ascii: boolean): RegExp {
    const known = this.#compiled.get(ascii);
    if (known !== undefined) return known;
    const { prefix, node } = this.#parse();
    const { source, flags } = toJs(prefix?.rest ?? node, ascii);
    const compiled = new RegExp(source, flags);
    this.#compiled.set(ascii, compiled);
    return compiled;
  }

  #parse(): Parsed {
    if (this.#parsed !== null) return this.#parsed;
    const node = parsePattern(this.source);
    const keepsGroups = !resetsGroups(node, false);
    return (this.#parsed = { node, groups: countGroups(node), prefix: prefixOf(node), keepsGroups });
  }

  #linear(): RE2JS {
    try {
      return (this.#re2 ??= RE2JS.compile(this.source));
    } catch (error) {
      throw new PatternError(`is no pattern of RE2 (${(error as Error).name})`);
    }
  }
}

export function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

interface Prefix {
  readonly max: number;
  readonly takes: (code: number) => boolean;
  readonly rest: Node;
}

/** A lazy, optional run of ASCII characters with which the pattern begins. */
function prefixOf(node: Node): Prefix | null {
  if (node.type !== 'concat') return null;
  const [first, ...rest] = node.items;
  if (first?.type !== 'repeat' || !first.lazy || first.min !== 0 || first.max === null) return null;
  const { body } = first;
  // Where the rest can be empty, an empty match before the prefix would be the first.
  if (rest.every(canBeEmpty)) return null;
  if (body.type !== 'class' || body.negated || body.ranges.some(([, to]) => to > 0x7f)) return null;
  // Folded, the class would take letters beyond ASCII: `ſ` is an `s` then.
  const takes = body.fold ? withCases(body.ranges) : inRanges(body.ranges);
  return { max: first.max, takes, rest: { type: 'concat', items: rest } };
}

function canBeEmpty(node: Node): boolean {
  switch (node.type) {
    case 'group':
      return canBeEmpty(node.body);
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.body);
    case 'concat':
      return node.items.every(canBeEmpty);
    case 'alternate':
      return node.items.some(canBeEmpty);
    case 'assertion':
      return true;
    default:
      return false;
  }
}

function inRanges(ranges: Ranges): (code: number) => boolean {
  const table = Array.from({ length: 128 }, (_, code) =>
    ranges.some(([from, to]) => from <= code && code <= to),
  );
  return (code) => table[code] === true;
}

function withCases(ranges: Ranges): (code: number) => boolean {
  const plain = inRanges(ranges);
  return (code) => {
    if (code === 0x17f) return plain(0x73) || plain(0x53);
    if (code === 0x212a) return plain(0x6b) || plain(0x4b);
    if (plain(code)) return true;
    const char = String.fromCharCode(code);
    return /[a-z]/i.test(char) && (plain(code ^ 0x20) || plain(code));
  };
}

function countGroups(node: Node): number {
  switch (node.type) {
    case 'group':
      return (node.capture ? 1 : 0) + countGroups(node.body);
    case 'repeat':
      return countGroups(node.body);
    case 'concat':
    case 'alternate':
      return node.items.reduce((sum, item) => sum + countGroups(item), 0);
    default:
      return 0;
  }
}

/** JavaScript forgets a group when the repetition around it goes round once more; RE2 does not. */
function resetsGroups(node: Node, repeated: boolean): boolean {
  switch (node.type) {
    case 'group':
      return (repeated && node.capture) || resetsGroups(node.body, repeated);
    case 'repeat':
      return resetsGroups(node.body, repeated || node.max !== 1);
    case 'concat':
    case 'alternate':
      return node.items.some((item) => resetsGroups(item, repeated));
    default:
      return false;
  }
}

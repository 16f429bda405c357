import { complement, normalize, type Node, type Ranges } from './syntax.ts';

/** A regular expression of JavaScript that matches as RE2 does. */
export interface JsPattern {
  readonly source: string;
  readonly flags: string;
}

/**
 * Letters of either case become classes of both where a pattern mixes the two ways: JavaScript's `(?i:…)` would say the
 * same, but V8 misses matches with it (`(?:a|(?i:[a-s]{0,2}?$))` on `K`).
 *
 * @param ascii the text has no other characters: then the expression works without Unicode mode, which is faster
 */
export function toJs(node: Node, ascii: boolean): JsPattern {
  const unicode = !ascii || usesProperties(node);
  // In Unicode mode the flag would count two letters beyond ASCII among those of words.
  const fold = !unicode && foldOf(node) === true;
  const source = new Emitter(unicode, fold).emit(node);
  return { source, flags: `g${fold ? 'i' : ''}${unicode ? 'u' : ''}` };
}

/** Whether letters fold: true or false when all agree, or when there are none (undefined); null when mixed. */
function foldOf(node: Node): boolean | null | undefined {
  switch (node.type) {
    case 'literal':
    case 'class':
      return node.fold;
    case 'group':
    case 'repeat':
      return foldOf(node.body);
    case 'concat':
    case 'alternate': {
      const all = new Set(node.items.map(foldOf));
      all.delete(undefined);
      return all.size === 0 ? undefined : all.size > 1 ? null : [...all][0];
    }
    default:
      return undefined;
  }
}

function usesProperties(node: Node): boolean {
  switch (node.type) {
    case 'property':
      return true;
    case 'group':
    case 'repeat':
      return usesProperties(node.body);
    case 'concat':
    case 'alternate':
      return node.items.some(usesProperties);
    default:
      return false;
  }
}

class Emitter {
  readonly #unicode: boolean;
  /** The whole expression ignores case. */
  readonly #folding: boolean;

  constructor(unicode: boolean, folding: boolean) {
    this.#unicode = unicode;
    this.#folding = folding;
  }

  emit(node: Node): string {
    switch (node.type) {
      case 'literal':
        return node.fold && !this.#folding ? this.#foldedLetter(node.code) : this.#code(node.code);
      case 'class':
        return this.#class(node.fold && !this.#folding ? withCases(node.ranges) : node.ranges, node.negated);
      case 'property':
        return `\\${node.negated ? 'P' : 'p'}{${node.name.length > 2 ? `Script=${node.name}` : node.name}}`;
      case 'assertion':
        return this.#assertion(node.kind);
      case 'group':
        return `(${node.capture ? '' : '?:'}${this.emit(node.body)})`;
      case 'concat':
        return node.items
          .map((item) => (item.type === 'alternate' ? `(?:${this.emit(item)})` : this.emit(item)))
          .join('');
      case 'alternate':
        return node.items.map((item) => this.emit(item)).join('|');
      case 'repeat': {
        const { min, max, lazy } = node;
        const times = max === min ? `{${min}}` : `{${min},${max ?? ''}}`;
        return `${this.#operand(node.body)}${times}${lazy ? '?' : ''}`;
      }
    }
  }

  #operand(node: Node): string {
    const text = this.emit(node);
    const single = ['class', 'literal', 'property', 'group'].includes(node.type);
    return single ? text : `(?:${text})`;
  }

  #assertion(kind: Extract<Node, { type: 'assertion' }>['kind']): string {
    switch (kind) {
      case 'text-start':
        return '(?<![^])';
      case 'text-end':
        return '(?![^])';
      case 'line-start':
        return '(?<![^\\n])';
      case 'line-end':
        return '(?![^\\n])';
      case 'word':
        return '\\b';
      case 'no-word':
        return '\\B';
    }
  }

  #foldedLetter(code: number): string {
    const cases = withCases([[code, code]]);
    return cases.length === 1 && cases[0]?.[0] === cases[0]?.[1]
      ? this.#code(code)
      : this.#class(cases, false);
  }

  #class(ranges: Ranges, negated: boolean): string {
    if (ranges.length === 0) return negated ? '[^]' : '[]';
    const limit = this.#unicode ? 0x10ffff : 0x7f;
    const kept = ranges.flatMap(([from, to]) => (from > limit ? [] : [[from, Math.min(to, limit)] as const]));
    if (kept.length === 0) return negated ? '[^]' : '[]';
    if (negated && normalize(complement(kept)).length === 0) return '[]';
    const inner = kept
      .map(([from, to]) => (from === to ? this.#code(from) : `${this.#code(from)}-${this.#code(to)}`))
      .join('');
    return `[${negated ? '^' : ''}${inner}]`;
  }

  #code(code: number): string {
    const char = String.fromCodePoint(code);
    if (/[A-Za-z0-9_ "'<>@#%&~:;,=!]/.test(char)) return char;
    if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
    if (this.#unicode) return `\\u{${code.toString(16)}}`;
    const units = Array.from(
      { length: char.length },
      (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`,
    );
    return units.length === 1 ? units.join('') : `(?:${units.join('')})`;
  }
}

/** Beyond this, cases are added for single characters only: no range of a pattern for credentials is larger. */
const MAX_EXPANDED = 2048;

/** The ranges with the other cases of their letters, by Unicode's simple folding. */
function withCases(ranges: Ranges): Ranges {
  const size = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const more: [number, number][] = ranges.map(([from, to]) => [from, to]);
  const add = (code: number): void => void more.push([code, code]);
  const has = (code: number): boolean => ranges.some(([from, to]) => from <= code && code <= to);
  if (has(0x6b) || has(0x4b)) add(0x212a);
  if (has(0x73) || has(0x53)) add(0x17f);
  if (has(0x212a)) [0x4b, 0x6b].forEach(add);
  if (has(0x17f)) [0x53, 0x73].forEach(add);
  const expanded = size > MAX_EXPANDED ? [[0x41, 0x7a] as const] : ranges;
  for (const [from, to] of expanded) {
    for (let code = from; code <= to; code += 1) {
      if (size > MAX_EXPANDED && !has(code)) continue;
      const char = String.fromCodePoint(code);
      for (const other of [char.toLowerCase(), char.toUpperCase()]) {
        const otherCode = other.codePointAt(0) ?? 0;
        // One character, and of the same alphabet: `ß` has no capital letter in this sense.
        if (Array.from(other).length === 1 && code < 128 === otherCode < 128) add(otherCode);
      }
    }
  }
  return normalize(more);
}

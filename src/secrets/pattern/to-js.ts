import { complement, normalize, type Node, type Ranges } from './syntax.ts';

/** A regular expression of JavaScript that matches as RE2 does. */
export interface JsPattern {
  readonly source: string;
  readonly flags: string;
}

/**
 * @param ascii the text has no other characters: then the expression works without Unicode mode, which is faster
 */
export function toJs(node: Node, ascii: boolean): JsPattern {
  const unicode = !ascii || usesProperties(node);
  const fold = foldOf(node) ?? false;
  const source = new Emitter(unicode).emit(node, fold);
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

  constructor(unicode: boolean) {
    this.#unicode = unicode;
  }

  /** @param fold whether letters fold where the node stands */
  emit(node: Node, fold: boolean): string {
    const own = foldOf(node);
    if (
      own !== undefined &&
      own !== null &&
      own !== fold &&
      node.type !== 'repeat' &&
      node.type !== 'group'
    ) {
      return `(?${own ? 'i' : '-i'}:${this.#plain(node, own)})`;
    }
    return this.#plain(node, fold);
  }

  #plain(node: Node, fold: boolean): string {
    switch (node.type) {
      case 'literal':
        return this.#code(node.code);
      case 'class':
        return this.#class(node.ranges, node.negated);
      case 'property':
        return `\\${node.negated ? 'P' : 'p'}{${node.name.length > 2 ? `Script=${node.name}` : node.name}}`;
      case 'assertion':
        return this.#assertion(node.kind, fold);
      case 'group':
        return `(${node.capture ? '' : '?:'}${this.emit(node.body, fold)})`;
      case 'concat':
        return this.#concat(node.items, fold);
      case 'alternate':
        return node.items.map((item) => this.emit(item, fold)).join('|');
      case 'repeat': {
        const { min, max, lazy } = node;
        const times = max === min ? `{${min}}` : `{${min},${max ?? ''}}`;
        return `${this.#operand(node.body, fold)}${times}${lazy ? '?' : ''}`;
      }
    }
  }

  /** Neighbours of the same case stand in one group, so that the engine sees them as one word. */
  #concat(items: readonly Node[], fold: boolean): string {
    let text = '';
    let run = '';
    const close = (): void => {
      if (run !== '') text += `(?${fold ? '-i' : 'i'}:${run})`;
      run = '';
    };
    for (const item of items) {
      const own = foldOf(item);
      if (own === !fold || (own === undefined && run !== '')) {
        run += this.#item(item, !fold);
      } else {
        close();
        text += this.#item(item, fold);
      }
    }
    close();
    return text;
  }

  #item(node: Node, fold: boolean): string {
    const text = this.emit(node, fold);
    return node.type === 'alternate' ? `(?:${text})` : text;
  }

  #operand(node: Node, fold: boolean): string {
    const text = this.emit(node, fold);
    const single =
      node.type === 'class' || node.type === 'literal' || node.type === 'property' || node.type === 'group';
    return single ? text : `(?:${text})`;
  }

  #assertion(kind: Extract<Node, { type: 'assertion' }>['kind'], fold: boolean): string {
    // Folding in Unicode mode would count two more letters among those of words.
    const boundary = (text: string): string => (fold && this.#unicode ? `(?-i:${text})` : text);
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
        return boundary('\\b');
      case 'no-word':
        return boundary('\\B');
    }
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
    return units.length === 1 ? (units[0] ?? '') : `(?:${units.join('')})`;
  }
}

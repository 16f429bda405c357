import { CST } from 'yaml';
import { clusterLexer } from './yaml-lexer.ts';

/** Nesting deeper than this is refused; the deepest published CRDs stay under 100. */
export const MAX_DEPTH = 256;
/** Lexical tokens a text may have: a large install manifest has some 300,000. */
export const MAX_TOKENS = 1_000_000;

/** Explicit keys (`? key`): hardly anybody writes one, and nested ones take the parser exponential time. */
export const MAX_EXPLICIT_KEYS = 64;

/** What a text exceeds, and the offset at which it does. */
export interface LimitHit {
  readonly reason: string;
  readonly offset: number;
}

/**
 * Measures a YAML text by its lexer alone, before anything is composed: composing a text that is nested
 * too deeply can abort the whole process, and one with too many nodes can exhaust its memory.
 */
export function exceedsLimits(text: string): LimitHit | null {
  const blocks: number[] = [];
  let flow = 0;
  let tokens = 0;
  let offset = 0;
  let lineStart = 0;
  // Column of the first thing on the line that is no block indicator: where a key would begin.
  let contentColumn = -1;

  let scalarNext = false;
  let explicitKeys = 0;

  for (const source of clusterLexer().lex(text)) {
    if (source === CST.SCALAR) {
      scalarNext = true;
      continue;
    }
    if (source === CST.DOCUMENT || source === CST.FLOW_END) continue;
    const type = scalarNext ? 'scalar' : CST.tokenType(source);
    scalarNext = false;
    tokens += 1;
    if (tokens > MAX_TOKENS) return { reason: `more than ${MAX_TOKENS.toLocaleString('en')} tokens`, offset };

    if (type === 'explicit-key-ind' && ++explicitKeys > MAX_EXPLICIT_KEYS) {
      return { reason: `more than ${MAX_EXPLICIT_KEYS} explicit keys (\`? key\`)`, offset };
    }

    const column = offset - lineStart;
    if (type === 'flow-map-start' || type === 'flow-seq-start') {
      flow += 1;
    } else if (type === 'flow-map-end' || type === 'flow-seq-end') {
      flow = Math.max(0, flow - 1);
    } else if (type === 'doc-start' || type === 'doc-end') {
      blocks.length = 0;
      flow = 0;
    } else if (flow === 0 && (type === 'seq-item-ind' || type === 'explicit-key-ind')) {
      enter(blocks, column);
    } else if (flow === 0 && type === 'map-value-ind') {
      // A key and an indicator may share a column (`a:` above `- b`): the half keeps them apart.
      enter(blocks, (contentColumn < 0 ? column : contentColumn) - 0.5);
    } else if (contentColumn < 0 && type !== 'space' && type !== 'newline' && type !== 'comment') {
      contentColumn = column;
    }
    if (blocks.length + flow > MAX_DEPTH) return { reason: `nested deeper than ${MAX_DEPTH} levels`, offset };

    offset += source.length;
    const newline = source.lastIndexOf('\n');
    if (newline >= 0) {
      lineStart = offset - (source.length - newline - 1);
      contentColumn = -1;
    }
  }
  return null;
}

function enter(blocks: number[], column: number): void {
  while (blocks.length > 0 && (blocks[blocks.length - 1] ?? 0) >= column) blocks.pop();
  blocks.push(column);
}

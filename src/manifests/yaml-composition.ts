import { Composer, type CST, LineCounter, Parser, type Document } from 'yaml';
import type { Pointer, Position, Range } from './position.ts';
import { simpleNodes } from './simple-yaml/index.ts';
import { extentOf, locate, pointRange, rangeInBlock, type ToRange } from './yaml-locate.ts';
import type { YamlDocument } from './yaml-document.ts';
import type { YamlFlavour } from './yaml-file.ts';
import { exceedsLimits } from './yaml-guard.ts';
import { clusterLexer } from './yaml-lexer.ts';
import { clusterTags } from './yaml-schema.ts';

/** A text and how it is read. */
export interface YamlText {
  readonly text: string;
  readonly flavour: YamlFlavour;
  /** It was read by the reader of simple texts, which knows the places in most of them, too. */
  readonly isSimple?: boolean;
}

/** The nodes of a text, with their positions. */
export interface Composition {
  readonly documents: readonly Document[];
  readonly toRange: ToRange;
}

/** Composing takes some twenty times the memory of the text, so that only the latest compositions are kept. */
const MAX_KEPT = 8;
const MAX_KEPT_CHARACTERS = 4_000_000;

const kept = new Map<YamlText, Composition>();

/** The nodes of a text that `exceedsLimits` lets pass. Composed anew when it was too long ago. */
export function compose(source: YamlText): Composition {
  let composition = kept.get(source);
  if (composition === undefined) composition = composeSimply(source) ?? composeNow(source);
  else kept.delete(source);
  kept.set(source, composition);
  let characters = 0;
  for (const { text } of kept.keys()) characters += text.length;
  for (const oldest of kept.keys()) {
    if (oldest === source || (kept.size <= MAX_KEPT && characters <= MAX_KEPT_CHARACTERS)) break;
    kept.delete(oldest);
    characters -= oldest.text.length;
  }
  return composition;
}

function composeSimply({ text, flavour, isSimple = false }: YamlText): Composition | null {
  const documents = isSimple ? simpleNodes(text, flavour) : null;
  if (documents === null) return null;
  const lines = new LineCounter();
  for (let start = 0; ;) {
    lines.addNewLine(start);
    const newline = text.indexOf('\n', start);
    if (newline < 0) break;
    start = newline + 1;
  }
  return { documents, toRange: rangeMaker(lines) };
}

function composeNow({ text, flavour }: YamlText): Composition {
  const lines = new LineCounter();
  // The cluster's parser reads every document by the same rules, whatever version a directive asks for.
  const composer = new Composer({
    ...(flavour === 'cluster' ? { version: '1.1', customTags: clusterTags } : { version: '1.2' }),
    merge: true,
    logLevel: 'silent',
    prettyErrors: false,
    stringKeys: false,
    // Its own search for keys given twice takes quadratic time.
    uniqueKeys: false,
  });
  return {
    documents: [...composer.compose(tokensOf(text.replaceAll(/^%YAML/gm, '#YAML'), lines))],
    toRange: rangeMaker(lines),
  };
}

function rangeMaker(lines: LineCounter): ToRange {
  return (start, end) => ({
    start: positionAt(lines, start),
    end: positionAt(lines, Math.max(start, end)),
  });
}

function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of clusterLexer().lex(text)) yield* parser.next(lexeme);
  yield* parser.end();
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return line === 0 ? { line: 1, column: 1 } : { line, column: col };
}

const TOP = pointRange({ line: 1, column: 1 });

/** A document whose value is known, and whose positions are looked up when somebody asks for one. */
export class LocatedDocument implements YamlDocument {
  readonly value: unknown;
  readonly #source: YamlText;
  readonly #index: number;

  constructor(value: unknown, source: YamlText, index: number) {
    this.value = value;
    this.#source = source;
    this.#index = index;
  }

  rangeOf(pointer: Pointer, part: 'value' | 'key' = 'value'): Range {
    return this.#find((document, { toRange }) => locate(document, pointer, part, toRange));
  }

  extentOf(pointer: Pointer): Range {
    return this.#find((document, { toRange }) => extentOf(document, pointer, toRange));
  }

  rangeWithin(pointer: Pointer, inner: Range): Range {
    const { text } = this.#source;
    return this.#find(
      (document, { toRange }) =>
        rangeInBlock(document, pointer, inner, text, toRange) ?? locate(document, pointer, 'key', toRange),
    );
  }

  #find(look: (document: Document, composition: Composition) => Range): Range {
    // Only who knows the value already may have come here without measuring the text; what is simple is neither deep nor large.
    const { isSimple = false, text } = this.#source;
    if (!isSimple && !kept.has(this.#source) && exceedsLimits(text) !== null) return TOP;
    const composition = compose(this.#source);
    const document = composition.documents[this.#index];
    return document === undefined ? TOP : look(document, composition);
  }
}

import type { Span } from './pattern/pattern.ts';

/** A part of a text that was decoded in place. Ends are exclusive; neighbours count as overlapping. */
export interface Segment {
  /** In the text as it was written. */
  readonly original: Span;
  /** In the text before this pass. */
  readonly encoded: Span;
  /** In the text after this pass. */
  readonly decoded: Span;
}

export interface DecodedText {
  readonly text: string;
  readonly segments: readonly Segment[];
}

type Decode = (encoded: string) => string;

// Percent signs, code points, hexadecimal digits, base64; where two touch, the earlier one goes first.
const ENCODED =
  /(%[0-9A-Fa-f]{2}(?:[^\n]*%[0-9A-Fa-f]{2})?)|((?:U\+[0-9A-Fa-f]{4}(?:[\t\n\f\r ]|$))+|(?:\\{1,2}[uU][0-9A-Fa-f]{4})+)|([0-9A-Fa-f]{32,})|([\w/+-]{16,}={0,2})/g;
const DECODERS: readonly Decode[] = [decodePercent, decodeCodePoints, decodeHex, decodeBase64];

interface Found extends Span {
  readonly kind: number;
}

/**
 * Replaces every part that is encoded by what it says, once: what was encoded twice needs another pass.
 *
 * @param earlier the parts that the pass before replaced
 */
export function decodePass(text: string, earlier: readonly Segment[]): DecodedText {
  const found = findEncoded(text);
  const segments: Segment[] = [];
  let result = '';
  let from = 0;
  for (const { start, end, kind } of found) {
    const value = DECODERS[kind]?.(text.slice(start, end)) ?? '';
    if (value === '') continue;
    result += text.slice(from, start);
    const decoded = { start: result.length, end: result.length + value.length };
    result += value;
    from = end;
    segments.push({ original: originalOf({ start, end }, earlier), encoded: { start, end }, decoded });
  }
  return segments.length === 0 ? { text, segments } : { text: result + text.slice(from), segments };
}

function findEncoded(text: string): Found[] {
  const all: Found[] = [];
  for (const match of text.matchAll(ENCODED)) {
    const kind = [1, 2, 3, 4].findIndex((group) => match[group] !== undefined);
    all.push({ start: match.index, end: match.index + match[0].length, kind });
  }
  return all.filter((one, index) => {
    const rivals = [all[index - 1], all[index + 1]];
    return rivals.every((rival) => rival === undefined || !touches(one, rival) || one.kind <= rival.kind);
  });
}

export function touches(a: Span, b: Span): boolean {
  return b.start <= a.end && b.end >= a.start;
}

/** The place in the text as written of a place in a decoded text. */
export function originalOf(place: Span, segments: readonly Segment[]): Span {
  let result: Span | null = null;
  for (const segment of segments) {
    if (!touches(segment.decoded, place)) continue;
    if (segment.decoded.start <= place.start && place.end <= segment.decoded.end) return segment.original;
    // What stands beside the decoded part keeps its distance from it.
    const widened = {
      start: segment.original.start - Math.max(0, segment.decoded.start - place.start),
      end: segment.original.end + Math.max(0, place.end - segment.decoded.end),
    };
    result =
      result === null
        ? widened
        : { start: Math.min(result.start, widened.start), end: Math.max(result.end, widened.end) };
  }
  return result ?? place;
}

/** Only what people write and machines print: anything else is no text that was encoded. */
const PRINTABLE = /^[\t-~]*$/;

function decodePercent(encoded: string): string {
  const decoded = encoded.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  const added = encoded.match(/%[0-9A-Fa-f]{2}/g) ?? [];
  return added.every((sign) => isPrintable(Number.parseInt(sign.slice(1), 16))) ? decoded : '';
}

function isPrintable(code: number): boolean {
  return code > 8 && code < 127;
}

function decodeCodePoints(encoded: string): string {
  const digits = encoded.match(/(?:U\+|u)[0-9A-Fa-f]{4}/gi) ?? [];
  return digits.map((one) => String.fromCharCode(Number.parseInt(one.slice(-4), 16))).join('');
}

function decodeHex(encoded: string): string {
  if (encoded.length % 2 !== 0 || !/[0-9]/.test(encoded)) return '';
  const decoded = Buffer.from(encoded, 'hex').toString('latin1');
  return PRINTABLE.test(decoded) ? decoded : '';
}

function decodeBase64(encoded: string): string {
  if (!/[0-9+/_-]/.test(encoded)) return '';
  const standard = /^[0-9A-Za-z+/]+={0,2}$/.test(encoded) && encoded.length % 4 === 0;
  const urlSafe = /^[\w-]+$/.test(encoded) && encoded.length % 4 !== 1;
  if (!standard && !urlSafe) return '';
  const decoded = Buffer.from(encoded, 'base64').toString('latin1');
  return PRINTABLE.test(decoded) ? decoded : '';
}

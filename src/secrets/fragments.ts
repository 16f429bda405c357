import type { Span } from './pattern/pattern.ts';

/** Large texts are searched part by part: what a pattern can cost grows faster than the text. */
const SIZE = 100_000;
/** Parts overlap by more than the largest credential takes, so that none falls between them. */
const OVERLAP = 16_384;

export function fragmentsOf(text: string): Span[] {
  const fragments: Span[] = [];
  for (let start = 0; start < text.length;) {
    if (text.length - start <= SIZE) {
      fragments.push({ start, end: text.length });
      break;
    }
    const end = cutBetween(text, start + SIZE - OVERLAP, start + SIZE);
    fragments.push({ start, end });
    start = cutBetween(text, end - OVERLAP, end - OVERLAP / 2);
  }
  return fragments;
}

/** Behind the last line end within the bounds, else at the upper bound, but never within a character. */
function cutBetween(text: string, low: number, high: number): number {
  const at = text.lastIndexOf('\n', high - 1);
  if (at >= low) return at + 1;
  const code = text.charCodeAt(high - 1);
  return code >= 0xd800 && code < 0xdc00 ? high - 1 : high;
}

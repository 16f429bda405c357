/** Lines and columns of a text, from 1; columns count UTF-16 units. */
export class Lines {
  readonly #text: string;
  #breaks: number[] | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  positionOf(offset: number): { line: number; column: number } {
    const breaks = this.#newlines();
    const line = countBelow(breaks, offset);
    return { line: line + 1, column: offset - (line === 0 ? -1 : (breaks[line - 1] ?? 0)) };
  }

  /** From the beginning of the line of one offset to the end of the line of another, without line ends. */
  between(start: number, end: number): string {
    const from = this.#text.lastIndexOf('\n', start - 1) + 1;
    const to = this.#text.indexOf('\n', end);
    return this.#text.slice(from, to < 0 ? this.#text.length : to);
  }

  #newlines(): number[] {
    if (this.#breaks !== null) return this.#breaks;
    const breaks: number[] = [];
    for (let at = this.#text.indexOf('\n'); at >= 0; at = this.#text.indexOf('\n', at + 1)) breaks.push(at);
    return (this.#breaks = breaks);
  }
}

function countBelow(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

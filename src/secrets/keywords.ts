/**
 * Finds which of many words a text holds, in one pass (Aho-Corasick, as a dense table over the letters that occur in
 * words). Words are lower-case; the text is taken as if it were.
 */
export class KeywordIndex {
  readonly #next: Int32Array;
  readonly #found: readonly (readonly number[])[];
  /** The column of each UTF-16 unit below 128; 0 stands for every letter that no word has. */
  readonly #columns = new Uint8Array(128);
  readonly #width: number;
  readonly #words: number;

  constructor(words: readonly string[]) {
    this.#words = words.length;
    let width = 1;
    for (const word of words) {
      for (let index = 0; index < word.length; index += 1) {
        const code = word.charCodeAt(index);
        if (code < 128 && this.#columns[code] === 0) {
          this.#columns[code] = width;
          width += 1;
        }
      }
    }
    for (let code = 65; code <= 90; code += 1) this.#columns[code] = this.#columns[code + 32] ?? 0;
    this.#width = width;
    const { next, found } = this.#build(words);
    this.#next = next;
    this.#found = found;
  }

  /** One entry for each word: whether the text holds it. */
  findIn(text: string): Uint8Array {
    const hits = new Uint8Array(this.#words);
    const width = this.#width;
    const next = this.#next;
    const columns = this.#columns;
    let state = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      state = next[state * width + (code < 128 ? (columns[code] ?? 0) : 0)] ?? 0;
      if (state < 0) {
        state = -state - 1;
        for (const word of this.#found[state] ?? []) hits[word] = 1;
      }
    }
    return hits;
  }

  /** States with words are stored negated and shifted by one, so that the search sees them without a look-up. */
  #build(words: readonly string[]): { next: Int32Array; found: number[][] } {
    const width = this.#width;
    const trie: number[][] = [new Array<number>(width).fill(-1)];
    const found: number[][] = [[]];
    words.forEach((word, number) => {
      let state = 0;
      for (let index = 0; index < word.length; index += 1) {
        const column = this.#columns[word.charCodeAt(index)] ?? 0;
        let child = trie[state]?.[column] ?? -1;
        if (child < 0) {
          child = trie.length;
          trie.push(new Array<number>(width).fill(-1));
          found.push([]);
          trie[state]?.splice(column, 1, child);
        }
        state = child;
      }
      found[state]?.push(number);
    });
    return { next: link(trie, found, width), found };
  }
}

function link(trie: readonly number[][], found: number[][], width: number): Int32Array {
  const next = new Int32Array(trie.length * width);
  const fallback = new Int32Array(trie.length);
  const order: number[] = [0];
  // Grows while it is gone through.
  for (const state of order) {
    const back = fallback[state] ?? 0;
    if (state !== 0) found[state]?.push(...(found[back] ?? []));
    for (let column = 0; column < width; column += 1) {
      const child = trie[state]?.[column] ?? -1;
      const beyond = state === 0 ? 0 : (next[back * width + column] ?? 0);
      if (child < 0) {
        next[state * width + column] = beyond;
        continue;
      }
      next[state * width + column] = child;
      fallback[child] = beyond;
      order.push(child);
    }
  }
  return next.map((state) => ((found[state]?.length ?? 0) > 0 ? -state - 1 : state));
}

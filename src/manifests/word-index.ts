/** Shorter parts stand in many words. */
const GRAM = 3;

/** Some words, to be asked which of them stand in a text or hold one: as quick among 100,000 as among ten. */
export class WordIndex {
  readonly #words: ReadonlySet<string>;
  readonly #lengths: readonly number[];
  /** The words by each run of three letters in them. Made when it is asked for. */
  #byGram: ReadonlyMap<string, readonly string[]> | null = null;

  constructor(words: Iterable<string>) {
    this.#words = new Set(words);
    this.#lengths = [...new Set([...this.#words].map(({ length }) => length))];
  }

  /** Whether one of the words stands in the text. */
  someIn(text: string): boolean {
    return this.#lengths.some((length) => {
      for (let start = 0; start + length <= text.length; start += 1)
        if (this.#words.has(text.slice(start, start + length))) return true;
      return false;
    });
  }

  /** Whether the part stands in one of the words. */
  someWith(part: string): boolean {
    if (this.#words.has(part)) return true;
    const candidates = part.length < GRAM ? [...this.#words] : this.#rarest(part);
    return candidates.some((word) => word.includes(part));
  }

  /** The words that have a run of the part, for the run that the fewest have. */
  #rarest(part: string): readonly string[] {
    const byGram = (this.#byGram ??= gramsOf(this.#words));
    let rarest: readonly string[] | null = null;
    for (const gram of grams(part)) {
      const words = byGram.get(gram);
      if (words === undefined) return [];
      if (rarest === null || words.length < rarest.length) rarest = words;
    }
    return rarest ?? [];
  }
}

function gramsOf(words: ReadonlySet<string>): Map<string, string[]> {
  const byGram = new Map<string, string[]>();
  for (const word of words) {
    for (const gram of grams(word)) {
      const known = byGram.get(gram);
      if (known === undefined) byGram.set(gram, [word]);
      else known.push(word);
    }
  }
  return byGram;
}

function grams(word: string): Set<string> {
  const found = new Set<string>();
  for (let start = 0; start + GRAM <= word.length; start += 1) found.add(word.slice(start, start + GRAM));
  return found;
}

/** Wherever such a part stands in a text, it stands in one run of these letters. */
const IN_ONE_WORD = /^[\w.-]+$/;
const WORDS = /[\w.-]+/g;
/** Fewer questions are answered sooner by reading the texts. */
const FEW = 8;

/** Texts, to be asked again and again what stands in them. */
export class TextSearch {
  readonly #read: () => readonly string[];
  readonly #answers = new Map<string, boolean>();
  #texts: readonly string[] | null = null;
  #words: WordIndex | null = null;

  /** @param read called when it is first asked for */
  constructor(read: () => readonly string[]) {
    this.#read = read;
  }

  /** Whether the part stands in one of the texts. */
  has(part: string): boolean {
    let answer = this.#answers.get(part);
    if (answer === undefined) {
      answer = this.#find(part);
      this.#answers.set(part, answer);
    }
    return answer;
  }

  #find(part: string): boolean {
    this.#texts ??= this.#read();
    if (this.#answers.size < FEW || !IN_ONE_WORD.test(part))
      return this.#texts.some((text) => text.includes(part));
    this.#words ??= new WordIndex(this.#texts.flatMap((text) => text.match(WORDS) ?? []));
    return this.#words.someWith(part);
  }
}

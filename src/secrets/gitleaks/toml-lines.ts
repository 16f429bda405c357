/** The way to a value in a TOML document: names of tables, positions in arrays of tables, and a key. */
export type TomlPath = readonly (string | number)[];

interface Header {
  readonly name: string;
  readonly line: number;
}

/** Finds the lines of tables and keys in a TOML text; the parser gives values only. */
export class TomlLines {
  readonly #headers: Header[] = [];
  readonly #keys: { readonly header: number; readonly name: string; readonly line: number }[] = [];

  constructor(text: string) {
    let quote: string | null = null;
    text.split('\n').forEach((raw, index) => {
      if (quote === null) this.#note(raw, index + 1);
      quote = quoteAfter(raw, quote);
    });
  }

  /** The line of a key, else of the table around it; null when neither is written in the usual way. */
  lineOf(path: TomlPath): number | null {
    const names = path.filter((step) => typeof step === 'string').map((step) => step.toLowerCase());
    for (let length = path.length; length > 0; length -= 1) {
      const header = this.#headerOf(path.slice(0, length));
      if (header === null) continue;
      const key = names.at(-1);
      const found = this.#keys.find((one) => one.header === header && one.name === key);
      return found?.line ?? this.#headers[header]?.line ?? null;
    }
    return this.#keys.find((one) => one.header === -1 && one.name === names[0])?.line ?? null;
  }

  #note(raw: string, line: number): void {
    const header = /^\s*\[{1,2}\s*([\w.\s-]+?)\s*\]{1,2}/.exec(raw)?.[1];
    if (header !== undefined) this.#headers.push({ name: header.replace(/\s/g, '').toLowerCase(), line });
    const key = /^\s*"?([\w-]+)"?\s*=/.exec(raw)?.[1];
    if (key !== undefined)
      this.#keys.push({ header: this.#headers.length - 1, name: key.toLowerCase(), line });
  }

  #headerOf(path: TomlPath): number | null {
    let from = 0;
    let name = '';
    let found: number | null = null;
    for (const step of path) {
      if (typeof step === 'string') {
        name = name === '' ? step.toLowerCase() : `${name}.${step.toLowerCase()}`;
        found = this.#headers.findIndex((header, index) => index >= from && header.name === name);
      } else {
        const all = [...this.#headers.keys()].filter(
          (index) => index >= from && this.#headers[index]?.name === name,
        );
        found = all[step] ?? -1;
      }
      if (found < 0) return null;
      from = found;
    }
    return found;
  }
}

/** The quotes of a string over several lines that is open behind this line. */
function quoteAfter(line: string, open: string | null): string | null {
  let quote = open;
  for (let at = 0; at < line.length; at += 1) {
    const three = line.slice(at, at + 3);
    if (quote !== null) {
      if (three === quote) {
        quote = null;
        at += 2;
      }
    } else if (three === "'''" || three === '"""') {
      quote = three;
      at += 2;
    } else if (line[at] === '#') {
      return null;
    } else if (line[at] === "'" || line[at] === '"') {
      const end = line.indexOf(line[at] ?? '', at + 1);
      at = end < 0 ? line.length : end;
    }
  }
  return quote;
}

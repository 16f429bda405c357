import { TomlLines, type TomlPath } from './toml-lines.ts';
import type { RuleFileProblem } from './problem.ts';

export type Table = Readonly<Record<string, unknown>>;

/** Reads values out of a parsed TOML document the way gitleaks does: any case of a key, and gentle with types. */
export class Fields {
  readonly path: string;
  readonly problems: RuleFileProblem[] = [];
  readonly #lines: TomlLines;

  constructor(path: string, text: string) {
    this.path = path;
    this.#lines = new TomlLines(text);
  }

  report(at: TomlPath, message: string): void {
    this.problems.push({ path: this.path, line: this.#lines.lineOf(at), message });
  }

  text(table: Table, key: string, at: TomlPath): string {
    const value = valueIn(table, key);
    if (value === undefined) return '';
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    this.report([...at, key], `\`${key}\` must be a text`);
    return '';
  }

  number(table: Table, key: string, at: TomlPath): number {
    const value = valueIn(table, key);
    if (value === undefined) return 0;
    const number =
      typeof value === 'string' ? Number(value) : typeof value === 'bigint' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    this.report([...at, key], `\`${key}\` must be a number`);
    return 0;
  }

  /** Null when the key is not there. */
  wholeNumberOrNull(table: Table, key: string, at: TomlPath): number | null {
    if (valueIn(table, key) === undefined) return null;
    const value = this.number(table, key, at);
    if (Number.isInteger(value) && value >= 0) return value;
    this.report([...at, key], `\`${key}\` must be a whole number`);
    return null;
  }

  flag(table: Table, key: string, at: TomlPath): boolean {
    const value = valueIn(table, key);
    if (value === undefined || typeof value === 'boolean') return value === true;
    this.report([...at, key], `\`${key}\` must be true or false`);
    return false;
  }

  texts(table: Table, key: string, at: TomlPath): string[] {
    const value = valueIn(table, key);
    if (value === undefined) return [];
    if (typeof value === 'string') return value.split(',');
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.report([...at, key], `\`${key}\` must be a list of texts`);
    return [];
  }

  /** Undefined when the key is not there. */
  table(table: Table, key: string, at: TomlPath): Table | undefined {
    const value = valueIn(table, key);
    if (value === undefined || isTable(value)) return value;
    this.report([...at, key], `\`${key}\` must be a table`);
    return undefined;
  }

  tables(table: Table, key: string, at: TomlPath): Table[] {
    const value = valueIn(table, key);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every(isTable)) return value;
    this.report([...at, key], `\`${key}\` must be a list of tables, written \`[[${key}]]\``);
    return [];
  }
}

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function valueIn(table: Table, key: string): unknown {
  if (Object.hasOwn(table, key)) return table[key];
  const wanted = key.toLowerCase();
  const found = Object.keys(table).find((one) => one.toLowerCase() === wanted);
  return found === undefined ? undefined : table[found];
}

import type { Pointer, Range } from './position.ts';
import type { YamlDocument } from './yaml-document.ts';

/**
 * A dotenv or INI file as a document, with the metadata of SOPS (`sops_age__list_0__map_enc=…`, or the section
 * `[sops]`) unfolded under `sops`, as it stands in YAML.
 */
export function flatDocument(text: string, format: 'env' | 'ini'): YamlDocument {
  const root: Branch = {};
  const ranges = new Map<string, Range>();
  let section: string | null = null;
  // What SOPS has encrypted is read as SOPS reads it: every character of a line belongs to its key or its value.
  const exact = format === 'env' && SOPS_ENV.test(text);
  text.split('\n').forEach((raw, index) => {
    const line = exact ? raw : raw.replace(/\r$/, '');
    if (exact ? line === '' || line.startsWith('#') : /^\s*(?:#|;|$)/.test(line)) return;
    const header = format === 'ini' ? /^\s*\[([^\]]*)\]/.exec(line) : null;
    if (header !== null) {
      section = header[1] ?? '';
      return;
    }
    const equals = format === 'ini' ? line.search(/[=:]/) : line.indexOf('=');
    if (equals < 0) return;
    const key = exact ? line.slice(0, equals) : bareKey(line.slice(0, equals));
    const value = exact ? line.slice(equals + 1) : bareValue(line.slice(equals + 1), format);
    const pointer = placeOf(format, section, key);
    const range = lineRange(index + 1, line.length);
    if (exact && pointer.length === 1 && Object.hasOwn(root, key)) {
      repeat(root, key, value, ranges);
      ranges.set([key, String((root[key] as readonly Value[]).length - 1)].join('\0'), range);
      return;
    }
    put(root, pointer, pointer[0] === 'sops' ? value.replaceAll('\\n', '\n') : value);
    ranges.set(pointer.join('\0'), range);
  });
  if (root['sops'] !== undefined) define(root, 'sops', withLists(root['sops']));
  return {
    value: root,
    rangeOf: (pointer) => ranges.get(pointer.join('\0')) ?? lineRange(1, 0),
  };
}

const SOPS_ENV = /^sops_(?:mac|version|lastmodified)=/m;

const SOPS_INI = /^\s*\[sops\]/m;

/** Lines of an encrypted file that are neither a comment nor `KEY=value`: SOPS stops at them. */
export function brokenLines(text: string, format: 'env' | 'ini'): Range[] {
  if (!(format === 'env' ? SOPS_ENV : SOPS_INI).test(text)) return [];
  return text.split('\n').flatMap((line, index) => {
    const isFine =
      format === 'env'
        ? line === '' || line.startsWith('#') || line.includes('=')
        : /^\s*(?:[#;]|\[[^\]]*\]|$)/.test(line) || /[=:]/.test(line);
    return isFine ? [] : [lineRange(index + 1, line.length)];
  });
}

/** SOPS encrypts each line of a key that stands twice, so both are kept, as in a list. */
function repeat(root: Branch, key: string, value: string, ranges: Map<string, Range>): void {
  const known = root[key] ?? '';
  const first = ranges.get(key);
  if (!Array.isArray(known) && first !== undefined) ranges.set([key, '0'].join('\0'), first);
  define(root, key, [...(Array.isArray(known) ? (known as readonly Value[]) : [known]), value]);
}

function bareKey(text: string): string {
  return text.replace(/^\s*export\s+/, '').trim();
}

type Value = string | Branch | readonly Value[];

interface Branch {
  [key: string]: Value;
}

function placeOf(format: 'env' | 'ini', section: string | null, key: string): Pointer {
  if (format === 'ini') return section === 'sops' ? ['sops', ...unfold(key)] : [section ?? 'DEFAULT', key];
  return key.startsWith('sops_') ? ['sops', ...unfold(key.slice('sops_'.length))] : [key];
}

/** `age__list_0__map_enc` names `age/0/enc`. */
function unfold(key: string): string[] {
  return key.split(/__(?:list|map)_/);
}

function put(root: Branch, pointer: Pointer, value: string): void {
  let branch = root;
  for (const step of pointer.slice(0, -1)) {
    const known: unknown = Object.hasOwn(branch, step) ? branch[step] : undefined;
    const next: Branch = typeof known === 'object' && known !== null ? (known as Branch) : {};
    define(branch, step, next);
    branch = next;
  }
  define(branch, pointer.at(-1) ?? '', value);
}

/** Maps that were numbered lists become lists again. */
function withLists(value: Value): Value {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (entries.every(([key]) => /^\d+$/.test(key))) return entries.map(([, item]) => withLists(item));
  return Object.fromEntries(entries.map(([key, item]) => [key, withLists(item)]));
}

/** Also for keys such as `__proto__`. */
function define(branch: Branch, key: string, value: Value): void {
  Object.defineProperty(branch, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Behind a space, `#` and `;` begin a comment in INI files. */
function bareValue(text: string, format: 'env' | 'ini'): string {
  const value = text.trim();
  const quoted = unquote(value);
  return format === 'ini' && quoted === value ? value.replace(/\s[#;].*$/, '').trim() : quoted;
}

function unquote(value: string): string {
  const quote = value[0];
  const quoted = value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote);
  return quoted ? value.slice(1, -1) : value;
}

function lineRange(line: number, length: number): Range {
  return { start: { line, column: 1 }, end: { line, column: length + 1 } };
}

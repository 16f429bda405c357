/**
 * How much of a source line may be shown beside a finding.
 *
 * - `full`: the line as it is. Only for rules that never point at secret material.
 * - `keys`: indentation, dashes and the key of a `key: value` line; the value is always one `…`, whatever its length.
 *   A line that is not surely such a line (text inside a block or quoted scalar, flow collections, PEM) is one `…`.
 * - `none`: no source line.
 */
export type SourceDisplay = 'full' | 'keys' | 'none';

export const MASK = '…';

export interface ShownLine {
  readonly text: string;
  /** UTF-16 columns, counted from the start, that stand unchanged in `text`; what lies behind them is masked. */
  readonly kept: number;
}

/** How far up the lines above are read. Behind that, a line counts as the inside of a scalar. */
const MAX_LINES_ABOVE = 2_000;
/** A longer line is data, not configuration. */
const MAX_LINE = 10_000;

const NAME = String.raw`[A-Za-z0-9_.$/-]{1,100}`;
const KEY = String.raw`(?:${NAME}|"${NAME}"|'${NAME}'|<<)`;
const YAML_LINE = new RegExp(String.raw`^( *(?:- +)*)(${KEY} *:)(?=\s|$)(.*)$`);
/** An item that is no mapping: its value stands behind the last dash. */
const YAML_ITEM = /^( *(?:- +)*-)(?=\s|$)(.*)$/;
const JSON_LINE = new RegExp(String.raw`^(\s*(?:[{,]\s*)?)("${NAME}"\s*:)(.*)$`);
/** What follows `=` is more than the padding of Base64 or Base32, whose text would else look like a name. */
const ENV_LINE = /^((?:export )?)([A-Z_][A-Z0-9_]{0,99}=)(?!=*\s*$)(.*)$/;

const PROPERTIES = String.raw`(?:\s+[&!][^\s{}[\],]*)*`;
/** Nothing beside a key, so that what is nested below belongs to a collection. */
const OPENS_COLLECTION = new RegExp(String.raw`^${PROPERTIES}\s*(?:#.*)?$`);
const QUOTED_OR_FLOW = new RegExp(String.raw`^${PROPERTIES}\s*["'{[]`);
/** In a line that is not understood, where a quoted scalar or a flow collection could start. */
const OPENS_SOMEWHERE = /(?:^|\s)["'{[]/;
const CLOSED = new RegExp(
  String.raw`^${PROPERTIES}\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\{[^{}[\]"'#]*\}|\[[^{}[\]"'#]*\])\s*(?:\s#.*)?$`,
);

/** A line of a file, by its index from 0, with everything masked that could be part of a value. */
export function maskLine(lines: readonly string[], index: number, path: string): ShownLine {
  const line = lines[index] ?? '';
  if (line.trim() === '') return { text: '', kept: 0 };
  const match = line.length > MAX_LINE ? null : matchKey(lines, index, path);
  if (match === null) return { text: MASK, kept: 0 };
  const key = `${match[1] ?? ''}${match[2] ?? ''}`;
  if ((match[3] ?? '').trim() === '') return { text: key, kept: key.length };
  return { text: `${key}${key.endsWith('=') ? '' : ' '}${MASK}`, kept: key.length };
}

function matchKey(lines: readonly string[], index: number, path: string): RegExpExecArray | null {
  const line = lines[index] ?? '';
  if (/\.json$/i.test(path)) return JSON_LINE.exec(line);
  if (/\.ya?ml$/i.test(path)) return standsInBlockMapping(lines, index) ? YAML_LINE.exec(line) : null;
  return lines.slice(0, index).every(isWholeAssignment) ? ENV_LINE.exec(line) : null;
}

/** Whether a line of an environment file, or of none that is known, leaves nothing open for the next one. */
function isWholeAssignment(line: string): boolean {
  if (/^\s*(?:#|$)/.test(line)) return true;
  const value = line.length > MAX_LINE ? undefined : ENV_LINE.exec(line)?.[3];
  return value !== undefined && !isOpen(value) && !value.endsWith('\\');
}

/**
 * Whether the lines above, up to the start of the document, leave no doubt that this one stands in no scalar and in no
 * flow collection: then what looks like a key is one.
 */
function standsInBlockMapping(lines: readonly string[], index: number): boolean {
  let indent = indentOf(lines[index] ?? '');
  const stop = Math.max(0, index - MAX_LINES_ABOVE);
  for (let above = index - 1; above >= stop; above -= 1) {
    const line = lines[above] ?? '';
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    if (/^(?:---|\.\.\.)\s*(?:#.*)?$/.test(line)) return true;
    if (line.length > MAX_LINE) return false;
    const match = YAML_LINE.exec(line) ?? YAML_ITEM.exec(line);
    const value = match?.at(-1) ?? null;
    if (value === null ? OPENS_SOMEWHERE.test(line) : isOpen(value)) return false;
    if (indentOf(line) > indent) continue;
    if (match === null || value === null) return false;
    const isSibling = contentColumn(match) === indent || indentOf(line) === indent;
    if (!isSibling && !OPENS_COLLECTION.test(value)) return false;
    indent = indentOf(line);
  }
  return stop === 0;
}

/** Whether a value may go on in the next lines however they are indented. */
function isOpen(value: string): boolean {
  return QUOTED_OR_FLOW.test(value) && !CLOSED.test(value);
}

/** Where the mapping starts in which a key stands: behind the dashes. -1 for an item without a key. */
function contentColumn(match: RegExpExecArray): number {
  return match.length > 3 ? (match[1] ?? '').length : -1;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

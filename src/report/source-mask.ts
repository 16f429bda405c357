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
  /** UTF-16 columns of the line, from 1, that stand unchanged in `text`; what lies behind them is masked. */
  readonly kept: number;
}

/** How far up a line's parents are looked for; text further away is taken for the inside of a scalar. */
const MAX_LINES_UP = 5_000;

const KEY = String.raw`(?:[A-Za-z0-9_.$/-]{1,100}|"[A-Za-z0-9_.$/ -]{1,100}"|'[A-Za-z0-9_.$/ -]{1,100}')`;
const YAML_LINE = new RegExp(String.raw`^( *(?:- +)*)(${KEY} *:)(?=\s|$)(.*)$`, 's');
const JSON_LINE = /^(\s*(?:[{,]\s*)?)("[A-Za-z0-9_.$/ -]{1,100}"\s*:)(.*)$/s;
/** What follows `=` is more than the padding of Base64 or Base32, whose text would else look like a name. */
const ENV_LINE = /^((?:export )?[A-Z_][A-Z0-9_]{0,99}=)(?!=*\s*$)(.*)$/s;

/** A key whose value is the block below it: nothing but an anchor or tag, and a comment. */
const OPENS_BLOCK = /^(?:\s+[&!][^\s{}[\],]*)*\s*(?:#.*)?$/s;
/** A whole value on one line: no scalar and no flow collection that goes on below. */
const CLOSED_VALUE =
  /^\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:[&!][^\s]*\s+)*[^\s"'{[|>&!#][^#]*)\s*(?:\s#.*)?$/s;

/** A line of a file with everything masked that could be part of a value. */
export function maskLine(lines: readonly string[], index: number, path: string): ShownLine {
  const line = (lines[index] ?? '').replace(/\r$/, '');
  if (line.trim() === '') return { text: '', kept: 0 };
  if (/\.json$/i.test(path)) return showKey(JSON_LINE.exec(line));
  if (/\.ya?ml$/i.test(path)) {
    return showKey(isBlockMapping(lines, index) ? YAML_LINE.exec(line) : null);
  }
  const match = ENV_LINE.exec(line);
  return showKey(match === null ? null : [match[0], '', match[1] ?? '', match[2] ?? '']);
}

function showKey(match: readonly string[] | null): ShownLine {
  if (match === null) return { text: MASK, kept: 0 };
  const key = `${match[1] ?? ''}${match[2] ?? ''}`;
  const value = match[3] ?? '';
  if (value.trim() === '') return { text: key, kept: key.length };
  const space = key.endsWith('=') ? '' : ' ';
  return { text: `${key}${space}${MASK}`, kept: key.length };
}

/**
 * Whether every line that this one is nested in is a key without a value of its own. If so, the line stands in no block
 * scalar and no quoted text, so that what looks like a key is one.
 */
function isBlockMapping(lines: readonly string[], index: number): boolean {
  let column = contentColumn(lines[index] ?? '');
  let indent = indentOf(lines[index] ?? '');
  const stop = Math.max(0, index - MAX_LINES_UP);
  for (let above = index - 1; above >= stop && indent >= 0; above -= 1) {
    const line = (lines[above] ?? '').replace(/\r$/, '');
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) return /^(?:---|\.\.\.)\s*(?:#.*)?$/.test(line);
    if (indentOf(line) > indent) continue;
    const match = YAML_LINE.exec(line);
    const isItemAlone = /^ *-\s*(?:#.*)?$/.test(line);
    if (match === null && !isItemAlone) return false;
    if (match !== null && !OPENS_BLOCK.test(match[3] ?? '')) {
      // A value beside its key ends there only if what follows stands in the same mapping or further out.
      if (contentColumn(line) < column || !CLOSED_VALUE.test(match[3] ?? '')) {
        if (contentColumn(line) < column || indentOf(line) < indent) return false;
        if (!endsBefore(match[3] ?? '')) return false;
      }
    }
    if (indentOf(line) < indent) {
      indent = indentOf(line);
      column = contentColumn(line);
    }
  }
  return stop === 0 || indent <= 0;
}

/**
 * How much of a source line may be shown beside a finding.
 *
 * - `full`: the line as it is. Only for rules that never point at secret material.
 * - `keys`: indentation, dashes and the key of a `key: value` line; the value is always one `…`, whatever its length.
 *   A line without such a key (text inside a block scalar, flow collections, PEM) is one `…`.
 * - `none`: no source line.
 */
export type SourceDisplay = 'full' | 'keys' | 'none';

export const MASK = '…';

export interface ShownLine {
  readonly text: string;
  /** UTF-16 columns of the line, from 1, that stand unchanged in `text`; what lies behind them is masked. */
  readonly kept: number;
}

const KEY = String.raw`(?:[A-Za-z0-9_.$/-]{1,100}|"[A-Za-z0-9_.$/ -]{1,100}"|'[A-Za-z0-9_.$/ -]{1,100}')`;
const YAML_LINE = new RegExp(String.raw`^( *(?:- +)*)(${KEY} *:)(?=\s|$)(.*)$`, 's');
const JSON_LINE = /^(\s*(?:[{,]\s*)?)("[A-Za-z0-9_.$/ -]{1,100}"\s*:)(.*)$/s;
/** What follows `=` is more than the padding of Base64 or Base32, whose text would else look like a name. */
const ENV_LINE = /^((?:export )?)([A-Z_][A-Z0-9_]{0,99}=)(?!=*\s*$)(.*)$/s;

/** A line with everything masked that could be part of a value. */
export function maskLine(line: string, path: string): ShownLine {
  const match = patternFor(path).exec(line);
  if (match === null) return line.trim() === '' ? { text: '', kept: 0 } : { text: MASK, kept: 0 };
  const key = `${match[1] ?? ''}${match[2] ?? ''}`;
  if ((match[3] ?? '').trim() === '') return { text: key, kept: key.length };
  return { text: `${key}${key.endsWith('=') ? '' : ' '}${MASK}`, kept: key.length };
}

function patternFor(path: string): RegExp {
  if (/\.json$/i.test(path)) return JSON_LINE;
  return /\.ya?ml$/i.test(path) ? YAML_LINE : ENV_LINE;
}

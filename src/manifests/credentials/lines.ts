import type { Range } from '../position.ts';
import { kindByForm, kindOfNamed } from './check.ts';
import type { CredentialKind } from './kinds.ts';
import { credentialsInText } from './text.ts';

/** A credential on a line of a configuration file. */
export interface LineCredential {
  readonly key: string;
  readonly kind: CredentialKind;
  readonly value: string;
  readonly range: Range;
}

/** Longer lines are looked at by their form only. */
const MAX_LINE = 10_000;
const KEY = /^[A-Za-z_][\w.-]{0,100}$/;
const COMMENT = /^\s*(?:#|;|\/\/|--|\*|<!--|%)/;
const XML = /<([\w.-]{1,60})>([^<>\n]{3,300})<\/\1>/;
const XML_PROPERTY = /\bname="([\w.-]{1,100})"\s{1,5}value="([^"\n]{3,300})"/;

/**
 * Credentials in a text of `key = value` or `key: value` lines: dotenv, INI, properties, TOML, YAML, XML and most
 * configuration files, without knowing which it is.
 *
 * @param code the text is a program, where an unquoted word is a variable
 */
export function credentialsOnLines(text: string, code = false): LineCredential[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.replace(/\r$/, '');
    if (line.length < 5 || COMMENT.test(line)) return [];
    const range = (start: number, length: number): Range => ({
      start: { line: index + 1, column: start + 1 },
      end: { line: index + 1, column: start + length + 1 },
    });
    const whole = range(line.length - line.trimStart().length, line.trim().length);
    if (line.length <= MAX_LINE) {
      const setting = settingOn(line, code);
      if (setting !== null) {
        const kind = kindOfNamed(setting.key, setting.value, 'setting') ?? kindByForm(setting.value);
        if (kind !== null) return [{ ...setting, kind, range: whole }];
      }
    }
    return credentialsInText(line)
      .slice(0, 1)
      .map(({ index: start, length, kind }) => ({
        key: firstWord(line),
        kind,
        value: line.slice(start, start + length),
        range: whole,
      }));
  });
}

function firstWord(line: string): string {
  const match = /^\s*["']?([A-Za-z_][\w.-]{0,100})/.exec(line);
  return match?.[1] ?? '';
}

interface Setting {
  readonly key: string;
  readonly value: string;
}

function settingOn(line: string, code: boolean): Setting | null {
  const xml = XML.exec(line) ?? XML_PROPERTY.exec(line);
  if (xml !== null) return { key: xml[1] ?? '', value: xml[2] ?? '' };
  const at = line.search(/[=:]/);
  if (at < 1) return null;
  const separator = line[at] ?? '';
  let rest = line.slice(at + 1);
  if (separator === ':' && rest.startsWith('=')) rest = rest.slice(1);
  if (/^[=~>]/.test(rest)) {
    if (!rest.startsWith('>')) return null;
    rest = rest.slice(1);
  }
  const before = line.slice(0, at).trim().replace(/^- /, '').replaceAll(/["'`]/g, '').split(/\s+/);
  // `export NAME=`, `String name =`: the last word; in front of a colon there is only one.
  if (separator === ':' && before.length > 1) return null;
  const key = before.at(-1) ?? '';
  const value = literalOf(rest.trim(), code);
  return KEY.test(key) && value !== null ? { key, value } : null;
}

/** A value without quotes, comment and comma; null for an expression. */
function literalOf(text: string, code: boolean): string | null {
  const quoted = /^(?:[rbuf]{0,2})(["'`])(.*?)\1\s*[,;)]?\s*(?:#.*|\/\/.*)?$/.exec(text);
  if (quoted !== null) return quoted[2] ?? '';
  const value = text
    .replace(/\s+[#;].*$/, '')
    .replace(/[,;]$/, '')
    .trim();
  if (/^[$%&*!|>@<[{("'`]/.test(value) || FROM_ENVIRONMENT.test(value)) return null;
  if (code ? !/^[\w+/=.-]*\d[\w+/=.-]*$/.test(value) : /[()]|\s\S+\s\S+\s/.test(value)) return null;
  return value;
}

/** How programs read a variable of their environment. */
const FROM_ENVIRONMENT = /^(?:os\.(?:environ|getenv)|process\.env|ENV\[|System\.getenv|env\.)/;

/** A text that is a program by its name, or by the interpreter that it asks for. A shell's is read as settings. */
export function isProgram(name: string, text = ''): boolean {
  if (/^#!.{0,100}\b(?:python|node|deno|bun|ruby|perl|php|lua)/.test(text)) return true;
  return /\.(?:sh|bash|py|js|ts|rb|go|lua|pl|php|java|kt|groovy|sql|rego|tpl|tmpl|ps1|awk|jsonnet|md|txt|html?|css)$/i.test(
    name,
  );
}

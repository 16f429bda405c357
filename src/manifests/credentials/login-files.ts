import { isRecord } from '../manifest.ts';
import type { Range } from '../position.ts';
import { decodeBase64 } from '../base64.ts';
import { kindOfNamed } from './check.ts';
import { dockerLoginsOf } from './exposed.ts';
import { credentialsOnLines, type LineCredential } from './lines.ts';
import { parseEmbedded } from './parse.ts';

type Reader = (text: string) => readonly LineCredential[];

/** Names that say that somebody has to copy the file first, and fill it in. */
const SAMPLE = /(?:^|[.\-_])(?:example|sample|template|tmpl|tpl|dist|defaults?|schema)(?:[.\-_]|$)/i;

/** Files in which programs look for logins, by their names; each is read as its program reads it. */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^[._]netrc$/, readNetrc],
  [/^\.pgpass$|^pgpass\.conf$/, readPgpass],
  [/^\.npmrc$/, readNpmrc],
  [/^\.dockercfg$/, readDockercfg],
  [/^\.env(?:[.\-_][\w.-]+)?$|\.env$/i, (text) => credentialsOnLines(text)],
  [/^\.envrc$/, (text) => credentialsOnLines(text, true)],
  [/\.tfvars$|^\.terraformrc$|^terraform\.rc$|\.tfrc$/, readHcl],
  [/^\.pypirc$|^\.?my\.cnf$|^\.git-credentials$|^\.s3cfg$|^pip\.conf$/, (text) => credentialsOnLines(text)],
];
/** Files whose names say something in their folder only. */
const IN_FOLDER = /(?:^|\/)(?:\.aws\/credentials|\.cargo\/credentials(?:\.toml)?|git\/credentials)$/;

/** The credentials in a file that is there to hold some; null when its name does not say so. */
export function credentialsInLoginFile(path: string, text: string): readonly LineCredential[] | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (SAMPLE.test(name)) return null;
  const reader = READERS.find(([pattern]) => pattern.test(name))?.[1];
  if (reader !== undefined) return reader(text);
  return IN_FOLDER.test(path) ? credentialsOnLines(text) : null;
}

/** Longer words are no passwords that a person or program gave. */
const MAX_WORD = 2_000;

/**
 * `machine NAME login NAME password WORD`, in any layout; a word may stand in quotes. What follows `macdef` up to an empty
 * line is a script. https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
 */
function readNetrc(text: string): LineCredential[] {
  const found: LineCredential[] = [];
  let before = '';
  let inMacro = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (inMacro) {
      inMacro = line.trim() !== '';
      continue;
    }
    for (const match of line.matchAll(/"(?:[^"\\]|\\.)*"|\S+/g)) {
      const [word] = match;
      // As password, a word may begin with the sign of a comment.
      if (word.startsWith('#') && before !== 'password') break;
      if (word === 'macdef') {
        inMacro = true;
        break;
      }
      if (before === 'password' || before === 'account') {
        const value = word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word;
        found.push(...password(before, value, rangeOn(index, match.index, word.length)));
        before = '';
      } else {
        before = before === 'machine' || before === 'login' ? '' : word;
      }
    }
  }
  return found;
}

/** `host:port:database:user:password`, where `\` stands before a colon or itself. */
function readPgpass(text: string): LineCredential[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.replace(/\r$/, '');
    if (line.startsWith('#')) return [];
    const start = /^(?:(?:[^:\\]|\\.)*:){4}/.exec(line)?.[0].length;
    if (start === undefined) return [];
    const value = line.slice(start).replaceAll(/\\(.)/g, '$1');
    return password('password', value, rangeOn(index, start, line.length - start));
  });
}

/** `//registry.example.com/:_authToken=…`: what is behind the last colon of a key says what the value is. */
function readNpmrc(text: string): LineCredential[] {
  return text.split('\n').flatMap((raw, index): LineCredential[] => {
    const line = raw.replace(/\r$/, '');
    const [, start = '', name = '', quoted = ''] =
      /^(\s*(?:[^=;#\s][^=]{0,300}:)?)(_authToken|_password|_auth|_authtoken)\s*=\s*(.*?)\s*$/.exec(line) ??
      [];
    const value = /^(["'])(.*)\1$/.exec(quoted)?.[2] ?? quoted;
    // `${NAME?}` stands for nothing when there is no such variable.
    if (value === '' || value.length > MAX_WORD || /^\$\{\w+[?-]?\}$/.test(value)) return [];
    const range = rangeOn(index, start.length, line.trimEnd().length - start.length);
    if (/token$/i.test(name)) {
      const kind = kindOfNamed(name, value, 'setting');
      return kind === null ? [] : [{ key: name, kind, value, range }];
    }
    const decoded = decodeBase64(value, true) ?? value;
    const text = name === '_auth' ? decoded.slice(decoded.indexOf(':') + 1) : decoded;
    return password(name, text, range).map((one) => ({ ...one, kind: 'registry' as const, value }));
  });
}

/** Docker's first configuration, which is the map that later stands under `auths`; that is looked for in every file. */
function readDockercfg(text: string): LineCredential[] {
  return (parseEmbedded(text)?.documents ?? []).flatMap((document) => {
    const { value } = document;
    const auths = isRecord(value) && isRecord(value['auths']) ? value['auths'] : value;
    const logins = isRecord(auths) ? dockerLoginsOf({ auths }) : [];
    return logins.map(([, ...pointer]): LineCredential => {
      const place = auths === value ? pointer : ['auths', ...pointer];
      return {
        key: 'auth',
        kind: 'registry',
        value: JSON.stringify(auths),
        range: document.rangeOf(place, 'key'),
      };
    });
  });
}

/** Settings of Terraform, without the lines of blocks that are comments. */
function readHcl(text: string): readonly LineCredential[] {
  let inComment = false;
  const lines = text.split('\n').map((line) => {
    const opens = /^\s*\/\*/.test(line);
    const commented = inComment || opens;
    if (commented) inComment = !line.includes('*/');
    return commented ? '' : line;
  });
  return credentialsOnLines(lines.join('\n'));
}

/** Where a program expects nothing but a password, everything is one that does not stand for another text. */
function password(key: string, value: string, range: Range): LineCredential[] {
  const word = value.trim();
  if (word === '' || word.length > MAX_WORD) return [];
  const kind = kindOfNamed('password', word, 'setting');
  return kind === null ? [] : [{ key, kind, value, range }];
}

function rangeOn(index: number, start: number, length: number): Range {
  return {
    start: { line: index + 1, column: start + 1 },
    end: { line: index + 1, column: start + length + 1 },
  };
}

import { kindByForm, kindOfNamed } from './check.ts';
import { credentialNamed } from './key-name.ts';
import type { CredentialKind } from './kinds.ts';

/** A credential among the arguments of a program. */
export interface ArgumentCredential {
  readonly index: number;
  /** The option, without its value. */
  readonly key: string;
  readonly kind: CredentialKind;
  readonly value: string;
}

const OPTION =
  /(?:^|\s)(--?[A-Za-z][\w.-]{1,60})(?:=|\s{1,5})("[^"\n]{1,300}"|'[^'\n]{1,300}'|[^\s"']{1,300})/g;
const ASSIGNMENT =
  /(?:^|\s|--from-literal[= ])([A-Za-z_]\w{1,60})=("[^"\n]{1,300}"|'[^'\n]{1,300}'|[^\s"';&|]{1,300})/g;
/** The login that curl is given with `-u`, behind the colon. */
const USER_OPTION = /(?:^|\s)(?:-u|--user)(?:=|\s{1,5})["']?[\w.@-]{1,60}:([^\s"']{3,200})/g;
/** The client programs of MySQL take `-p` and the password as one word. */
const MYSQL_OPTION =
  /\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\b[^\n|;&]{0,200}?\s-p([^\s"'$-][^\s"']{2,100})/g;

/** Credentials in a list of arguments, also within a script that a shell is given. */
export function credentialsInArguments(items: readonly unknown[]): ArgumentCredential[] {
  return items.flatMap((item, index) => {
    if (typeof item !== 'string' || item === '') return [];
    const found = inOne(item, index);
    if (found !== null) return [found];
    // `--password` and its value as two arguments.
    const option = items[index - 1];
    if (typeof option !== 'string' || !/^--?[A-Za-z][\w.-]*$/.test(option) || item.startsWith('-')) return [];
    if (credentialNamed(option) === null) return [];
    const kind = kindOfNamed(option, item, 'setting');
    return kind === null ? [] : [{ index, key: option, kind, value: item }];
  });
}

function inOne(item: string, index: number): ArgumentCredential | null {
  for (const pattern of [OPTION, ASSIGNMENT]) {
    for (const [, key = '', quoted = ''] of item.matchAll(pattern)) {
      const value = /^["']/.test(quoted) ? quoted.slice(1, -1) : quoted;
      if (value.startsWith('-')) continue;
      const kind = kindOfNamed(key, value, 'setting');
      if (kind !== null) return { index, key, kind, value };
    }
  }
  for (const pattern of [USER_OPTION, MYSQL_OPTION]) {
    for (const [, value = ''] of item.matchAll(pattern)) {
      const kind = kindOfNamed('password', value, 'setting');
      if (kind !== null) return { index, key: pattern === USER_OPTION ? '--user' : '-p', kind, value };
    }
  }
  const kind = kindByForm(item);
  return kind === null
    ? null
    : { index, key: /^--?[A-Za-z][\w.-]{0,60}(?==)/.exec(item)?.[0] ?? '', kind, value: item };
}

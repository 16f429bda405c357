import { Unclear } from './unclear.ts';

/** Escapes that mean the same in JSON. */
const ONLY_COMMON_ESCAPES = /^(?:[^\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*$/;

/** What stands between double quotes on one line. */
export function unquoteDouble(inner: string): string {
  if (!ONLY_COMMON_ESCAPES.test(inner)) throw Unclear.error;
  return JSON.parse(`"${inner}"`) as string;
}

/** What stands between single quotes on one line. */
export function unquoteSingle(inner: string): string {
  return inner.replaceAll("''", "'");
}

export const NEWLINE = 10;
export const SPACE = 32;
export const QUOTE = 34;
export const HASH = 35;
export const APOSTROPHE = 39;
export const COMMA = 44;
export const DASH = 45;
export const DOT = 46;
export const COLON = 58;
export const LESS = 60;
export const GREATER = 62;
export const OPEN_LIST = 91;
export const BACKSLASH = 92;
export const CLOSE_LIST = 93;
export const OPEN_MAP = 123;
export const BAR = 124;
export const CLOSE_MAP = 125;

function table(characters: string): Uint8Array {
  const known = new Uint8Array(128);
  for (const character of characters) known[character.charCodeAt(0)] = 1;
  return known;
}

const WORDS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const IN_KEY = table(`${WORDS}_-./$@+~^()*=%<>!|&;`);
const STARTS_KEY = table(`${WORDS}_./$`);
const STARTS_NO_PLAIN = table('[]{},#&*!|>\'"%@`?:\n ');

/** Whether a character stands in keys without having a meaning of its own. */
export function isInKey(code: number): boolean {
  return IN_KEY[code] === 1;
}

export function startsKey(code: number): boolean {
  return STARTS_KEY[code] === 1;
}

/** Whether a plain scalar can begin so, without anybody having to think twice. */
export function startsPlain(code: number): boolean {
  return STARTS_NO_PLAIN[code] !== 1;
}

import { isUtf8 } from 'node:buffer';

const BACKSLASH = 0x5c;
const ESCAPE = /\\x([0-9a-f]{2})/g;

/**
 * A path as text. Bytes that are not UTF-8 become `\xNN`; a backslash that would read as such an escape becomes
 * `\x5c`. Two different paths never give the same text.
 */
export function decodePath(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer) && !buffer.includes(BACKSLASH)) return buffer.toString('utf8');
  let text = '';
  let at = 0;
  while (at < buffer.length) {
    const length = characterLength(buffer, at);
    if (length === 0 || (buffer[at] === BACKSLASH && readsAsEscape(buffer, at))) {
      text += `\\x${(buffer[at] ?? 0).toString(16).padStart(2, '0')}`;
      at += 1;
    } else {
      text += buffer.toString('utf8', at, at + length);
      at += length;
    }
  }
  return text;
}

/** The bytes of a path that {@link decodePath} gave. */
export function encodePath(path: string): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const match of path.matchAll(ESCAPE)) {
    parts.push(Buffer.from(path.slice(at, match.index), 'utf8'), Buffer.from(match[1] ?? '', 'hex'));
    at = match.index + match[0].length;
  }
  parts.push(Buffer.from(path.slice(at), 'utf8'));
  return Buffer.concat(parts);
}

/** Bytes of the UTF-8 character at an offset; 0 when there is none. */
function characterLength(buffer: Buffer, at: number): number {
  const first = buffer[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length <= buffer.length && isUtf8(buffer.subarray(at, at + length)) ? length : 0;
}

function readsAsEscape(buffer: Buffer, at: number): boolean {
  return /^\\x[0-9a-f]{2}/i.test(buffer.toString('latin1', at, at + 4));
}

/** Splits at NUL bytes; what follows the last one is left out when it is empty. */
export function splitNul(output: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let start = 0;
  while (start < output.length) {
    const end = output.indexOf(0, start);
    if (end < 0) {
      fields.push(output.subarray(start));
      break;
    }
    fields.push(output.subarray(start, end));
    start = end + 1;
  }
  return fields;
}

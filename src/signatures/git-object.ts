const LINE_FEED = 0x0a;
const SPACE = 0x20;

export type ObjectFormat = 'sha1' | 'sha256';

export interface Header {
  readonly name: string;
  /** Continuation lines joined with line feeds, their leading space removed. */
  readonly value: Buffer;
  readonly start: number;
  /** Behind the last line feed. */
  readonly end: number;
}

/** The parts of a raw commit or tag object. */
export interface GitObject {
  readonly raw: Buffer;
  readonly headers: readonly Header[];
  /** Where the message starts. */
  readonly bodyStart: number;
}

/** Splits a raw commit or tag, byte for byte, as git does: headers up to the first empty line. */
export function readGitObject(raw: Buffer): GitObject {
  const headers: Header[] = [];
  let at = 0;
  while (at < raw.length && raw[at] !== LINE_FEED) {
    const start = at;
    const lines: Buffer[] = [];
    do {
      const end = raw.indexOf(LINE_FEED, at);
      const stop = end < 0 ? raw.length : end;
      lines.push(raw.subarray(lines.length === 0 ? at : at + 1, stop));
      at = Math.min(stop + 1, raw.length);
    } while (at < raw.length && raw[at] === SPACE);
    const line = lines[0] ?? raw.subarray(0, 0);
    const space = line.indexOf(SPACE);
    const name = line.toString('latin1', 0, space < 0 ? line.length : space);
    const rest = lines.flatMap((part, index) => [
      ...(index === 0 ? [] : [Buffer.from('\n')]),
      index === 0 ? part.subarray(space < 0 ? part.length : space + 1) : part,
    ]);
    headers.push({ name, value: Buffer.concat(rest), start, end: at });
  }
  return { raw, headers, bodyStart: Math.min(at + 1, raw.length) };
}

/** The object's bytes without some of its headers. */
export function withoutHeaders(raw: Buffer, left: readonly Header[], end = raw.length): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const header of left) {
    parts.push(raw.subarray(at, header.start));
    at = header.end;
  }
  return Buffer.concat([...parts, raw.subarray(at, end)]);
}

/** Headers that can hold a signature, of whichever object format. */
export function signatureHeaders(headers: readonly Header[]): Header[] {
  return headers.filter((header) => header.name === 'gpgsig' || header.name === 'gpgsig-sha256');
}

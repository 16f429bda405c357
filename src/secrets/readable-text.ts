/** How a file's bytes are read as text. */
export interface ReadableText {
  readonly text: string;
  /** The text is what a person sees; otherwise each byte stands for one character. */
  readonly faithful: boolean;
}

/**
 * The text in which credentials are looked for. UTF-8; UTF-16 with a mark or recognizably so; anything else byte by
 * byte, so that a token in a file of another encoding is found all the same. No byte order mark.
 */
export function readableText(content: Uint8Array): ReadableText {
  const encoding = utf16Of(content) ?? 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(content);
    if (!text.includes('\0')) return { text, faithful: true };
  } catch {
    // Read byte by byte below.
  }
  return {
    text: Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1'),
    faithful: false,
  };
}

const SAMPLE = 1024;

/** By its mark, or because every other byte of the beginning is zero, as in UTF-16 of Western text. */
function utf16Of(content: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const length = Math.min(SAMPLE, content.length - (content.length % 2));
  if (length < 8 || content.length % 2 !== 0) return null;
  const zeros = [0, 0];
  for (let at = 0; at < length; at += 1) if (content[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd * 2 > length * 0.9 && even === 0) return 'utf-16le';
  if (even * 2 > length * 0.9 && odd === 0) return 'utf-16be';
  return null;
}

const MAGIC: readonly (readonly [string, readonly number[]])[] = [
  ['a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip archive', [0x1f, 0x8b]],
  ['an xz archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['a bzip2 archive', [0x42, 0x5a, 0x68]],
  ['a Zstandard archive', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf]],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21]],
];

/** What kind of archive the bytes are, whose content is not looked into; null for none. */
export function archiveKind(content: Uint8Array): string | null {
  return MAGIC.find(([, bytes]) => bytes.every((byte, index) => content[index] === byte))?.[0] ?? null;
}

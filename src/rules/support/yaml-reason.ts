/** The parser's message up to the part in which it may quote the file: that part could hold a secret. */
export function withoutContent(message: string): string {
  const cut = message
    .replace(/(?<=\S): .*$/s, '')
    .replace(
      / (?:escape sequence|reserved character|indicator character|anchor|alias|tag handle) .*$/is,
      (rest) => rest.split(' ').slice(0, 3).join(' ').trimEnd(),
    )
    .replaceAll(/["'`][^"'`]*["'`]/g, '…');
  return cut.trim().replace(/[.,:]+$/, '');
}

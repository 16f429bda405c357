/**
 * The text that base64 stands for, as the API server decodes it: line breaks are skipped, padding is required.
 * Null when it is not base64, or holds bytes that are no text.
 *
 * @param unpadded also accept it without padding, as in a JSON web token
 */
export function decodeBase64(text: string, unpadded = false): string | null {
  const compact = text.replaceAll(/[\r\n]/g, '');
  if (unpadded ? !/^[A-Za-z0-9+/]*={0,2}$/.test(compact) : !isBase64(text)) return null;
  const decoded = Buffer.from(compact, 'base64').toString('utf8');
  return decoded.includes('\ufffd') ? null : decoded;
}

/** Standard and padded, as Go's decoder takes it: line ends do not count. */
export function isBase64(text: string): boolean {
  const compact = text.replaceAll(/[\r\n]/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
}

/** As the API server takes them: leading zeros pass, zones do not, and `::ffff:1.2.3.4` counts for both versions. */
export function isIPv4(text: string): boolean {
  return isIP(text) && text.includes('.');
}

export function isIPv6(text: string): boolean {
  if (!/^[0-9a-fA-F:.]+$/.test(text)) return false;
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return false;
  const words = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = words.at(-1) ?? '';
  const embedded = last.includes('.');
  if (embedded && !isDotted(last)) return false;
  const plain = embedded ? words.slice(0, -1) : words;
  if (!plain.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))) return false;
  const count = plain.length + (embedded ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

export function isIP(text: string): boolean {
  return isDotted(text) || isIPv6(text);
}

function isDotted(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

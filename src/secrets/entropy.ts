/** Shannon's entropy as gitleaks computes it: counted in characters, divided by the length in UTF-8 bytes. */
export function entropyOf(text: string): number {
  if (text === '') return 0;
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  const share = 1 / Buffer.byteLength(text);
  let entropy = 0;
  for (const count of counts.values()) entropy -= count * share * Math.log2(count * share);
  return entropy;
}

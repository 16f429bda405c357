/**
 * One word of a POSIX shell command, to be shown for copying. A name from the repository may hold anything, so
 * one that no quoting makes safe to paste (control characters) is replaced by `<file>`.
 */
export function shellWord(text: string): string {
  if (/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(text) || text === '') return '<file>';
  const word = text.startsWith('-') ? `./${text}` : text;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

import { classify } from './classify.ts';

/** What kind of credential a value is by its format alone, as a noun with its article; null when it has none. */
export function nameKind(value: string): string | null {
  const kind = classify(value);
  if (kind === null) return null;
  return `${/^[aeiou]/i.test(kind.title) ? 'an' : 'a'} ${kind.title}`;
}

import { KINDS, type Kind } from './catalogue/index.ts';
import { entropyOf } from './entropy.ts';
import { KeywordIndex } from './keywords.ts';
import { isAscii, Pattern } from './pattern/pattern.ts';

/** Longer values are files; the scan of the whole text is for them. */
const MAX_LENGTH = 4096;

interface Candidate {
  readonly kind: Kind;
  readonly pattern: Pattern;
}

let index: { readonly keywords: KeywordIndex; readonly byKeyword: readonly (readonly Candidate[])[] } | null =
  null;

/**
 * The kind of credential that a single value is, such as the value of a field, by its looks alone. Null when it has no
 * form that a provider published, which says nothing about whether it is secret.
 */
export function classify(value: string): Kind | null {
  const text = value.trim();
  if (text === '' || text.length > MAX_LENGTH) return null;
  const { keywords, byKeyword } = (index ??= buildIndex());
  const ascii = isAscii(text);
  const hits = keywords.findIn(text);
  for (const [position, candidates] of byKeyword.entries()) {
    if (hits[position] !== 1) continue;
    for (const { kind, pattern } of candidates) {
      for (const { start, end } of pattern.matches(text, ascii, 'v8')) {
        const match = text.slice(start, end);
        const secret =
          pattern
            .groupsOf(match, 'v8')
            ?.slice(1)
            .find((group) => group !== undefined) ?? match;
        if (kind.entropy === 0 || entropyOf(secret) > kind.entropy) return kind;
      }
    }
  }
  return null;
}

/** Kinds that need the name of their field are left out: the value alone says nothing of them. */
function buildIndex(): NonNullable<typeof index> {
  const words = new Map<string, Candidate[]>();
  for (const kind of KINDS.values()) {
    if (kind.byName || kind.pattern === null) continue;
    const candidate = { kind, pattern: new Pattern(kind.pattern, true) };
    for (const keyword of kind.keywords) words.set(keyword, [...(words.get(keyword) ?? []), candidate]);
  }
  return { keywords: new KeywordIndex([...words.keys()]), byKeyword: [...words.values()] };
}

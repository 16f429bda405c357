import type { FileRule, Problem } from '../../engine/rule.ts';

interface KeyForm {
  readonly what: string;
  readonly pattern: RegExp;
}

// A marker alone is no key: a sample or a test for it has no key material behind it.
const FORMS: readonly KeyForm[] = [
  { what: 'an age identity', pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}\b/g },
  { what: 'a post-quantum age identity', pattern: /AGE-SECRET-KEY-PQ-1[0-9A-Z]{40,4000}\b/g },
  {
    what: 'an OpenPGP private key',
    pattern: /-----BEGIN PGP PRIVATE KEY BLOCK-----(?=(?:[^-]|-(?!-{4})){0,400}?[A-Za-z0-9+/]{40})/g,
  },
  {
    what: 'a private key',
    pattern:
      /-----BEGIN (?:(?:OPENSSH|RSA|EC|DSA|ENCRYPTED) )?PRIVATE KEY-----(?=(?:[^-]|-(?!-{4})){0,400}?[A-Za-z0-9+/]{40})/g,
  },
];

/** Enough of a key to tell it from another. */
const KEY_LENGTH = 400;

interface FoundKey {
  readonly what: string;
  readonly index: number;
  readonly marker: string;
}

/** Every private key in a text, in order. */
export function findPrivateKeys(text: string): FoundKey[] {
  if (!/PRIVATE KEY|AGE-SECRET-KEY/.test(text)) return [];
  return FORMS.flatMap(({ what, pattern }) =>
    [...text.matchAll(pattern)].map((match) => ({ what, index: match.index, marker: match[0] })),
  ).sort((a, b) => a.index - b.index);
}

export const noPrivateKey: FileRule = {
  scope: 'file',
  judge({ text }) {
    if (text === null) return [];
    const matches = findPrivateKeys(text);
    let line = 1;
    let lineStart = 0;
    return matches.map(({ what, index, marker }): Problem => {
      for (
        let next = text.indexOf('\n', lineStart);
        next >= 0 && next < index;
        next = text.indexOf('\n', lineStart)
      ) {
        line += 1;
        lineStart = next + 1;
      }
      const column = index - lineStart + 1;
      return {
        range: { start: { line, column }, end: { line, column: column + marker.length } },
        // The key itself: what follows its marker.
        judged: text.slice(index, index + KEY_LENGTH),
        values: { what },
      };
    });
  },
};

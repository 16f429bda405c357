import { describe, expect, test } from '@jest/globals';
import { readCodeOwners } from '../../../src/github/commands/code-owners.ts';

const ownersOf = (text: string, path: string): string[] =>
  readCodeOwners(text)(path).map((owner) =>
    owner.type === 'user' ? owner.login : `${owner.organisation}/${owner.slug}`,
  );

describe('CODEOWNERS', () => {
  test('the last line that matches counts, also when it names nobody', () => {
    const text = '* @all\n/apps/ @acme/apps @ada # those\n\n# none:\n/apps/free/\r\n';
    expect(ownersOf(text, 'README.md')).toEqual(['all']);
    expect(ownersOf(text, 'apps/x')).toEqual(['acme/apps', 'ada']);
    expect(ownersOf(text, 'apps/free/x')).toEqual([]);
  });

  test('addresses name no account, and a line that GitHub does not understand counts for nothing', () => {
    expect(ownersOf('* ada@example.com @bob\n', 'x')).toEqual(['bob']);
    expect(ownersOf('* @ada\n/x bob\n', 'x')).toEqual(['ada']);
    expect(ownersOf('* @ada\n/x @a/b/c\n', 'x')).toEqual(['ada']);
  });

  test('a hostile file takes no time', () => {
    const text = `${'*'.repeat(500)}a${'*'.repeat(500)}b @ada\n`.repeat(500);
    expect(ownersOf(text, 'a'.repeat(300))).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { readCodeOwners } from '../../../src/github/commands/code-owners.ts';

const ownersOf = (text: string, path: string): string[] =>
  readCodeOwners(text)(path).map((owner) =>
    owner.type === 'user' ? owner.login : `${owner.organisation}/${owner.slug}`,
  );

describe('CODEOWNERS', () => {
  // The cases of https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
  test.each<[pattern: string, path: string, matches: boolean]>([
    ['*', 'a/b/c.yaml', true],
    ['*', '.github/CODEOWNERS', true],
    ['*.js', 'deep/down/x.js', true],
    ['*.js', 'x.jsx', false],
    ['/build/logs/', 'build/logs/a/b.log', true],
    ['/build/logs/', 'other/build/logs/a.log', false],
    ['docs/*', 'docs/start.md', true],
    ['docs/*', 'docs/build/start.md', false],
    ['docs/*', 'x/docs/start.md', false],
    ['apps/', 'apps/web.yaml', true],
    ['apps/', 'x/y/apps/web.yaml', true],
    ['apps/', 'apps', false],
    ['/docs/', 'docs/x/y.md', true],
    ['/docs/', 'x/docs/y.md', false],
    ['/scripts/', 'scripts/x', true],
    ['**/logs', 'build/logs/x', true],
    ['**/logs', 'logs/x', true],
    ['**/logs', 'deeply/nested/logs', true],
    ['/apps/github', 'apps/github/x', true],
    ['/apps/github', 'apps/github2/x', false],
    ['/apps/github', 'apps/github', true],
    ['apps/**/prod', 'apps/web/prod/x.yaml', true],
    ['web.yaml', 'apps/web.yaml', true],
    ['Web.yaml', 'apps/web.yaml', false],
    ['my\\ file.yaml', 'my file.yaml', true],
    ['{a,b}.yaml', 'a.yaml', false],
    ['{a,b}.yaml', '{a,b}.yaml', true],
    ['[ab].yaml', 'a.yaml', false],
    ['!a.yaml', 'a.yaml', false],
    ['a?.yaml', 'ab.yaml', true],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(ownersOf(`${pattern} @ada\n`, path)).toEqual(matches ? ['ada'] : []);
  });

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

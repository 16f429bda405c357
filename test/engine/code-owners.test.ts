import { describe, expect, test } from '@jest/globals';
import { parseCodeOwners } from '../../src/engine/code-owners.ts';

describe('a pattern of CODEOWNERS', () => {
  test.each([
    // pattern, path, whether it holds
    ['*', 'a.yaml', true],
    ['*', 'a/b/c.yaml', true],
    ['*.yaml', 'a/b/c.yaml', true],
    ['*.yaml', 'a/b/c.yml', false],
    ['/build/logs/', 'build/logs/a', true],
    ['/build/logs/', 'build/logs/a/b', true],
    ['/build/logs/', 'x/build/logs/a', false],
    ['/build/logs/', 'build/logs', false],
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/a/b.md', false],
    ['apps/', 'apps/web.yaml', true],
    ['apps/', 'x/y/apps/web.yaml', true],
    ['apps/', 'x/apps', false],
    ['/apps', 'apps/a/b', true],
    ['/apps', 'apps', true],
    ['/apps', 'apps2', false],
    ['apps', 'x/apps/y', true],
    ['clusters/production', 'clusters/production/a.yaml', true],
    ['clusters/production', 'x/clusters/production/a.yaml', false],
    ['**/logs', 'logs/a', true],
    ['**/logs', 'a/b/logs/c', true],
    ['/a/**/z', 'a/z', true],
    ['/a/**/z', 'a/b/c/z/y', true],
    ['/a/**', 'a/b/c', true],
    ['/a/**', 'a', false],
    ['/clusters/*/apps/', 'clusters/eu/apps/web.yaml', true],
    ['/clusters/*/apps/', 'clusters/eu/x/apps/web.yaml', false],
    ['/a?.yaml', 'ab.yaml', true],
    ['/a?.yaml', 'a/.yaml', false],
    ['/with\\ space/', 'with space/a', true],
    ['\\#file', '#file', true],
    ['/a+b(c).yaml', 'a+b(c).yaml', true],
    ['/a.yaml', 'axyaml', false],
    ['/Ä/', 'Ä/b', true],
    ['*', '.github/CODEOWNERS', true],
    ['*.js', 'deep/down/x.js', true],
    ['*.js', 'x.jsx', false],
    ['/build/logs/', 'build/logs/a/b.log', true],
    ['/build/logs/', 'other/build/logs/a.log', false],
    ['docs/*', 'docs/start.md', true],
    ['docs/*', 'docs/build/start.md', false],
    ['docs/*', 'x/docs/start.md', false],
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
    ['Apps/', 'apps/web.yaml', false],
  ])('%s over %s: %s', (pattern, path, holds) => {
    expect(parseCodeOwners(`${pattern} @acme/platform`)(path)).toEqual(holds ? ['@acme/platform'] : []);
  });
});

describe('a CODEOWNERS file', () => {
  const owners = parseCodeOwners(
    [
      '# who owns what',
      '* @acme/all ops@example.com # the rest',
      '',
      '/apps/ @alice @acme/apps',
      '/apps/public/',
      '!/clusters/ @bob',
      '/clusters/[ab]/ @bob',
      '/infra/ nobody',
      '  /late/   @carol  ',
    ].join('\r\n'),
  );

  test.each([
    ['README.md', ['@acme/all', 'ops@example.com']],
    ['apps/web.yaml', ['@alice', '@acme/apps']],
    ['late/a', ['@carol']],
  ])('the last line that matches %s counts', (path, expected) => {
    expect(owners(path)).toEqual(expected);
  });

  test('a line without owners takes them away', () => {
    expect(owners('apps/public/index.yaml')).toEqual([]);
  });

  test.each(['clusters/a/b.yaml', 'infra/a.yaml'])('lines that GitHub skips say nothing about %s', (path) => {
    expect(owners(path)).toEqual(['@acme/all', 'ops@example.com']);
  });

  test('a hostile pattern takes linear time', () => {
    const hostile = parseCodeOwners(`/${'*a'.repeat(50)} @alice`);
    expect(hostile('a'.repeat(5_000))).toEqual(['@alice']);
    expect(hostile(`${'a'.repeat(5_000)}b`)).toEqual([]);
  });
});

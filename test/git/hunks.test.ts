import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPatchParser } from '../../src/git/hunks.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';

const opened: Repository[] = [];
afterAll(() => {
  for (const repository of opened) repository.close();
  removeFolders();
});

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}`);
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

async function hunksOf(fixture: GitFixture, from: string | null, to: string, paths?: string[]) {
  const repository = await openRepository(fixture.directory);
  opened.push(repository);
  return Object.fromEntries(await repository.hunks(from, to, paths));
}

describe('the lines that a diff shows', () => {
  let fixture: GitFixture;
  let base: string;
  beforeAll(() => {
    fixture = createGitFixture();
    base = fixture.commit({
      'long.yaml': text(numbered(40)),
      'empty.yaml': '',
      'gone.yaml': 'a\nb\n',
      'old.yaml': text(numbered(20)),
      'noeol.yaml': 'a',
      'turned.yaml': text(numbered(3)),
      'image.png': Buffer.from([0x89, 0, 1]),
      'run.sh': 'a\n',
    });
  });

  test('three lines around each change, spans that touch are one', async () => {
    fixture.checkout('main');
    const lines = numbered(40);
    lines[9] = 'changed';
    lines[16] = 'changed';
    lines[30] = 'changed';
    const head = fixture.commit({ 'long.yaml': text(lines) });
    expect(await hunksOf(fixture, base, head)).toEqual({
      'long.yaml': [
        { start: 7, end: 20 },
        { start: 28, end: 34 },
      ],
    });
    fixture.git(['reset', '--quiet', '--hard', base]);
  });

  test('added, emptied, deleted, renamed, type-changed, binary and mode-only changes', async () => {
    const head = fixture.commit({
      'empty.yaml': 'now\nfull\n',
      'gone.yaml': null,
      'old.yaml': null,
      'new.yaml': text(numbered(20).with(0, 'changed')),
      'noeol.yaml': 'b',
      'turned.yaml': { link: 'long.yaml' },
      'image.png': Buffer.from([0x89, 0, 2]),
      'run.sh': { executable: 'a\n' },
      'long.yaml': '',
      'added.yaml': 'x\ny\nz\n',
    });
    expect(await hunksOf(fixture, base, head)).toEqual({
      'empty.yaml': [{ start: 1, end: 2 }],
      'new.yaml': [{ start: 1, end: 4 }],
      'noeol.yaml': [{ start: 1, end: 1 }],
      'turned.yaml': [{ start: 1, end: 1 }],
      'added.yaml': [{ start: 1, end: 3 }],
    });
    expect(await hunksOf(fixture, base, head, ['new.yaml', 'elsewhere'])).toEqual({
      'new.yaml': [{ start: 1, end: 4 }],
    });
    fixture.git(['reset', '--quiet', '--hard', base]);
  });

  test('a deletion only shows the context around it', async () => {
    const head = fixture.commit({ 'long.yaml': text(numbered(40).toSpliced(19, 2)) });
    expect(await hunksOf(fixture, base, head)).toEqual({ 'long.yaml': [{ start: 17, end: 22 }] });
    fixture.git(['reset', '--quiet', '--hard', base]);
  });

  test('against nothing, whole files', async () => {
    const hunks = await hunksOf(fixture, null, base);
    expect(hunks['long.yaml']).toEqual([{ start: 1, end: 40 }]);
    expect(hunks['empty.yaml']).toBeUndefined();
  });

  test('content cannot pass for a header', async () => {
    const spoof = [
      'diff --git a/victim.yaml b/victim.yaml',
      'index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644',
      '--- a/victim.yaml',
      '+++ b/victim.yaml',
      '@@ -1 +1,999 @@',
      '++ b/victim.yaml',
      '-- a/victim.yaml',
      '\\ No newline at end of file',
      ' ',
      '',
    ];
    const start = fixture.commit({
      'a-spoof.yaml': text(['x', ...spoof, 'y']),
      'victim.yaml': text(numbered(30)),
    });
    const head = fixture.commit({
      'a-spoof.yaml': text(['changed', ...spoof, ...spoof, 'z']),
      'b-spoof.yaml': spoof.join('\n'),
      'victim.yaml': text(numbered(30).with(14, 'changed')),
    });
    const hunks = await hunksOf(fixture, start, head);
    expect(hunks['victim.yaml']).toEqual([{ start: 12, end: 18 }]);
    expect(hunks['b-spoof.yaml']).toEqual([{ start: 1, end: 9 }]);
    expect(Object.keys(hunks).sort()).toEqual(['a-spoof.yaml', 'b-spoof.yaml', 'victim.yaml']);
    const last = fixture.commit({ 'a-spoof.yaml': null, 'b-spoof.yaml': null });
    expect(await hunksOf(fixture, head, last)).toEqual({});
    fixture.git(['reset', '--quiet', '--hard', base]);
  });

  test('hostile names: line feeds, tabs, quotes, and bytes that nobody can comment on', async () => {
    const name = 'x b/y\n+++ b/long.yaml\n@@ -1 +1,9 @@\t"q\\';
    const head = fixture.commit({
      [name]: 'a\nb\n',
      'bytes:b\xffd': 'a\n',
      'b\\x41': 'a\n',
      'zz.yaml': 'a\n',
    });
    expect(await hunksOf(fixture, base, head)).toEqual({
      [name]: [{ start: 1, end: 2 }],
      'zz.yaml': [{ start: 1, end: 1 }],
    });
    fixture.git(['reset', '--quiet', '--hard', base]);
  });

  test('very long lines and CR line ends', async () => {
    const head = fixture.commit({ 'wide.yaml': `${'x'.repeat(3_000_000)}\nb\r\rc\n`, 'zz.yaml': 'a\n' });
    expect(await hunksOf(fixture, base, head)).toEqual({
      'wide.yaml': [{ start: 1, end: 2 }],
      'zz.yaml': [{ start: 1, end: 1 }],
    });
    fixture.git(['reset', '--quiet', '--hard', base]);
  });
});

describe('createPatchParser', () => {
  const A = 'a'.repeat(40);
  const B = 'b'.repeat(40);
  const patch = (index: string, path = 'f'): Buffer =>
    Buffer.from(
      `:100644 100644 ${A} ${B} M\0${path}\0\0diff --git a/f b/f\nindex ${index} 100644\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@ x\n a\n-b\n+c\n`,
    );

  test('gives the same wherever the output is cut', () => {
    const whole = patch(`${A}..${B}`);
    for (let cut = 1; cut < whole.length; cut += 1) {
      const parser = createPatchParser();
      parser.push(whole.subarray(0, cut));
      parser.push(whole.subarray(cut));
      expect([...parser.spans()]).toEqual([['f', [{ start: 1, end: 2 }]]]);
    }
  });

  test('refuses a patch that does not agree with the list of files', () => {
    expect(() => {
      createPatchParser().push(patch(`${A}..${A}`));
    }).toThrow(/does not agree/);
    expect(() => {
      createPatchParser().push(Buffer.concat([patch(`${A}..${B}`), Buffer.from('diff --git a/g b/g\n')]));
    }).toThrow(/does not agree/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createObjectBatch } from '../../src/git/object-batch.ts';
import { createObjectReader, type ObjectReader } from '../../src/git/object-reader.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';

describe('createObjectReader', () => {
  let fixture: GitFixture;
  let reader: ObjectReader;
  const ids = new Map<string, string>();

  beforeAll(() => {
    fixture = createGitFixture();
    fixture.commit({
      small: 'ab\n',
      empty: '',
      large: 'x'.repeat(200_000),
      binary: Buffer.from([0, 10, 13, 255, 10]),
    });
    for (const name of ['small', 'empty', 'large', 'binary'])
      ids.set(name, fixture.git(['rev-parse', `HEAD:${name}`]));
    reader = createObjectReader({ cwd: `${fixture.directory}/.git`, gitDir: `${fixture.directory}/.git` });
  });
  afterAll(() => {
    reader.close();
    removeFolders();
  });

  const id = (name: string): string => ids.get(name) ?? '';
  const read = async (names: string[], maxBytesEach = 1_000_000, maxBytesTotal = 1_000_000) => {
    const result = await reader.read(names.map(id), 'blob', { maxBytesEach, maxBytesTotal });
    return names.map((name) => {
      const one = result.get(id(name))!;
      return one instanceof Uint8Array ? Buffer.from(one).toString('latin1') : one;
    });
  };

  test('gives exact bytes, in any order and number', async () => {
    expect(await read(['binary', 'empty', 'small', 'small'])).toEqual(['\0\n\r\xff\n', '', 'ab\n', 'ab\n']);
    const [large] = await read(['large']);
    expect(large).toHaveLength(200_000);
  });

  test('a limit for each object, a limit for all, and the rest still fits', async () => {
    expect(await read(['large', 'small'], 100)).toEqual([{ skipped: 'too-large', size: 200_000 }, 'ab\n']);
    expect(await read(['small', 'binary', 'empty'], 100, 4)).toEqual([
      'ab\n',
      { skipped: 'budget', size: 5 },
      '',
    ]);
    expect(await read(['small'], 3, 3)).toEqual(['ab\n']);
  });

  test('missing objects and objects of another type are missing', async () => {
    const commit = fixture.head();
    const limits = { maxBytesEach: 100, maxBytesTotal: 100 };
    const result = await reader.read(['f'.repeat(40), commit], 'blob', limits);
    expect([...result.values()].map((one) => 'skipped' in one && one.skipped)).toEqual([
      'missing',
      'missing',
    ]);
  });

  test('calls that overlap do not mix', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => read([index % 2 === 0 ? 'small' : 'binary'])),
    );
    expect(results.flat()).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'ab\n' : '\0\n\r\xff\n')),
    );
  });

  test('an aborted call ends with the reason, and the next one works', async () => {
    const controller = new AbortController();
    const reason = new Error('superseded');
    const running = reader.read([id('large')], 'blob', {
      maxBytesEach: 1e6,
      maxBytesTotal: 1e6,
      signal: controller.signal,
    });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(await read(['small'])).toEqual(['ab\n']);
  });

  test('answers that come after an abort are not taken for those of the next call', async () => {
    const context = { cwd: `${fixture.directory}/.git`, gitDir: `${fixture.directory}/.git` };
    const batch = createObjectBatch('--batch', context);
    const controller = new AbortController();
    const seen: string[] = [];
    const running = batch.ask(
      Array.from({ length: 500 }, () => id('large')),
      (reply) => {
        seen.push(reply.oid);
        controller.abort(new Error('superseded'));
      },
      controller.signal,
    );
    await expect(running).rejects.toThrow('superseded');
    expect(seen).toHaveLength(1);
    const next: string[] = [];
    await batch.ask([id('small')], (reply) => next.push(reply.oid));
    expect(next).toEqual([id('small')]);
    batch.close();
  });

  test('many objects, more than are asked for at a time', async () => {
    const tree = Array.from({ length: 2_000 }, (_, index) => `file ${index}\n`);
    const stream = `${tree.map((content) => `blob\ndata ${content.length}\n${content}`).join('\n')}\n`;
    fixture.git(['fast-import', '--quiet'], stream);
    const oids = fixture
      .git(['cat-file', '--batch-check=%(objectname) %(objecttype)', '--batch-all-objects'])
      .split('\n')
      .flatMap((line) => (line.endsWith(' blob') ? [line.slice(0, 40)] : []));
    const result = await reader.read(oids, 'blob', { maxBytesEach: 100, maxBytesTotal: 1e6 });
    const texts = new Set(
      [...result.values()].map((one) => (one instanceof Uint8Array ? Buffer.from(one).toString() : '')),
    );
    expect(tree.every((content) => texts.has(content))).toBe(true);
  });
});

import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { openRepository } from '../../src/git/repository.ts';
import { reviewRepository } from '../../src/pipeline/review-repository.ts';
import { LeakCache } from '../../src/pipeline/secret-scan/leak-cache.ts';
import type { FoundLeak } from '../../src/pipeline/secret-scan/protocol.ts';
import { createSecretSearch } from '../../src/pipeline/secret-scan/search.ts';
import { createGitFixture, removeFolders, temporaryFolder } from '../support/git-fixture.ts';

afterAll(removeFolders);

const KEY = Buffer.from('a key of the operator');
const rules = await loadRuleSet();
const leak = (ruleId: string): FoundLeak => ({
  ruleId,
  range: { start: { line: 1, column: 4 }, end: { line: 1, column: 44 } },
  start: 3,
  span: 40,
  length: 40,
  encoded: false,
  fingerprint: `hmac:${'0'.repeat(32)}`,
  known: null,
  commented: false,
});

let folder = '';
beforeEach(() => {
  folder = path.join(temporaryFolder('cache-'), 'leaks');
});

async function kept(hash: string, ...versions: string[]): Promise<void> {
  const cache = new LeakCache(folder, KEY);
  await cache.load(hash);
  for (const version of versions) cache.add(hash, version, [leak(version)]);
  await cache.save(hash);
}

async function known(hash: string, version: string, key = KEY): Promise<string | null> {
  const cache = new LeakCache(folder, key);
  await cache.load(hash);
  return cache.get(hash, version)?.[0]?.ruleId ?? null;
}

const files = (): string[] => readdirSync(folder).map((name) => path.join(folder, name));

describe('what is kept', () => {
  test('is known to the next process, under the same rules and key only', async () => {
    await kept('rules', 'a');
    expect(await known('rules', 'a')).toBe('a');
    expect(await known('rules', 'b')).toBeNull();
    expect(await known('other rules', 'a')).toBeNull();
    expect(await known('rules', 'a', Buffer.from('another key'))).toBeNull();
    expect(files().map((file) => statSync(file).mode & 0o077)).toEqual([0]);
  });

  test('of two that write, both count', async () => {
    const [one, other] = [new LeakCache(folder, KEY), new LeakCache(folder, KEY)];
    await Promise.all([one.load('r'), other.load('r')]);
    one.add('r', 'a', [leak('a')]);
    other.add('r', 'b', [leak('b')]);
    await one.save('r');
    await other.save('r');
    expect([await known('r', 'a'), await known('r', 'b')]).toEqual(['a', 'b']);
    const many = Array.from({ length: 20 }, (_, index) => kept('r', `v${index}`));
    await Promise.all(many);
    expect(await known('r', 'a')).toBe('a');
    expect(files()).toHaveLength(1);
  });

  test.each<[string, (text: string) => string]>([
    ['an entry that was taken out', (text) => text.replace(/\[\[.*\]\]$/, '[]')],
    ['a letter that was changed', (text) => text.replace('"span":40', '"span":41')],
    ['a file that was cut short', (text) => text.slice(0, -2)],
    ['nothing but a seal', (text) => text.slice(0, 64)],
    ['an empty file', () => ''],
    ['something else', () => '\0'.repeat(1_000)],
    ['a file that is too large', (text) => text + ' '.repeat(17 * 1024 * 1024)],
  ])('%s counts for nothing, and is mended by the next save', async (_name, damage) => {
    await kept('r', 'a');
    const [file = ''] = files();
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    expect(await known('r', 'a')).toBeNull();
    await kept('r', 'a');
    expect(await known('r', 'a')).toBe('a');
  });

  test('what was found under weaker rules does not pass for what stricter ones found', async () => {
    await kept('weak', 'a');
    const [weak = ''] = files();
    await kept('strict', 'b');
    const strict = files().find((file) => file !== weak) ?? '';
    renameSync(weak, strict);
    expect(await known('strict', 'a')).toBeNull();
  });

  test('is bounded: the oldest sets of rules go, and files of others stay', async () => {
    await kept('r0', 'a');
    writeFileSync(path.join(folder, 'notes.txt'), 'x');
    for (let index = 1; index <= 12; index += 1) await kept(`r${index}`, 'a');
    expect(files()).toHaveLength(9);
    expect(files()).toContain(path.join(folder, 'notes.txt'));
  });

  test('a folder that cannot be made stops nothing', async () => {
    writeFileSync(folder, 'a file');
    await kept('r', 'a');
    expect(await known('r', 'a')).toBeNull();
    rmSync(folder);
  });
});

test('a second review in another process asks for no search, says the same, and the cache holds no secret', async () => {
  const fixture = createGitFixture();
  const secret = `${['gh', 'p_'].join('')}aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fG3hJ6`;
  const base = fixture.commit({ 'README.md': 'x\n' });
  fixture.commit({ 'apps/a.yaml': `a: ${secret}\n`, 'x.zip': 'PK\u0003\u0004' });
  const repository = await openRepository(fixture.directory);
  const review = async (): Promise<{ asked: number; text: string }> => {
    const secrets = createSecretSearch(null, KEY, folder);
    const scan = secrets.scanner.scan.bind(secrets.scanner);
    let asked = 0;
    secrets.scanner.scan = (setup, jobs, signal) => {
      asked += jobs.length;
      return scan(setup, jobs, signal);
    };
    const request = { repository, base, head: fixture.head(), rules, secrets };
    const { report } = await reviewRepository(request);
    await secrets.scanner.close();
    const { notChecked, conclusion } = report;
    // Digests of values are keyed anew in each run.
    const findings = report.findings.map((finding) => ({ ...finding, valueDigest: null }));
    return { asked, text: JSON.stringify({ findings, notChecked, conclusion }) };
  };
  const first = await review();
  const second = await review();
  expect([first.asked > 0, second.asked]).toEqual([true, 0]);
  expect(second.text).toBe(first.text);
  expect(second.text).toContain('github-pat');
  expect(second.text).toContain('ZIP archive');
  repository.close();
  const text = files().map((file) => readFileSync(file, 'utf8'));
  for (const part of [secret, Buffer.from(secret).toString('base64'), 'apps/a.yaml', KEY.toString()])
    expect(text.join()).not.toContain(part);
});

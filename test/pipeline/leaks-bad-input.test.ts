import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.ts';
import { openRepository } from '../../src/git/repository.ts';
import { reviewRepository } from '../../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { createSecretSearch } from '../../src/pipeline/secret-scan/search.ts';
import { createGitFixture, type GitFixture } from '../support/git-fixture.ts';

const TOKEN = ['gh', 'p_', 'q8ZtR3vKx1LmW7nYb5Gc', 'D2fHj9Ps4UaEo6Ti'].join('');
const search = createSecretSearch(null, null);
let fixture: GitFixture;
let base: string;

beforeEach(() => {
  fixture = createGitFixture();
  base = fixture.commit({ 'README.md': 'A repository.\n' });
});
afterEach(() => {
  fixture.remove();
});
afterAll(async () => {
  await search.scanner.close();
});

async function review(): Promise<Report> {
  const repository = await openRepository(fixture.directory);
  try {
    const rules = await loadRuleSet();
    return (await reviewRepository({ repository, base, head: fixture.head(), rules, secrets: search }))
      .report;
  } finally {
    repository.close();
  }
}

const leaks = (report: Report): string[] =>
  report.findings.flatMap(({ secret, subject }) => (secret && subject.type === 'file' ? [subject.path] : []));

test('a file of 100 MB is said not to be checked and is not held in memory; its neighbour is searched', async () => {
  const large = path.join(fixture.directory, 'large.bin');
  writeFileSync(large, `a: ${TOKEN}\n`);
  truncateSync(large, 100 * 1024 * 1024);
  fixture.commit({ 'a.yaml': `a: ${TOKEN}\n` });
  const before = process.memoryUsage().rss;
  const report = await review();
  expect(leaks(report)).toEqual(['a.yaml']);
  expect(report.notChecked).toContainEqual(expect.objectContaining({ path: 'large.bin', blocks: true }));
  expect(report.conclusion).toBe('failure');
  expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024);
});

test('each of 2,000 commits is searched, in a time that a check may take', async () => {
  const stream = Array.from({ length: 2_000 }, (_, index) => {
    const text = index === 999 ? `a: ${TOKEN}\n` : `a: ${index}\n`;
    const from = index === 0 ? `from ${base}\n` : '';
    const who = `committer Ada <ada@example.com> ${1_700_000_000 + index} +0000`;
    return `commit refs/heads/change\n${who}\ndata 6\nChange\n${from}M 100644 inline a.yaml\ndata ${text.length}\n${text}\n`;
  });
  fixture.git(['fast-import', '--quiet'], stream.join(''));
  fixture.checkout('change');
  const started = performance.now();
  const report = await review();
  expect(report.stats.commits).toBe(2_000);
  expect(leaks(report)).toEqual(['a.yaml']);
  expect(performance.now() - started).toBeLessThan(60_000);
});

test('a blob that vanished is said not to be checked, with its commit', async () => {
  fixture.commit({ 'a.yaml': `a: ${TOKEN}\n` });
  const oid = fixture.git(['rev-parse', 'HEAD:a.yaml']);
  fixture.commit({ 'a.yaml': 'a: 1\n', 'b.yaml': `b: ${TOKEN.slice(0, -1)}0\n` });
  rmSync(path.join(fixture.directory, '.git/objects', oid.slice(0, 2), oid.slice(2)));
  const report = await review();
  expect(leaks(report)).toEqual(['b.yaml']);
  expect(report.notChecked).toContainEqual(expect.objectContaining({ path: 'a.yaml', blocks: true }));
  expect(report.conclusion).toBe('failure');
});

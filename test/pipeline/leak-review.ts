// Reviews of small repositories that hold credentials made for the run. What is imported here registers its own hooks.
import { afterAll, afterEach, expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../src/engine/report.ts';
import { openRepository } from '../../src/git/repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { reviewRepository, type ReviewRequest } from '../../src/pipeline/review-repository.ts';
import { createSecretSearch } from '../../src/pipeline/secret-scan/search.ts';
import { FORMATS, render } from '../../src/report/index.ts';
import {
  createGitFixture,
  removeFolders,
  type FixtureFile,
  type GitFixture,
} from '../support/git-fixture.ts';
import { randomFrom } from '../support/secret-samples.ts';

export const KEY = Buffer.from('a key for the tests of fingerprints');
export const random = randomFrom(20_260_101);
const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** Every secret that a test of the file has made. */
export const SECRETS: string[] = [];
export const REPORTS: Report[] = [];

export function letters(length: number): string {
  return Array.from({ length }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
}

export function token(): string {
  const made = `${['gh', 'p_'].join('')}${letters(36)}`;
  SECRETS.push(made);
  return made;
}

export const rules = await loadRuleSet();
export const keyed = createSecretSearch(null, KEY);
export const plain = createSecretSearch(null, null);
let fixture: GitFixture | null = null;

/** The repository of the test that runs. */
export function current(): GitFixture {
  return (fixture ??= createGitFixture());
}

afterAll(async () => {
  await keyed.scanner.close();
  await plain.scanner.close();
  removeFolders();
});
afterEach(() => {
  fixture?.remove();
  fixture = null;
});

export type Files = Readonly<Record<string, FixtureFile>>;

/** Commits `base` on main, then each of the others on a branch, and reviews that. */
export async function reviewed(
  base: Files,
  commits: readonly Files[],
  more: Partial<ReviewRequest> = {},
): Promise<Report> {
  fixture = createGitFixture();
  const from = fixture.commit({ 'README.md': 'A repository.\n', ...base });
  fixture.branch('change');
  fixture.checkout('change');
  for (const files of commits) fixture.commit(files);
  const repository = await openRepository(fixture.directory);
  try {
    const { report } = await reviewRepository({
      repository,
      base: from,
      head: fixture.head(),
      rules,
      secrets: keyed,
      ...more,
    });
    REPORTS.push(report);
    return report;
  } finally {
    repository.close();
  }
}

export function leaksOf(report: Report): string[] {
  return report.findings
    .filter((finding) => finding.ruleId === 'no-leaked-credential')
    .map(({ subject, severity, introduced, secret }) => {
      const file =
        subject.type === 'file' ? `${subject.path}:${subject.range?.start.line ?? '-'}` : subject.type;
      const past = subject.type === 'file' && subject.commit !== null ? ' past' : '';
      return `${file} ${secret?.kind ?? ''} ${severity}${introduced ? '' : ' existing'}${past}`;
    });
}
/** No report, in any format, and nothing that is kept holds one of the secrets. */
export function expectNoSecretAnywhere(): void {
  expect(SECRETS.length).toBeGreaterThan(0);
  expect(REPORTS.length).toBeGreaterThan(0);
  const sarif = { rules: rules.rules.map((rule) => rule.definition), version: '0', urlOf: () => null };
  const outputs = REPORTS.flatMap((report) => [
    JSON.stringify(report),
    ...FORMATS.map((format) =>
      render(format, report, { text: { color: false, width: 100, sources: () => null }, sarif }),
    ),
  ]);
  const cached = JSON.stringify([...REPORTS.keys()]) + JSON.stringify(keyed.recent.entries());
  for (const text of [
    ...outputs,
    cached,
    readFileSync(path.join(current().directory, '.git/config'), 'utf8'),
  ]) {
    const held = SECRETS.filter(
      (secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64')),
    );
    expect(held).toEqual([]);
  }
}

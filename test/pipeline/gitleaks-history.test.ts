import { afterAll, afterEach, expect } from '@jest/globals';
import { openRepository } from '../../src/git/repository.ts';
import { reviewRepository } from '../../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { createSecretSearch } from '../../src/pipeline/secret-scan/search.ts';
import { createGitFixture, type GitFixture } from '../support/git-fixture.ts';
import { runGitleaks } from '../support/gitleaks.ts';
import { testWith } from '../support/programs.ts';

const CONFIG = "[[rules]]\nid = 'house'\nregex = '''house-[0-9]{4}'''\n";
const search = createSecretSearch(null, null);
let fixture: GitFixture;

afterEach(() => {
  fixture.remove();
});
afterAll(async () => {
  await search.scanner.close();
});

/** `path:line`, with the commit for what only a commit has. */
async function weFindIn(base: string): Promise<string[]> {
  const repository = await openRepository(fixture.directory);
  try {
    const rules = await loadRuleSet();
    const { report } = await reviewRepository({
      repository,
      base,
      head: fixture.head(),
      rules,
      secrets: search,
    });
    return report.findings
      .flatMap(({ subject, secret, introduced }) => {
        if (subject.type !== 'file' || !secret || !introduced) return [];
        return [`${subject.path}:${subject.range?.start.line ?? 0} ${subject.commit ?? 'head'}`];
      })
      .sort();
  } finally {
    repository.close();
  }
}

testWith('gitleaks')(
  'each commit beside gitleaks: added, removed later, in the head, and by a merge',
  async () => {
    fixture = createGitFixture();
    const base = fixture.commit({ '.gitleaks.toml': CONFIG, 'old.yaml': 'a: house-0000\n' });
    fixture.branch('side');
    fixture.checkout('side');
    const aside = fixture.commit({ 'side.yaml': 'a: house-1111\n' });
    fixture.commit({ 'side.yaml': 'a: 1\n' });
    fixture.branch('change', base);
    fixture.checkout('change');
    const removed = fixture.commit({ 'a.yaml': 'a: 1\nb: house-2222\n' });
    fixture.commit({ 'a.yaml': 'a: 1\n' });
    const stays = fixture.commit({ 'b.yaml': 'a: house-3333\n' });
    const twice = fixture.commit({ 'c.yaml': 'x: 1\na: house-4444\n' });
    fixture.commit({ 'c.yaml': 'x: 2\na: house-4444\n' });
    fixture.commit({ 'c.yaml': 'x: 3\n' });
    const merge = fixture.merge('side', 'Merge side', { 'evil.yaml': 'a: house-5555\n' });
    fixture.commit({ 'evil.yaml': 'a: 1\n', 'old.yaml': 'b: 1\na: house-0000\n' });

    const theirs = runGitleaks('git', fixture.directory, `--log-opts=${base}..HEAD`)
      .map((one) => `${one.File}:${one.StartLine} ${one.Commit}`)
      .sort();
    expect(theirs).toEqual(
      [`side.yaml:1 ${aside}`, `a.yaml:2 ${removed}`, `b.yaml:1 ${stays}`, `c.yaml:2 ${twice}`].sort(),
    );
    // What still stands is said of the head; and what only a merge brings, gitleaks does not look at.
    const expected = theirs.map((one) => (one.endsWith(stays) ? 'b.yaml:1 head' : one));
    expect(await weFindIn(base)).toEqual([...expected, `evil.yaml:1 ${merge}`].sort());
  },
);

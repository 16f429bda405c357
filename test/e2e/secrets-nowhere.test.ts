import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openRepository } from '../../src/git/repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { reviewRepository } from '../../src/pipeline/review-repository.ts';
import { createSecretSearch } from '../../src/pipeline/secret-scan/search.ts';
import { FORMATS, render } from '../../src/report/index.ts';
import { createGitFixture } from '../support/git-fixture.ts';
import { HEALTHY, makeSecretValue, openStage, plainSecret } from './support.ts';

/** Letters and digits; the objects of Git are compressed, so what stands in them is looked for elsewhere. */
const token = (): string => `${['gh', 'p_'].join('')}${randomBytes(18).toString('hex')}`;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test('no secret of a pull request is in a log, a request, a check, the database, the cache or a report', async () => {
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
  const [now, past, commented] = [token(), token(), token()];
  const value = makeSecretValue();
  const secrets = [now, past, commented, value];
  const files = [
    { 'a.yaml': `a: ${past}\n` },
    {
      'a.yaml': `a: ${now}\nb: ${commented} # gitleaks:allow\nc: ${Buffer.from(past).toString('base64')}\n`,
      'db.yaml': plainSecret('db', value),
    },
  ];
  const fingerprintKey = randomBytes(16).toString('hex');
  const stage = await openStage({ settings: { fingerprintKey }, appOptions: { log: logger } });
  const texts = new Map<string, string>();
  try {
    const { github } = stage;
    const repository = await github.createRepository('acme/deploy', { protectedBranches: ['main'] });
    await github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
    for (const one of files)
      await github.commit(repository, { branch: 'change', files: one, message: 'Change' });
    const pullRequest = await github.openPullRequest(repository, { title: 'Change', head: 'change' });
    await stage.answered();
    const checks = github.checkRuns(repository, pullRequest.head.sha);
    expect(checks.map((run) => run.conclusion)).toEqual(['failure']);
    // The hunk of a comment is what GitHub itself shows of the file.
    const omitted = ['repository', 'pullRequest', 'diffHunk'];
    const plain = (key: string, item: unknown): unknown => (omitted.includes(key) ? undefined : item);
    texts.set('requests', JSON.stringify(github.requests, plain));
    texts.set('checks', JSON.stringify(checks, plain));
    texts.set(
      'reviews',
      JSON.stringify([github.reviews(pullRequest), github.reviewComments(pullRequest)], plain),
    );
    texts.set('log', log.join(''));
    for (const folder of [stage.mirrors, stage.settings.dataDirectory]) {
      for (const file of filesBelow(folder)) texts.set(file, readFileSync(file, 'latin1'));
    }
  } finally {
    await stage.close();
  }

  const fixture = createGitFixture();
  const search = createSecretSearch(null, Buffer.from(fingerprintKey));
  const base = fixture.commit(HEALTHY);
  for (const one of files) fixture.commit(one);
  const rules = await loadRuleSet();
  const opened = await openRepository(fixture.directory);
  try {
    const { report } = await reviewRepository({
      repository: opened,
      base,
      head: fixture.head(),
      rules,
      secrets: search,
    });
    expect(report.findings.filter((finding) => finding.secret)).toHaveLength(4);
    const sarif = { rules: rules.rules.map((rule) => rule.definition), version: '0', urlOf: () => null };
    for (const format of FORMATS) {
      const text = { color: false, width: 100, sources: () => null };
      texts.set(format, render(format, report, { text, sarif }));
    }
    texts.set('what is kept of the search', JSON.stringify(search.recent.entries()));
  } finally {
    opened.close();
    await search.scanner.close();
    fixture.remove();
  }

  expect([...texts.keys()].some((name) => name.includes('.sqlite') || name.includes('.db'))).toBe(true);
  for (const name of ['requests', 'checks', 'log', 'what is kept of the search', ...FORMATS]) {
    expect(texts.get(name)?.length ?? 0).toBeGreaterThan(100);
  }
  const forms = secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]);
  const held = [...texts].flatMap(([name, text]) =>
    forms.some((form) => text.includes(form)) ? [name] : [],
  );
  expect(held).toEqual([]);
  // The same look does find what is there.
  expect(texts.get('checks')).toContain('GitHub personal access token');
  expect(texts.get('what is kept of the search')).toContain('hmac:');
});

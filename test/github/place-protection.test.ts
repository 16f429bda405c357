import { afterEach, expect, test } from '@jest/globals';
import type { PlaceProtectionJob } from '../../src/github/job.ts';
import { placeProtection } from '../../src/github/protection/place-protection.ts';
import { finishGitHub, mockGitHub } from './support/github.ts';
import { jobHarness } from './support/job.ts';

afterEach(finishGitHub);

const JOB: PlaceProtectionJob = {
  kind: 'place-protection',
  key: 'organisation/42/protection',
  supersedes: false,
  delivery: 'd',
  installationId: 42,
  change: { action: 'deleted', before: null, after: null, touchesChecks: true },
  actor: 'mallory',
};

const repository = (id: number, name: string, more: object = {}) => ({
  ...{ id, name, private: true, archived: false, default_branch: 'main', owner: { login: 'acme' } },
  ...more,
});

test.each<[string, object[], string[]]>([
  ['.github', [repository(3, 'a'), repository(9, '.github', { private: false })], ['.github']],
  [
    'the oldest private one',
    [repository(9, 'c'), repository(1, 'a', { private: false }), repository(4, 'b')],
    ['b'],
  ],
  ['the oldest', [repository(9, 'c', { private: false }), repository(1, 'a', { private: false })], ['a']],
  ['none that is archived', [repository(1, 'a', { archived: true })], []],
])("an organisation's ruleset is judged in %s", async (_, repositories, expected) => {
  const { context, enqueued, lines } = jobHarness();
  mockGitHub()
    .get('/installation/repositories')
    .query({ per_page: 100, page: 1 })
    .reply(200, { total_count: repositories.length, repositories });
  const { environment, log, signal } = context;
  await placeProtection({ environment, delivery: 'd', log, signal }, JOB);
  expect(enqueued.map((job) => ('repository' in job ? job.repository.name : null))).toEqual(expected);
  if (expected.length > 0) expect(enqueued[0]).toMatchObject({ kind: 'judge-protection', actor: 'mallory' });
  else expect(lines.join()).toContain('installed on no repository');
});

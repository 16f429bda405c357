import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import type { ListedJob, NewJob } from '../../src/store/job-store.ts';
import type { Store } from '../../src/store/store.ts';
import { allOf } from '../store/audit-fixture.ts';
import { describeStores } from '../support/stores.ts';
import { environmentOf, FEW, runWith, type Result } from './store-fixture.ts';

const ONE_ATTEMPT = {
  ...FEW,
  timing: { attempts: 1, retrySeconds: 1, longestRetrySeconds: 2, leaseSeconds: 10 },
};
const PAYLOAD = { installationId: 42, delivery: 'd-1', repository: { id: 1, owner: 'acme', name: 'gitops' } };

async function add(store: Store, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const job: NewJob = { key, group: 'g', priority: 10, supersedes: true, payload: PAYLOAD };
    await store.jobs.accept({ id: randomUUID(), event: 'test' }, job);
  }
}

/** Jobs that failed for good, oldest first. */
async function addDead(store: Store, ...keys: readonly string[]): Promise<readonly ListedJob[]> {
  await add(store, ...keys);
  for (let job = await store.jobs.claim(); job !== null; job = await store.jobs.claim()) {
    await store.jobs.fail(job, 'GitHub said no');
  }
  return store.jobs.list('dead', 100);
}

describeStores('gitops-warden jobs', (stage) => {
  const run = (...args: string[]): Result => runWith(environmentOf(stage), ['jobs', ...args]);

  test('list says when there is nothing, and prints what waits, runs and is dead', async () => {
    const store = await stage.fresh(ONE_ATTEMPT);
    expect(run('list')).toEqual({
      status: 0,
      stdout: 'There are no waiting, running or dead jobs.\n',
      stderr: '',
    });
    const [dead] = await addDead(store, 'pull/1');
    await add(store, 'pull/2', 'pull/3');
    const { status, stdout } = run('list');
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ID +STATE +ACCEPTED +ATTEMPTS +JOB +ERROR$/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/)[1])).toEqual(['waiting', 'waiting', 'dead']);
    expect(lines[3]).toMatch(new RegExp(`^${dead?.id ?? ''} +dead +\\S+ \\S+Z +1 +pull/1 +GitHub said no$`));
    expect(run('list', '--state', 'running').stdout).toBe('There are no running jobs.\n');
    expect(run('list', '--state', 'waiting', '--limit', '1').stdout).toContain(
      'There are 2 waiting jobs: --limit shows more.',
    );
  });

  test('list prints JSON for programs', async () => {
    const store = await stage.fresh(ONE_ATTEMPT);
    const [dead] = await addDead(store, 'pull/1');
    const { version, jobs } = JSON.parse(run('list', '--format', 'json', '--state', 'dead').stdout) as {
      version: number;
      jobs: unknown[];
    };
    expect(version).toBe(1);
    expect(jobs).toEqual([
      { ...dead, acceptedAt: new Date(dead?.acceptedAt ?? 0).toISOString(), runAt: null },
    ]);
  });

  test('retry lets a dead job run again, and the audit log says who did so and why', async () => {
    const store = await stage.fresh(ONE_ATTEMPT);
    const [one] = await addDead(store, 'pull/1', 'pull/2');
    expect(run('retry', one?.id ?? '', '--reason', 'GitHub is back')).toEqual({
      status: 0,
      stdout: '1 job again waiting.\n',
      stderr: '',
    });
    expect((await store.jobs.list('dead', 10)).map(({ key }) => key)).toEqual(['pull/2']);
    expect((await store.jobs.list('waiting', 10)).map(({ key }) => key)).toEqual(['pull/1']);
    expect(await allOf(store.audit)).toMatchObject([
      {
        action: 'job-retried',
        actor: userInfo().username,
        repository: 'acme/gitops',
        installation: 42,
        delivery: 'd-1',
        subject: `job/${one?.id ?? ''}`,
        reason: 'GitHub is back',
        detail: { key: 'pull/1', attempts: 1, error: 'GitHub said no' },
      },
    ]);
    expect((await store.audit.verify()).problems).toEqual([]);
  });

  test('drop --all removes every dead job and nothing else', async () => {
    const store = await stage.fresh(ONE_ATTEMPT);
    expect(run('drop', '--all')).toEqual({ status: 0, stdout: 'There are no dead jobs.\n', stderr: '' });
    await addDead(store, 'pull/1', 'pull/2');
    await add(store, 'pull/3');
    expect(run('drop', '--all').stdout).toBe('2 jobs dropped.\n');
    expect((await store.jobs.stats()).counts).toEqual({ waiting: 1, running: 0, dead: 0 });
    expect((await allOf(store.audit)).map(({ action, reason }) => [action, reason])).toEqual([
      ['job-dropped', null],
      ['job-dropped', null],
    ]);
  });

  test('an id that names no dead job exits 2, and nothing is done', async () => {
    const store = await stage.fresh(ONE_ATTEMPT);
    const [one] = await addDead(store, 'pull/1');
    for (const change of ['retry', 'drop']) {
      const { status, stdout, stderr } = run(change, one?.id ?? '', 'no-such-job');
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toContain('There is no dead job no-such-job; nothing was done.');
    }
    expect((await store.jobs.stats()).counts.dead).toBe(1);
    expect(await allOf(store.audit)).toEqual([]);
  });

  test('what cannot be noted in the audit log is not done', async () => {
    const store = await stage.fresh(ONE_ATTEMPT);
    const [one] = await addDead(store, 'pull/1');
    await store.database.transaction((sql) => sql.query('DROP TABLE audit_head'));
    for (const change of ['retry', 'drop']) {
      expect(run(change, one?.id ?? '').status).toBe(2);
      expect((await store.jobs.stats()).counts).toEqual({ waiting: 0, running: 0, dead: 1 });
    }
  });

  test.each([[['retry']], [['drop', 'x', '--all']]])('%j exits 2 and says what is needed', async (args) => {
    await stage.fresh(FEW);
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain('needs either ids or --all');
  });
});

test('jobs makes no store where there is none', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'warden-jobs-cli-'));
  const dataDirectory = path.join(directory, 'nowhere');
  const { status, stderr } = runWith({ DATA_DIRECTORY: dataDirectory }, ['jobs', 'list']);
  expect(status).toBe(2);
  expect(stderr).toContain('There is no store at');
  expect(existsSync(dataDirectory)).toBe(false);
  rmSync(directory, { recursive: true });
});

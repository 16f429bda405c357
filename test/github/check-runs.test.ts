import { afterEach, describe, expect, test } from '@jest/globals';
import { startCheckRun, updateCheckRun } from '../../src/github/api/check-runs.ts';
import { RECHECK_BUTTON } from '../../src/github/commands/buttons.ts';
import type { CheckRun, CheckUpdate } from '../../src/github/api/check-runs.ts';
import { checkRunAnswer, fakeClock, finishGitHub, mockGitHub, REPO, sha, testApi } from './support/github.ts';

afterEach(finishGitHub);

const OUTPUT = { title: 'In progress', summary: 'Reading.' };

describe('startCheckRun', () => {
  test('posts our check in progress on the commit', async () => {
    mockGitHub()
      .post(`${REPO}/check-runs`, {
        name: 'gitops-warden',
        head_sha: sha('a'),
        status: 'in_progress',
        external_id: 'attempt-1',
        output: OUTPUT,
      })
      .reply(201, checkRunAnswer());
    expect(await startCheckRun(testApi(fakeClock()), sha('a'), 'attempt-1', OUTPUT)).toEqual({
      id: 900,
      headSha: sha('a'),
      botLogin: 'warden[bot]',
      annotations: 0,
      completed: false,
      verdict: null,
    });
  });

  test('finds the run that a failed request left behind, instead of posting a second one', async () => {
    const clock = fakeClock();
    mockGitHub()
      .post(`${REPO}/check-runs`)
      .reply(502)
      .get(`${REPO}/commits/${sha('a')}/check-runs`)
      .query({ check_name: 'gitops-warden', filter: 'all', per_page: 100 })
      .reply(200, {
        check_runs: [
          checkRunAnswer({ id: 1, external_id: 'attempt-0' }),
          checkRunAnswer({ id: 2, external_id: 'attempt-1' }),
        ],
      });
    const run = await startCheckRun(testApi(clock), sha('a'), 'attempt-1', OUTPUT);
    expect(run.id).toBe(2);
    expect(clock.sleeps).toEqual([500]);
  });

  test('posts again when the failed request left nothing behind', async () => {
    mockGitHub()
      .post(`${REPO}/check-runs`)
      .replyWithError('socket hang up')
      .get(`${REPO}/commits/${sha('a')}/check-runs`)
      .query(true)
      .reply(200, { check_runs: [checkRunAnswer({ id: 1, external_id: 'another' })] })
      .post(`${REPO}/check-runs`)
      .reply(201, checkRunAnswer({ id: 3 }));
    expect((await startCheckRun(testApi(fakeClock()), sha('a'), 'attempt-1', OUTPUT)).id).toBe(3);
  });

  test('gives up after three attempts', async () => {
    const github = mockGitHub();
    github.post(`${REPO}/check-runs`).times(3).reply(503);
    github
      .get(`${REPO}/commits/${sha('a')}/check-runs`)
      .query(true)
      .times(3)
      .reply(200, { check_runs: [] });
    await expect(startCheckRun(testApi(fakeClock()), sha('a'), 'attempt-1', OUTPUT)).rejects.toThrow('503');
  });

  test.each([403, 404, 422])('does not look or repeat after %i', async (status) => {
    mockGitHub().post(`${REPO}/check-runs`).reply(status, { message: 'No.' });
    await expect(startCheckRun(testApi(fakeClock()), sha('a'), 'attempt-1', OUTPUT)).rejects.toMatchObject({
      status,
    });
  });
});

describe('updateCheckRun', () => {
  const run: CheckRun = {
    id: 900,
    headSha: sha('a'),
    botLogin: null,
    annotations: 0,
    completed: false,
    verdict: null,
  };
  const annotation = {
    path: 'a.yaml',
    start_line: 1,
    end_line: 1,
    annotation_level: 'failure' as const,
    title: 'some-rule',
    message: 'No.',
  };
  const update: CheckUpdate = {
    output: OUTPUT,
    annotations: [annotation],
    completion: { conclusion: 'failure', externalId: '1:b:a:p', buttons: [RECHECK_BUTTON] },
  };
  const body = {
    status: 'completed',
    conclusion: 'failure',
    external_id: '1:b:a:p',
    actions: [{ ...RECHECK_BUTTON }],
    output: { ...OUTPUT, annotations: [annotation] },
  };

  test('completes with conclusion, time and binding', async () => {
    mockGitHub()
      .patch(`${REPO}/check-runs/900`, body)
      .reply(200, checkRunAnswer({ status: 'completed', output: { annotations_count: 1 } }));
    expect(await updateCheckRun(testApi(fakeClock()), run, update)).toMatchObject({
      annotations: 1,
      completed: true,
    });
  });

  test('leaves the run in progress without a completion', async () => {
    mockGitHub()
      .patch(`${REPO}/check-runs/900`, { output: { ...OUTPUT, annotations: [annotation] } })
      .reply(200, checkRunAnswer({ output: { annotations_count: 1 } }));
    await updateCheckRun(testApi(fakeClock()), run, { ...update, completion: null });
  });

  test('does not repeat what took effect although the answer was lost', async () => {
    mockGitHub()
      .patch(`${REPO}/check-runs/900`)
      .replyWithError('socket hang up')
      .get(`${REPO}/check-runs/900`)
      .reply(200, checkRunAnswer({ status: 'completed', output: { annotations_count: 1 } }));
    await updateCheckRun(testApi(fakeClock()), run, update);
  });

  test('repeats with the annotations when none of it took effect', async () => {
    mockGitHub()
      .patch(`${REPO}/check-runs/900`)
      .reply(502)
      .get(`${REPO}/check-runs/900`)
      .reply(200, checkRunAnswer())
      .patch(`${REPO}/check-runs/900`, body)
      .reply(200, checkRunAnswer());
    await updateCheckRun(testApi(fakeClock()), run, update);
  });

  test('repeats without the annotations when they stand and the completion does not', async () => {
    const output = { title: body.output.title, summary: body.output.summary };
    mockGitHub()
      .patch(`${REPO}/check-runs/900`)
      .reply(502)
      .get(`${REPO}/check-runs/900`)
      .reply(200, checkRunAnswer({ output: { annotations_count: 1 } }))
      .patch(`${REPO}/check-runs/900`, { ...body, output })
      .reply(200, checkRunAnswer());
    await updateCheckRun(testApi(fakeClock()), run, update);
  });
});

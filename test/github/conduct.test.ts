import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Log } from 'sarif';
import type { Finding } from '../../src/engine/finding.ts';
import type { WaivedFinding } from '../../src/engine/report.ts';
import { renderComment } from '../../src/report/comment.ts';
import { checkOf, threadsOf } from '../faults/support/review-state.ts';
import {
  CHANGED,
  onLine,
  openReviewWorld,
  type PullCase,
  type ReviewWorld,
} from '../faults/support/review-world.ts';
import { at, fileSubject } from '../support/report-fixture.ts';

let world: ReviewWorld;
beforeAll(async () => {
  world = await openReviewWorld();
});
afterAll(async () => {
  expect(world.github.contractViolations).toEqual([]);
  await world.close();
});

const A = onLine(1, 5);
const WAIVER = { approver: 'mona', until: null, origin: 'file', scope: 'finding' } as const;
const many = (count: number, parts: Partial<Finding> = {}, from = 1): Finding[] =>
  Array.from({ length: count }, (_unused, index) => onLine(from + index, 1 + (index % 100), parts));

function seen({ pull }: PullCase, github = world.github): string[] {
  return threadsOf(github, pull).map(({ finding, state, answers }) =>
    [String(finding ?? 'other'), state.replace('[bot]', ''), ...answers].join(' '),
  );
}

function checkNow({ pull }: PullCase, github = world.github) {
  const check = checkOf(github, pull, pull.head.sha);
  if (check === null) throw new Error('There is no check.');
  return check;
}

/** Requests that change something, as `METHOD path`. */
async function writesOf(act: () => Promise<void>): Promise<string[]> {
  const before = world.requests();
  await act();
  const made = world.github.requests.slice(before);
  return made
    .filter(({ method, body }) => method !== 'GET' && !JSON.stringify(body).includes('"query":"query'))
    .map(
      ({ method, path }) => `${method} ${path.replace(/^\/repos\/acme\/deploy/, '').replaceAll(/\d+/g, 'N')}`,
    );
}

describe('noise', () => {
  test('no finding, no comment: a green check is enough', async () => {
    const pull = await world.open();
    const writes = await writesOf(() => pull.push([]));
    expect(writes).toEqual(['POST /check-runs', 'PATCH /check-runs/N']);
    expect(checkNow(pull).conclusion).toBe('success');
    expect(world.github.reviews(pull.pull)).toEqual([]);
  });

  test('a push that changes nothing writes nothing but the check', async () => {
    const pull = await world.open();
    await pull.push(many(50));
    const before = world.requests();
    const writes = await writesOf(() => pull.push(many(50)));
    expect(writes).toEqual(['POST /check-runs', 'PATCH /check-runs/N']);
    expect(world.requests() - before).toBeLessThanOrEqual(8);
  });

  test('asking again for the check posts nothing again', async () => {
    const pull = await world.open();
    await pull.push([A]);
    await pull.again();
    await pull.again();
    expect(seen(pull)).toEqual(['1 open']);
    expect(world.github.reviews(pull.pull)).toHaveLength(1);
  });
});

describe('the limit', () => {
  test('30 comments at first, and no more at the next push', async () => {
    const pull = await world.open();
    await pull.push(many(40));
    expect(seen(pull)).toHaveLength(30);
    expect(world.github.reviews(pull.pull)).toHaveLength(1);
    expect(checkNow(pull).summary).toContain('10 findings have no comment');
    expect(checkNow(pull).annotations).toHaveLength(10);
    await pull.push(many(40));
    expect(seen(pull)).toHaveLength(30);
  });

  test('what is mended makes room for the others', async () => {
    const pull = await world.open();
    await pull.push(many(40));
    await pull.push(many(40).slice(5));
    expect(seen(pull).filter((line) => line.endsWith('open'))).toHaveLength(30);
  });

  test('the most severe come first, and a warning takes no room from an error', async () => {
    const pull = await world.open({ comments: { limit: 2 } });
    const warnings = many(3, { severity: 'warning' }, 10);
    await pull.push([...warnings, A]);
    expect(seen(pull)).toEqual(['1 open', '10 open']);
    await pull.push([...warnings, A, onLine(2, 7)]);
    expect(seen(pull)).toEqual(['1 open', '2 open', '10 open']);
  });

  test('0: everything stands in the check alone', async () => {
    const pull = await world.open({ comments: { limit: 0 } });
    await pull.push([A]);
    expect(seen(pull)).toEqual([]);
    expect(checkNow(pull)).toMatchObject({ conclusion: 'failure' });
    expect(checkNow(pull).annotations).toHaveLength(1);
  });
});

describe('a comment outside of the diff', () => {
  test('is no 422: it stands on the file', async () => {
    const pull = await world.open();
    await pull.push([A, onLine(2, 300), onLine(3, 1, { subject: fileSubject(CHANGED, null) })]);
    expect(threadsOf(world.github, pull.pull).map(({ place }) => place)).toEqual([
      `${CHANGED}:5`,
      CHANGED,
      CHANGED,
    ]);
    expect(checkNow(pull).annotations).toEqual([]);
  });

  test('on a file that did not change is an annotation', async () => {
    const pull = await world.open();
    await pull.push([onLine(2, 1, { subject: fileSubject('base/x.yaml', at(7)) })]);
    expect(seen(pull)).toEqual([]);
    expect(checkNow(pull).annotations).toHaveLength(1);
  });

  test('files take few comments a push, and the rest is in the check', async () => {
    const pull = await world.open();
    await pull.push(Array.from({ length: 14 }, (_unused, index) => onLine(index + 1, 200 + index)));
    expect(seen(pull)).toHaveLength(10);
    expect(checkNow(pull).annotations).toHaveLength(4);
    expect(checkNow(pull).summary).toContain('4 findings have no comment');
  });
});

describe('forged markers', () => {
  test.each(['mallory', 'other-app[bot]'])('of %s suppress nothing and are left alone', async (user) => {
    const pull = await world.open();
    await world.github.comment(pull.pull, user, { path: CHANGED, line: 5, body: renderComment(A) });
    await pull.push([A]);
    expect(seen(pull)).toEqual(['other open', '1 open']);
    await pull.push([]);
    expect(seen(pull)).toEqual(['other open', '1 gitops-warden mended']);
  });

  test('in an answer of somebody else, or quoted, count for nothing', async () => {
    const pull = await world.open();
    await pull.push([A]);
    const [root] = world.github.reviewComments(pull.pull);
    if (root === undefined) throw new Error('No comment.');
    world.github.reply(root, 'mallory', 'Done.\n\n<!-- gitops-warden:note mended -->');
    await pull.push([A]);
    expect(seen(pull)).toEqual(['1 open mallory']);
    await pull.push([]);
    expect(seen(pull)).toEqual(['1 gitops-warden mallory mended']);
  });

  test('a comment of ours that somebody edited says again what holds', async () => {
    const pull = await world.open();
    await pull.push([A]);
    const [root] = world.github.reviewComments(pull.pull);
    if (root === undefined) throw new Error('No comment.');
    root.body = `All is well.\n\n${root.body.split('\n').at(-1) ?? ''}`;
    await pull.push([A]);
    expect(root.body).toBe(renderComment(A));
    expect(seen(pull)).toEqual(['1 open']);
  });
});

describe('threads', () => {
  test('are found among many of others', async () => {
    const pull = await world.open();
    for (let index = 0; index < 120; index += 1)
      await world.github.comment(pull.pull, 'ann', { path: CHANGED, line: 50, body: `Hm ${String(index)}` });
    await pull.push([A]);
    await pull.push([A]);
    expect(seen(pull).filter((line) => !line.startsWith('other'))).toEqual(['1 open']);
  });

  test('with many answers are understood', async () => {
    const pull = await world.open();
    await pull.push([A]);
    const [root] = world.github.reviewComments(pull.pull);
    for (let index = 0; index < 120 && root !== undefined; index += 1)
      world.github.reply(root, 'ann', `Hm ${String(index)}`);
    await pull.push([]);
    await pull.push([]);
    expect(seen(pull)[0]?.split(' ').slice(-2)).toEqual(['ann', 'mended']);
  });

  test('that two replicas began about one finding become one', async () => {
    const pull = await world.open();
    await Promise.all([pull.push([A]), pull.again()]);
    await pull.again();
    const open = seen(pull).filter((line) => line === '1 open');
    expect(open).toHaveLength(1);
    const rest = seen(pull).filter((line) => line !== '1 open');
    expect(rest.every((line) => line === '1 gitops-warden double')).toBe(true);
    const before = seen(pull);
    await pull.push([A]);
    expect(seen(pull)).toEqual(before);
  });

  test('of which one is a double: people’s answers decide which one stays', async () => {
    const pull = await world.open();
    const login = 'gitops-warden[bot]';
    const place = { path: CHANGED, line: 5, body: renderComment(A) };
    await world.github.comment(pull.pull, login, place);
    const second = await world.github.comment(pull.pull, login, place);
    world.github.reply(second, 'ann', 'Why?');
    await pull.push([A]);
    expect(seen(pull).sort()).toEqual(['1 gitops-warden double', '1 open ann']);
  });

  test('end with another word when the finding is waived, or was there before', async () => {
    const pull = await world.open();
    const B = onLine(2, 9);
    await pull.push([A, B]);
    const waived: WaivedFinding[] = [
      { ...WAIVER, finding: B, reason: 'Until @ann is back.', until: '2027-01-01' },
    ];
    await pull.push([{ ...A, introduced: false }], { waived });
    expect(seen(pull)).toEqual(['1 gitops-warden existing', '2 gitops-warden waived']);
    const note = world.github.reviewComments(pull.pull).at(-1)?.body ?? '';
    expect(note).toContain('Waived until `2027-01-01` by `mona`: Until ');
    // No mention: nobody is called.
    expect(note).not.toMatch(/(?<![\u2060\u200b`])@ann/);
    await pull.push([A, B]);
    expect(seen(pull)).toEqual(['1 open existing back', '2 open waived back']);
  });

  test.each([
    ['a rule failed', { failures: [{ ruleId: 'x', path: null, reason: 'stopped' }] }],
    ['its file was not checked', { notChecked: [{ path: CHANGED, reason: 'is too large', blocks: true }] }],
    ['not everything was checked', { notChecked: [{ path: '.', reason: 'is too large', blocks: true }] }],
    ['the configuration is broken', { configProblems: [{ path: 'p.yml', line: 1, message: 'No.' }] }],
  ])('stay open while %s: nobody can tell whether the finding is gone', async (_what, more) => {
    const pull = await world.open();
    await pull.push([A]);
    await pull.push([], more);
    expect(seen(pull)).toEqual(['1 open']);
  });

  test('take a message of any length', async () => {
    const pull = await world.open();
    await pull.push([{ ...A, message: '漢`x` @all '.repeat(20_000) }]);
    expect(seen(pull)).toEqual(['1 open']);
  });
});

describe('an App that may not write contents', () => {
  let narrow: ReviewWorld;
  beforeAll(async () => {
    narrow = await openReviewWorld({
      checks: 'write',
      contents: 'read',
      metadata: 'read',
      pull_requests: 'write',
    });
  });
  afterAll(async () => {
    expect(narrow.github.contractViolations).toEqual([]);
    await narrow.close();
  });

  test('folds its comment away instead of resolving the thread, and unfolds it again', async () => {
    const pull = await narrow.open();
    await pull.push([A]);
    await pull.push([]);
    await pull.push([]);
    expect(seen(pull, narrow.github)).toEqual(['1 folded mended']);
    await pull.push([A]);
    expect(seen(pull, narrow.github)).toEqual(['1 open mended back']);
  });

  test('that has no access to code scanning either says so, and the verdict counts', async () => {
    const pull = await narrow.open({ reports: { codeScanning: true } });
    await pull.push([]);
    const { conclusion, summary } = checkNow(pull, narrow.github);
    expect(conclusion).toBe('success');
    expect(summary).toContain('The findings are not in code scanning');
    expect(summary).toContain('security\\_events=write');
    // Verdict first.
    expect(summary?.startsWith('**Passed.**')).toBe(true);
  });
});

describe('code scanning', () => {
  const uploadsOf = ({ pull }: PullCase) =>
    world.github
      .sarifs(world.repository)
      .filter(({ ref }) => ref === `refs/pull/${String(pull.number)}/head`);

  test('gets nothing unless the policy asks', async () => {
    const pull = await world.open();
    await pull.push([A]);
    expect(uploadsOf(pull)).toEqual([]);
  });

  test('gets what has a place in the head, once for each head', async () => {
    const pull = await world.open({ reports: { codeScanning: true } });
    const past = onLine(2, 5, { subject: fileSubject(CHANGED, at(5), { commit: 'c'.repeat(40) }) });
    const waived: WaivedFinding[] = [{ ...WAIVER, finding: onLine(3, 9), reason: 'Known.' }];
    await pull.push([A, past], { waived });
    await pull.again();
    const [upload, ...others] = uploadsOf(pull);
    expect(others).toEqual([]);
    expect(upload?.commitSha).toBe(pull.pull.head.sha);
    const sent = world.github.requests.findLast(({ path }) => path.endsWith('/sarifs'))?.body;
    const { sarif } = sent as { sarif: string };
    const log = JSON.parse(gunzipSync(Buffer.from(sarif, 'base64')).toString()) as Log;
    expect(log.runs[0]?.results?.map(({ message }) => message.text)).toEqual([A.message]);
    expect(checkNow(pull).summary).not.toContain('code scanning');
  });

  test('that GitHub does not answer for is named and fails nothing', async () => {
    const pull = await world.open({ reports: { codeScanning: true } });
    world.github.failNext({ method: 'POST', path: /\/sarifs$/, status: 404, when: 'before' });
    await pull.push([]);
    expect(checkNow(pull)).toMatchObject({ conclusion: 'success' });
    expect(checkNow(pull).summary).toContain('code scanning is not there for this repository');
  });
});

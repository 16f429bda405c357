import { expect, test } from '@jest/globals';
import type { GivenWaiver } from '../../src/store/waivers.ts';
import { describeStores } from '../support/stores.ts';

const given = (fingerprint: string, more: Partial<GivenWaiver> = {}): GivenWaiver => ({
  ruleId: 'no-x',
  fingerprint,
  digest: 'd1',
  path: 'apps/web.yaml',
  reason: "It's needed; DROP TABLE waivers",
  approver: 'ada',
  until: '2027-03-31',
  comment: 'conversation/1',
  ...more,
});

describeStores('waivers that comments gave', (stage) => {
  test('belong to one pull request, outlive the process, and are sorted', async () => {
    const { waivers } = await stage.fresh();
    await waivers.give(5, 7, [given('b'), given('a', { path: null })]);
    const { waivers: later } = await stage.again();
    expect(await later.of(5, 7)).toEqual([given('a', { path: null }), given('b')]);
    expect([await later.of(5, 8), await later.of(6, 7)]).toEqual([[], []]);
  });

  test('take the place of an older one of the same finding', async () => {
    const { waivers } = await stage.fresh();
    await waivers.give(5, 7, [given('a'), given('b')]);
    const renewed = given('a', { until: '2028-01-01', comment: 'conversation/2', approver: 'bob' });
    await waivers.give(5, 7, [renewed]);
    await waivers.give(5, 7, [renewed]);
    expect(await waivers.of(5, 7)).toEqual([renewed, given('b')]);
  });

  test('of two values are two, and are taken back one by one', async () => {
    const { waivers } = await stage.fresh();
    await waivers.give(5, 7, [given('a'), given('a', { digest: 'd2' })]);
    await waivers.give(5, 8, [given('a')]);
    expect(await waivers.takeBack(5, 7, [given('a'), given('gone')])).toEqual([given('a')]);
    expect(await waivers.of(5, 7)).toEqual([given('a', { digest: 'd2' })]);
    expect(await waivers.of(5, 8)).toHaveLength(1);
  });

  test('are forgotten when they ended long ago', async () => {
    const { waivers } = await stage.fresh();
    await waivers.give(5, 7, [given('a', { until: '2026-01-01' }), given('b')]);
    await waivers.forget('2026-06-01');
    expect((await waivers.of(5, 7)).map(({ fingerprint }) => fingerprint)).toEqual(['b']);
  });

  test('what a verdict rests on ends with them', async () => {
    const { ledger } = await stage.fresh();
    const verdict = { binding: '1:b:h:p', pullRequests: [7] };
    await ledger.judged(5, 'h1', { ...verdict, until: '2027-03-31' });
    await ledger.judged(5, 'h2', { ...verdict, until: null });
    await ledger.judged(5, 'h3', verdict);
    await ledger.judged(5, 'h4', null);
    const heads = ['h1', 'h2', 'h3', 'h4', 'h5'];
    expect([...(await ledger.judgedAmong(5, heads, '2027-03-31'))].sort()).toEqual(['h1', 'h2', 'h3', 'h4']);
    expect([...(await ledger.judgedAmong(5, heads, '2027-04-01'))].sort()).toEqual(['h2', 'h3', 'h4']);
  });
});

import { expect, test } from '@jest/globals';
import { describeStores } from '../support/stores.ts';

describeStores('marks', (stage) => {
  test('are set, changed and cleared, each by itself, and outlive the process', async () => {
    const { ledger } = await stage.fresh();
    await ledger.setMark('comments/5/7', 'one');
    await ledger.setMark('comments/5/8', 'two');
    await ledger.setMark('comments/5/7', 'three');
    await ledger.clearMark('comments/5/8');
    await ledger.clearMark('comments/5/9');
    const { ledger: later } = await stage.again();
    expect(await Promise.all([7, 8, 9].map((number) => later.mark(`comments/5/${String(number)}`)))).toEqual([
      'three',
      null,
      null,
    ]);
  });
});

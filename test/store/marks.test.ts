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

  test('are found by the beginning of their names, which is a text and no pattern', async () => {
    const { ledger } = await stage.fresh();
    for (const name of [
      'incidents/5/refs/heads/a',
      'incidents/5/b%',
      'incidents/50/c',
      'incidentsX5/d',
      'other',
    ])
      await ledger.setMark(name, name.toUpperCase());
    await ledger.setMark('incidents/5/b%', 'twice');
    expect([...(await ledger.marksUnder('incidents/5/'))]).toEqual([
      ['incidents/5/b%', 'twice'],
      ['incidents/5/refs/heads/a', 'INCIDENTS/5/REFS/HEADS/A'],
    ]);
    expect((await ledger.marksUnder('incidents/')).size).toBe(3);
    expect((await ledger.marksUnder('incidents/5/b%')).size).toBe(1);
    expect((await ledger.marksUnder('%')).size).toBe(0);
  });
});

import { expect, test } from '@jest/globals';
import { describeStores } from '../support/stores.ts';

describeStores('marks', (stage) => {
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

import { afterEach, describe, expect, test } from '@jest/globals';
import { RecentLeaks } from '../../src/pipeline/secret-scan/recent-leaks.ts';
import { SecretScanner, type ScannerOptions } from '../../src/pipeline/secret-scan/scanner.ts';
import type { RuleSetData, SecretRuleData } from '../../src/secrets/rule-set.ts';
import type { ScanSetup } from '../../src/secrets/scan-setup.ts';

/** Takes exponential time in V8 on letters without a `!` behind them. */
const STALLING = '((?:a+)+)!';

function rule(id: string, regex: string): SecretRuleData {
  return {
    id,
    description: id,
    regex,
    path: null,
    secretGroup: 0,
    entropy: 0,
    keywords: [],
    tags: [],
    skipReport: false,
    required: [],
    allowlists: [],
    enforced: false,
  };
}

function setupOf(...rules: SecretRuleData[]): ScanSetup {
  const data: RuleSetData = { rules, allowlists: [] };
  return { rules: data, known: { ignored: [], baseline: [] }, decodeDepth: 5 };
}

let scanner: SecretScanner;
function start(options: Partial<ScannerOptions> = {}): SecretScanner {
  return (scanner = new SecretScanner({ fingerprintKey: null, workers: 1, ...options }));
}
afterEach(async () => {
  await scanner.close();
});

const job = (path: string, text: string | Uint8Array) => ({
  path,
  commit: null,
  content: typeof text === 'string' ? Buffer.from(text) : text,
});

describe('hostile texts', () => {
  test('what stalls one engine is judged by the other', async () => {
    const setup = setupOf(rule('stalling', STALLING), rule('plain', 'house-[0-9]{4}'));
    const text = `house-1234\n${'a'.repeat(5_000)}\naaa!\n`;
    const [result, other] = await start().scan(setup, [job('a', text), job('b', 'house-5678\n')]);
    expect(result).toEqual([
      expect.objectContaining({ ruleId: 'plain' }),
      expect.objectContaining({
        ruleId: 'stalling',
        range: { start: { line: 3, column: 1 }, end: { line: 3, column: 4 } },
      }),
    ]);
    expect(other).toHaveLength(1);
  });

  test('a worker that does not answer is ended, and the others are judged all the same', async () => {
    const setup = setupOf(rule('stalling', STALLING), rule('plain', 'house-[0-9]{4}'));
    const stalling = 'a'.repeat(5_000);
    const jobs = [job('a', 'house-1111'), job('b', stalling), job('c', 'house-2222')];
    const [first, second, third] = await start({ silenceMs: 200 }).scan(setup, jobs);
    expect(second).toBe('stopped');
    expect([first, third]).toEqual([
      [expect.objectContaining({ ruleId: 'plain' })],
      [expect.objectContaining({ ruleId: 'plain' })],
    ]);
  });

  test('when the time of all is over, the rest is not passed off as searched', async () => {
    const results = await start({ totalMs: -1 }).scan(setupOf(rule('plain', 'x')), [
      job('a', 'x'),
      job('b', 'x'),
    ]);
    expect(results).toEqual(['total-time', 'total-time']);
  });

  test('a tower of base64 is undone to its depth and no further', async () => {
    let text = 'house-1234-and-then-some';
    for (let level = 0; level < 5; level += 1) text = Buffer.from(text).toString('base64');
    const higher = Buffer.from(text).toString('base64');
    const [within, beyond] = await start().scan(setupOf(rule('plain', 'house-[0-9]{4}')), [
      job('a', text),
      job('b', higher),
    ]);
    expect(within).toEqual([expect.objectContaining({ encoded: true, start: 0, span: text.length })]);
    expect(beyond).toEqual([]);
  });

  test('one line of megabytes, with something at its end, across the borders of its parts', async () => {
    const filler = 'x'.repeat(99_995);
    const text = `${filler}house-1234${filler}house-5678${filler.repeat(10)}house-9999`;
    const [result] = await start().scan(setupOf(rule('plain', 'house-[0-9]{4}')), [job('a.min.js', text)]);
    expect(result).toHaveLength(3);
  });

  test('UTF-16 is read as text, bytes of another encoding one by one, and a Buffer stays whole', async () => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a\nhouse-1234', 'utf16le')]);
    const unmarked = Buffer.from('a line of text\nhouse-1234\n', 'utf16le');
    const other = Buffer.from([0xe9, 0x0a, ...Buffer.from('house-1234')]);
    const results = await start().scan(setupOf(rule('plain', 'house-[0-9]{4}')), [
      job('a', wide),
      job('b', unmarked),
      job('c', other),
    ]);
    expect(
      results.map((result) =>
        typeof result === 'string' ? result : result.map((leak) => leak.range?.start.line ?? null),
      ),
    ).toEqual([[2], [2], [null]]);
    expect(wide.length).toBe(26);
  });
});

test('many setups in turn, as of many repositories, are each known when they come again', async () => {
  const one = start();
  const ids = Array.from({ length: 9 }, (_, index) => `rule-${index}`);
  for (const id of [...ids, ...ids.slice(0, 2), ...ids]) {
    expect(await one.scan(setupOf(rule(id, 'house-[0-9]{4}')), [job('a', 'house-1234')])).toEqual([
      [expect.objectContaining({ ruleId: id })],
    ]);
  }
});

test('rules that were made ready are used, forgotten in turn, and cost no answer', async () => {
  const search = start({ workers: 2 });
  search.warmUp();
  const setups = Array.from({ length: 7 }, (_, index) =>
    setupOf(rule(`r${index}`, `house-${index}[0-9]{3}`)),
  );
  for (const setup of [...setups, ...setups]) search.prepare(setup);
  const jobs = Array.from({ length: 300 }, (_, index) =>
    job(`f${index}`, `house-${index % 7}123\n${' '.repeat(1_000)}`),
  );
  for (const [index, setup] of setups.entries()) {
    search.prepare(setup);
    const results = await search.scan(setup, jobs);
    const found = results.map((result) => (typeof result === 'string' ? result : result.length));
    expect(found).toEqual(jobs.map((_, at) => Number(at % 7 === index)));
  }
});

test('what was found is kept within bounds, the newest', () => {
  const recent = new RecentLeaks();
  start();
  for (let index = 0; index < 200_005; index += 1) recent.set(`key ${index}`, []);
  expect(recent.get('key 0')).toBeUndefined();
  expect(recent.get('key 200004')).toEqual([]);
  expect(recent.entries()).toHaveLength(200_000);
});

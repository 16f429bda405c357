import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { AUDIT_ACTIONS, canonicalJson, TRAIL_START, type AuditEntry } from '../../src/store/audit-entry.ts';
import { createAuditTrail } from '../../src/store/audit-trail.ts';
import { describeStores } from '../support/stores.ts';
import { allOf, dropped, verdict } from './audit-fixture.ts';

const SCHEMA_FILE = path.resolve(import.meta.dirname, '../../schemas/audit-entry.v1.json');
const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as object,
);

const FEW = { connections: 2 };

describeStores('the audit trail', (stage) => {
  test('chains each entry to the one before, from 64 zeros on, by a hash that anybody can recompute', async () => {
    const { audit } = await stage.fresh(FEW);
    await audit.append([verdict(1), verdict(2)]);
    const head = await audit.append([dropped('3', 'gone')]);
    const entries = await allOf(audit);
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    let { hash: previous } = TRAIL_START;
    for (const { hash, ...body } of entries) {
      expect(body.previous).toBe(previous);
      expect(hash).toBe(createHash('sha256').update(canonicalJson(body)).digest('hex'));
      previous = hash;
    }
    expect(head).toEqual({ seq: 3, hash: previous });
    expect(await audit.append([])).toEqual(head);
    expect(await audit.verify()).toEqual({
      entries: 3,
      first: 1,
      last: 3,
      head,
      problems: [],
      furtherProblems: 0,
    });
  });

  test('gives back what was noted, with the time, in a form that satisfies the schema', async () => {
    const { audit } = await stage.fresh(FEW);
    const before = Date.now();
    const noted = [verdict(1), dropped('x', null)];
    await audit.append(noted);
    const entries = await allOf(audit);
    expect(entries).toMatchObject(noted);
    for (const entry of entries) {
      expect(Date.parse(entry.at)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(entry.at)).toBeLessThanOrEqual(Date.now());
      expect({ valid: validate(entry), errors: validate.errors }).toEqual({ valid: true, errors: null });
    }
    const broken = { ...entries[0], hash: 'short', more: 1 } as unknown as AuditEntry;
    expect(validate(broken)).toBe(false);
  });

  test('an empty trail is in order', async () => {
    const { audit } = await stage.fresh(FEW);
    expect(await audit.verify()).toEqual({
      entries: 0,
      first: null,
      last: null,
      head: TRAIL_START,
      problems: [],
      furtherProblems: 0,
    });
    expect(await audit.verify(TRAIL_START)).toMatchObject({ problems: [] });
  });

  test('numbers have no gaps and the chain holds when two processes add at the same time', async () => {
    const [one, two] = [await stage.fresh(FEW), await stage.again(FEW)];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? one : two).audit.append([verdict(index), dropped(String(index), null)]),
      ),
    );
    const entries = await allOf(one.audit);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
    expect(new Set(entries.map(({ subject }) => subject)).size).toBe(80);
    for (let index = 0; index < 80; index += 2) {
      expect(entries[index + 1]?.subject).toBe(entries[index]?.subject.replace('pull', 'job'));
    }
    expect((await two.audit.verify()).problems).toEqual([]);
  });

  test('adds all entries of a call or none', async () => {
    const { audit } = await stage.fresh(FEW);
    await audit.append([verdict(1)]);
    const impossible = { ...dropped('x', null), installation: 0.5 };
    await expect(audit.append([verdict(2), impossible])).rejects.toThrow();
    expect((await allOf(audit)).map(({ seq }) => seq)).toEqual([1]);
    await audit.append([verdict(3)]);
    expect(await audit.verify()).toMatchObject({ entries: 2, problems: [] });
  });

  test('keeps text from strangers as it is, whatever stands in it, and cuts it at 1,000 characters', async () => {
    const { audit } = await stage.fresh(FEW);
    const hostile = `'"; DROP TABLE x; -- \u001b[31m \u202e ünï 😀 \r\n\t\\ %_`;
    await audit.append([
      dropped('1', hostile),
      dropped('2', 'x'.repeat(1_000)),
      dropped('3', `${'x'.repeat(998)}😀😀`),
      dropped('4', `nul \0 and half a pair \ud83d`),
      { ...verdict(5), subject: 'y'.repeat(100_000) },
    ]);
    const [one, two, three, four, five] = await allOf(audit);
    expect(one?.reason).toBe(hostile);
    expect(two?.reason).toBe('x'.repeat(1_000));
    expect(three?.reason).toBe(`${'x'.repeat(998)}…`);
    expect(four?.reason).toBe('nul \ufffd and half a pair \ufffd');
    expect(five?.subject).toHaveLength(1_000);
    expect((await audit.verify()).problems).toEqual([]);
  });

  test('finds entries by time, action, repository, subject, actor and text', async () => {
    const store = await stage.fresh(FEW);
    let now = Date.parse('2026-01-01T00:00:00Z');
    const audit = createAuditTrail(store.database, () => now);
    await audit.append([verdict(1), verdict(2, { repository: 'acme/other', actor: 'Bob' })]);
    now += 1_000;
    await audit.append([dropped('3', 'It says "100%" of a_b, Ärger'), dropped('4', 'nothing', 'eve')]);
    const seqs = async (query: Parameters<typeof allOf>[1]): Promise<number[]> =>
      (await allOf(audit, query)).map(({ seq }) => seq);
    expect(await seqs({ since: now })).toEqual([3, 4]);
    expect(await seqs({ until: now })).toEqual([1, 2]);
    expect(await seqs({ since: now - 1_000, until: now })).toEqual([1, 2]);
    expect(await seqs({ action: 'job-dropped' })).toEqual([3, 4]);
    expect(await seqs({ repository: 'ACME/gitops' })).toEqual([1]);
    expect(await seqs({ subject: 'pull/2' })).toEqual([2]);
    expect(await seqs({ actor: 'eve' })).toEqual([4]);
    expect(await seqs({ text: 'SAYS "100%"' })).toEqual([3]);
    expect(await seqs({ text: '100_' })).toEqual([]);
    expect(await seqs({ text: 'a!b' })).toEqual([]);
    expect(await seqs({ text: 'Ärger' })).toEqual([3]);
    expect(await seqs({ text: 'no-plaintext-secret' })).toEqual([1, 2]);
    expect(await seqs({ text: '"conclusion":"failure"', actor: 'Bob' })).toEqual([2]);
    expect(await seqs({ newestFirst: true, limit: 3 })).toEqual([4, 3, 2]);
    expect(await seqs({ newestFirst: true, after: 3 })).toEqual([2, 1]);
    expect(await seqs({ after: 1, limit: 2 })).toEqual([2, 3]);
    expect(await seqs({ limit: 0 })).toEqual([]);
  });

  test('a long trail comes in pages, and every entry once', async () => {
    const { audit } = await stage.fresh(FEW);
    await audit.append(Array.from({ length: 1_203 }, (_, index) => dropped(String(index), null)));
    const sizes: number[] = [];
    for await (const page of audit.search({})) sizes.push(page.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_203);
    expect((await allOf(audit, { limit: 700, newestFirst: true })).at(-1)?.seq).toBe(504);
    expect(await audit.verify()).toMatchObject({ entries: 1_203, problems: [] });
  });

  test('retention removes the oldest entries, says so, and leaves a trail that holds', async () => {
    const store = await stage.fresh(FEW);
    let now = 1_000_000;
    const audit = createAuditTrail(store.database, () => now);
    const early = await audit.append([verdict(1), verdict(2)]);
    now = 2_000_000;
    await audit.append([verdict(3)]);
    expect(await audit.prune(1_000_000)).toBe(0);
    expect(await allOf(audit)).toHaveLength(3);
    now = 3_000_000;
    expect(await audit.prune(1_500_000)).toBe(2);
    const entries = await allOf(audit);
    expect(entries.map(({ seq, action }) => [seq, action])).toEqual([
      [3, 'verdict'],
      [4, 'retention'],
    ]);
    expect(entries[1]?.detail).toEqual({ removed: 2, upTo: early, before: '1970-01-01T00:25:00.000Z' });
    expect(validate(entries[1])).toBe(true);
    expect(await audit.verify()).toMatchObject({ entries: 2, first: 3, last: 4, problems: [] });
    expect((await audit.verify(early)).problems).toEqual([]);
    now = 4_000_000;
    expect(await audit.prune(5_000_000)).toBe(2);
    expect(await audit.verify()).toMatchObject({ entries: 1, first: 5, last: 5, problems: [] });
    await audit.append([verdict(6)]);
    expect(await audit.verify()).toMatchObject({ entries: 2, problems: [] });
    expect((await audit.verify(early)).problems[0]?.problem).toContain('removed by retention');
  });

  test('retention stops at the first entry that is not older, also when clocks differ', async () => {
    const store = await stage.fresh(FEW);
    let now = 1_000;
    const audit = createAuditTrail(store.database, () => now);
    await audit.append([verdict(1)]);
    now = 9_000;
    await audit.append([verdict(2)]);
    now = 2_000;
    await audit.append([verdict(3)]);
    expect(await audit.prune(5_000)).toBe(1);
    expect((await allOf(audit)).map(({ seq }) => seq)).toEqual([2, 3, 4]);
  });

  test('the database itself refuses to change or remove entries, or to move the two ends back', async () => {
    const store = await stage.fresh(FEW);
    const { audit, database } = store;
    await audit.append([verdict(1), verdict(2)]);
    const columns = 'at, action, actor, subject, detail, previous, hash';
    const attempts = [
      `UPDATE audit_entries SET actor = 'mallory' WHERE seq = 1`,
      'DELETE FROM audit_entries WHERE seq = 2',
      'DELETE FROM audit_entries',
      `INSERT INTO audit_entries (seq, ${columns}) SELECT 0, ${columns} FROM audit_entries WHERE seq = 1`,
      'UPDATE audit_head SET seq = 1',
      'DELETE FROM audit_head',
      'UPDATE audit_anchor SET seq = 0',
      'DELETE FROM audit_anchor',
      ...(database.dialect === 'sqlite'
        ? [
            `INSERT OR REPLACE INTO audit_entries (seq, ${columns}) SELECT 1, ${columns} FROM audit_entries WHERE seq = 2`,
          ]
        : ['TRUNCATE audit_entries', 'TRUNCATE audit_head', 'TRUNCATE audit_anchor']),
    ];
    for (const attempt of attempts) {
      await expect(database.transaction((sql) => sql.query(attempt))).rejects.toThrow('append-only');
    }
    expect(await audit.verify()).toMatchObject({ entries: 2, problems: [] });
  });

  test('compares the end with one that was noted elsewhere', async () => {
    const { audit } = await stage.fresh(FEW);
    const first = await audit.append([verdict(1)]);
    const second = await audit.append([verdict(2)]);
    expect((await audit.verify(first)).problems).toEqual([]);
    expect((await audit.verify(second)).problems).toEqual([]);
    expect((await audit.verify({ seq: 2, hash: first.hash })).problems).toEqual([
      { seq: 2, problem: 'Entry 2 is not the one that was noted: the trail was replaced.' },
    ]);
    expect((await audit.verify({ seq: 3, hash: first.hash })).problems).toEqual([
      { seq: 2, problem: 'The trail ends at entry 2, but entry 3 was noted: its end was cut off.' },
    ]);
  });

  test('entries that come and go during a look raise no alarm', async () => {
    const { database } = await stage.fresh(FEW);
    let now = 0;
    const audit = createAuditTrail(database, () => (now += 1_000));
    await audit.append(Array.from({ length: 1_100 }, (_, index) => dropped(String(index), null)));
    let pages = 0;
    const disturbed = createAuditTrail({
      ...database,
      async read(text, values) {
        const rows = await database.read(text, values);
        if (/audit_entries\s+WHERE seq > .* LIMIT/.test(text)) pages += 1;
        if (pages === 1) {
          pages += 1;
          await audit.append([verdict(1)]);
          await audit.prune(800_000);
          await audit.append([verdict(2)]);
        }
        return rows;
      },
    });
    expect(await disturbed.verify()).toMatchObject({ first: 800, last: 1_103, problems: [] });
    expect(pages).toBeGreaterThan(3);
  });
});

test('the canonical form sorts keys by their units, and escapes as JSON does', () => {
  expect(
    canonicalJson({ b: [1, { z: null, a: true }], a: '\u0001"', B: -0, '😀': 1e21, '\ufb33': 0.1 }),
  ).toBe('{"B":0,"a":"\\u0001\\"","b":[1,{"a":true,"z":null}],"😀":1e+21,"\ufb33":0.1}');
  expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
});

test('the schema names the actions that there are', () => {
  const schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as {
    properties: { action: { examples: string[] } };
  };
  expect(schema.properties.action.examples).toEqual(AUDIT_ACTIONS);
});

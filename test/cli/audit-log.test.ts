import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parseTime } from '../../src/cli/time-option.ts';
import { STORE_FILE } from '../../src/store/store.ts';
import { dropped, verdict } from '../store/audit-fixture.ts';
import { describeStores } from '../support/stores.ts';
import { CLI, environmentOf, FEW, runWith, type Result } from './store-fixture.ts';
import { BARE_ENVIRONMENT } from '../support/programs.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'warden-audit-cli-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const ZEROS = '0'.repeat(64);

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

describeStores('gitops-warden audit-log', (stage) => {
  const run = (...args: string[]): Result => runWith(environmentOf(stage), ['audit-log', ...args]);

  test('list prints the newest first for people, without what would command their terminal', async () => {
    const { audit } = await stage.fresh(FEW);
    await audit.append([verdict(1), dropped('9', 'It said \u001b[31mred\nand more')]);
    const { status, stdout, stderr } = run('list');
    expect([status, stderr]).toEqual([0, '']);
    const [first, second, ...more] = linesOf(stdout);
    expect(more).toEqual([]);
    expect(first).toMatch(
      /^2 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}job-dropped +ada +- +job\/9 +It said \\u\{1b\}\[31mred and more$/,
    );
    expect(second).toMatch(/^1 {2}.* verdict +gitops-warden +acme\/gitops +pull\/1 +failure, 1 finding$/);
    expect(linesOf(run('list', '--limit', '1').stdout)).toEqual([expect.stringMatching(/^2 /)]);
  });

  test('list filters, also by time, and says when there is nothing', async () => {
    const { audit } = await stage.fresh(FEW);
    expect(run('list')).toEqual({ status: 0, stdout: 'The audit log has no such entry.\n', stderr: '' });
    await audit.append([verdict(1), verdict(2, { actor: 'eve' }), dropped('9', 'needle in it')]);
    const found = (...args: string[]): string[] =>
      linesOf(run('list', '--format', 'json', ...args).stdout).map(
        (line) => (JSON.parse(line) as { subject: string }).subject,
      );
    expect(found('--action', 'verdict')).toEqual(['pull/2', 'pull/1']);
    expect(found('--actor', 'eve')).toEqual(['pull/2']);
    expect(found('--subject', 'job/9')).toEqual(['job/9']);
    expect(found('--repository', 'acme/gitops', '--limit', '1')).toEqual(['pull/2']);
    expect(found('--grep', 'NEEDLE')).toEqual(['job/9']);
    expect(found('--since', '1h')).toHaveLength(3);
    expect(found('--until', '1h')).toEqual([]);
    expect(found('--since', '2020-01-01', '--until', '2020-01-02')).toEqual([]);
  });

  test('export writes every entry as JSON Lines, which the schema allows, to a file for its owner only', async () => {
    const { audit } = await stage.fresh(FEW);
    await audit.append(Array.from({ length: 600 }, (_, index) => verdict(index)));
    const file = path.join(directory, `export-${String(process.hrtime.bigint())}.jsonl`);
    expect(run('export', '--output', file)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(run('export').stdout).toBe(text);
    const validate = new Ajv().compile(
      JSON.parse(
        readFileSync(path.resolve(import.meta.dirname, '../../schemas/audit-entry.v1.json'), 'utf8'),
      ) as object,
    );
    const entries = linesOf(text).map((line) => JSON.parse(line) as { seq: number });
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    expect(entries.every((entry) => validate(entry))).toBe(true);
  });

  test('CSV quotes as RFC 4180 says, and no cell starts a formula', async () => {
    const { audit } = await stage.fresh(FEW);
    await audit.append([
      dropped('1', '=1+1', '@sum'),
      dropped('2', '+a,"b"\r\nc', '-x'),
      dropped('3', '\ttab', 'plain'),
    ]);
    const { stdout } = run('export', '--format', 'csv');
    expect(stdout).toMatch(
      /^seq,at,action,actor,repository,installation,subject,reason,detail,delivery,previous,hash\r\n/,
    );
    expect(stdout).toContain(`,job-dropped,'@sum,,,job/1,'=1+1,"{""attempts"":10,`);
    expect(stdout).toContain(`,'-x,,,job/2,"'+a,""b""\r\nc",`);
    expect(stdout).toContain(`,plain,,,job/3,'\ttab,`);
    expect(stdout.endsWith('\r\n')).toBe(true);
  });

  test('verify says that all is well and prints a head, which it compares the next time', async () => {
    const { audit } = await stage.fresh(FEW);
    const { seq, hash } = await audit.append([verdict(1), verdict(2)]);
    const head = `${String(seq)}:${hash}`;
    const fine = run('verify');
    expect([fine.status, fine.stderr]).toEqual([0, '']);
    expect(fine.stdout).toContain('complete and unchanged: 2 entries (1 to 2).');
    expect(fine.stdout).toContain(`Head: ${head}\n`);
    expect(run('verify', '--head', head).status).toBe(0);
    const other = run('verify', '--head', `2:${ZEROS}`);
    expect(other.status).toBe(1);
    expect(other.stdout).toContain('1 problem in 2 entries');
    expect(other.stdout).toContain('- Entry 2 is not the one that was noted');
    expect(run('verify', '--head', `3:${hash}`).stdout).toContain('its end was cut off');
  });

  test('verify exits 1 and names the entry that somebody changed', async () => {
    const { audit, database } = await stage.fresh(FEW);
    await audit.append([verdict(1), verdict(2), verdict(3)]);
    await database.transaction(async (sql) => {
      await sql.query(
        database.dialect === 'sqlite'
          ? 'DROP TRIGGER audit_entries_update'
          : 'DROP TRIGGER audit_entries_update ON audit_entries',
      );
      await sql.query(`UPDATE audit_entries SET detail = '{}' WHERE seq = 2`);
    });
    const { status, stdout } = run('verify');
    expect(status).toBe(1);
    expect(stdout).toContain(
      'The audit log was changed: 1 problem in 3 entries (1 to 3).\n- Entry 2 was changed',
    );
  });

  test('a reader that wants no more is no error', async () => {
    const { audit } = await stage.fresh(FEW);
    await audit.append(Array.from({ length: 2_000 }, (_, index) => verdict(index)));
    const { status, stdout, stderr } = spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        `"$0" "$1" audit-log export | head -n 1; exit "\${PIPESTATUS[0]}"`,
        process.execPath,
        CLI,
      ],
      { encoding: 'utf8', env: { ...BARE_ENVIRONMENT, ...environmentOf(stage) } },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(linesOf(stdout)).toHaveLength(1);
  });
});

describe('gitops-warden audit-log', () => {
  test('makes no store where there is none, and says where it looked', () => {
    const dataDirectory = path.join(directory, 'nowhere');
    const { status, stdout, stderr } = runWith({ DATA_DIRECTORY: dataDirectory }, ['audit-log', 'verify']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`There is no store at ${path.join(dataDirectory, STORE_FILE)}.`);
    expect(existsSync(dataDirectory)).toBe(false);
  });

  test('exits 2 when the store cannot be read', () => {
    writeFileSync(path.join(directory, STORE_FILE), 'no database'.repeat(500));
    const { status, stdout, stderr } = runWith({ DATA_DIRECTORY: directory }, ['audit-log', 'verify']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('restore it from a backup');
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('names a database that cannot be reached without its password', () => {
    const password = String(process.hrtime.bigint());
    const { status, stderr } = runWith({ DATABASE_URL: `postgres://u:${password}@127.0.0.1:1/x` }, [
      'audit-log',
      'verify',
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).not.toContain(password);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test.each([
    [['list', '--since', 'yesterday'], '7d'],
    [['list', '--limit', '0'], 'whole number'],
    [['list', '--action', 'eaten'], 'Allowed choices'],
    [['verify', '--head', '3'], '64 hex digits'],
    [['frobnicate'], 'unknown command'],
  ])('%j exits 2 and says why', (args, message) => {
    const { status, stdout, stderr } = runWith({ DATA_DIRECTORY: directory }, ['audit-log', ...args]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('a time on the command line', () => {
  const now = Date.parse('2026-05-10T12:00:00Z');
  test.each([
    ['7d', '2026-05-03T12:00:00.000Z'],
    ['24h', '2026-05-09T12:00:00.000Z'],
    ['30m', '2026-05-10T11:30:00.000Z'],
    ['2w', '2026-04-26T12:00:00.000Z'],
    ['2026-05-01', '2026-05-01T00:00:00.000Z'],
    ['2026-05-01T12:30', '2026-05-01T12:30:00.000Z'],
    ['2026-05-01 12:30:15.5z', '2026-05-01T12:30:15.500Z'],
    ['2026-05-01T12:30+02:00', '2026-05-01T10:30:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parseTime(text, now) ?? 0).toISOString()).toBe(expected);
  });

  test.each(['', '7', 'd', '-1d', '7y', '2026-02-30', '2026-13-01', '2026-05-01T25:00', '01.05.2026', 'now'])(
    '%j is none',
    (text) => {
      expect(parseTime(text, now)).toBeNull();
    },
  );
});

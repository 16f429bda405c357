import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openStore } from '../../src/store/store.ts';
import { maySetImmutable, setImmutable } from './support/mounts.ts';
import { contradictions } from './support/store-file.ts';
import { checksInProgress, startTraffic, wait } from './support/traffic.ts';
import { openFaultWorld, type FaultWorld } from './support/world.ts';
import { until } from '../support/until.ts';

const NOBODY = 65_534;
const COMMAND_LINE = path.resolve(import.meta.dirname, '../../src/cli.ts');

let world: FaultWorld | null = null;
let directory: string | null = null;
let immutable: readonly string[] = [];

afterEach(async () => {
  if (immutable.length > 0) setImmutable(immutable, false);
  await world?.close();
  if (directory !== null) {
    chmodSync(directory, 0o700);
    rmSync(directory, { recursive: true });
  }
  [world, directory, immutable] = [null, null, []];
});

/** Starts the App as a user who may read the folder and not write there: to root no permission applies. */
function serve(dataDirectory: string): { readonly code: number | null; readonly message: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const result = spawnSync(process.execPath, ['--no-warnings', COMMAND_LINE, 'serve'], {
    cwd: tmpdir(),
    encoding: 'utf8',
    timeout: 120_000,
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
    env: {
      PATH: process.env['PATH'],
      APP_ID: '1',
      PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      WEBHOOK_SECRET: randomBytes(32).toString('hex'),
      GHE_HOST: 'github.invalid',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIRECTORY: dataDirectory,
      CACHE_DIRECTORY: path.join(dataDirectory, 'mirrors'),
    },
  });
  return { code: result.status, message: result.stderr };
}

describe('A store that may not be written', () => {
  test('keeps the App from starting, and says what to do', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'warden-read-only-'));
    directory = folder;
    await (await openStore({ databaseUrl: null, dataDirectory: folder })).close();
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o444);
    chmodSync(folder, 0o555);
    const { code, message } = serve(folder);
    expect(message).toMatch(/^gitops-warden: The store \S+\/gitops-warden\.db failed/);
    expect(message).toMatch(/give this user the right to write the file and its folder\.$/m);
    expect(message).not.toContain('    at ');
    expect(code).toBe(2);
  });

  test('keeps the App from starting where it cannot be made either', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'warden-read-only-'));
    directory = folder;
    chmodSync(folder, 0o555);
    const { code, message } = serve(path.join(folder, 'data'));
    expect(message).toMatch(/give this user the right to write the file and its folder\.$/m);
    expect(code).toBe(2);
  });

  (maySetImmutable() ? test : test.skip)(
    'costs no verdict when that happens at run time: events are refused, and repeated afterwards',
    async () => {
      const opened = await openFaultWorld();
      world = opened;
      const replicas = [await opened.start(), await opened.start()];
      opened.route(replicas);
      const traffic = startTraffic(opened);
      await traffic.open(3);
      await until(() => checksInProgress(opened, traffic) > 0, { describe: () => 'No review began.' });

      const data = opened.settings.dataDirectory;
      // Not the index of the log, which is mapped into memory: the system would end a process that writes to it.
      immutable = readdirSync(data)
        .filter((name) => !name.endsWith('-shm'))
        .map((name) => path.join(data, name));
      expect(setImmutable(immutable, true)).toBe(true);
      const before = opened.github.deliveries.length;
      await traffic.push();
      await opened.github.settled();
      const answers = opened.github.deliveries.slice(before).map(({ status }) => status);
      expect(new Set(answers.slice(-3))).toEqual(new Set([500]));
      await wait(3_000);

      expect(setImmutable(immutable, false)).toBe(true);
      immutable = [];
      await traffic.healed();
      expect(contradictions(opened)).toEqual([]);
      for (const replica of replicas) replica.kill('SIGTERM');
      expect(await Promise.all(replicas.map(({ ended }) => ended))).toEqual([0, 0]);
    },
  );
});

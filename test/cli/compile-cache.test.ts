import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ROOT = path.join(import.meta.dirname, '../..');
const SCRIPT = `import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
await import('./bin/compile-cache.js');
const thread = new Worker('import("node:module").then((m) => process.stdout.write(m.getCompileCacheDir() + "\\\\n"))', { eval: true });
thread.on('exit', () => process.stdout.write(getCompileCacheDir() + '\\n'));`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gitops-warden-caches-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function cachesWith(environment: Readonly<Record<string, string>>): string[] {
  const others = Object.entries(process.env).filter(([name]) => name !== 'NODE_COMPILE_CACHE');
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...Object.fromEntries(others), HOME: path.join(folder, 'home'), ...environment },
  });
  return stdout.trim().split('\n');
}

test('code is kept in a folder of the user, by threads too', () => {
  const [thread, main] = cachesWith({ XDG_CACHE_HOME: path.join(folder, 'xdg') });
  expect(main).toContain(path.join(folder, 'xdg', 'gitops-warden', 'code'));
  expect(thread).toBe(main);
  const [, home] = cachesWith({ XDG_CACHE_HOME: '' });
  expect(home).toContain(path.join(folder, 'home', '.cache', 'gitops-warden', 'code'));
});

test('nothing is kept where nothing can be, where a relative path is given, and where somebody does not want it', () => {
  writeFileSync(path.join(folder, 'file'), '');
  expect(cachesWith({ XDG_CACHE_HOME: path.join(folder, 'file') })).toEqual(['undefined', 'undefined']);
  expect(cachesWith({ XDG_CACHE_HOME: 'here' })).toEqual(['undefined', 'undefined']);
  expect(cachesWith({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(['undefined', 'undefined']);
  const own = path.join(folder, 'own');
  expect(cachesWith({ NODE_COMPILE_CACHE: own })[1]).toContain(own);
});

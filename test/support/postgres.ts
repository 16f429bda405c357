import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A real PostgreSQL of one's own, in a temporary folder. */
export interface PostgresServer {
  readonly url: string;
  /** `immediate` ends it as a crash would. */
  stop(mode: 'fast' | 'immediate'): void;
  start(): void;
  remove(): void;
}

const ROOT = '/usr/lib/postgresql';

function programs(): string | null {
  if (!existsSync(ROOT)) return null;
  const versions = readdirSync(ROOT)
    .filter((version) => existsSync(path.join(ROOT, version, 'bin', 'initdb')))
    .sort((a, b) => Number(b) - Number(a));
  return versions[0] === undefined ? null : path.join(ROOT, versions[0], 'bin');
}

/** PostgreSQL refuses to run as root. */
function asUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export const HAS_POSTGRES = programs() !== null;

export async function startPostgres(): Promise<PostgresServer> {
  const bin = programs();
  if (bin === null) throw new Error(`PostgreSQL is not installed under ${ROOT}.`);
  const user = asUser();
  const directory = mkdtempSync(path.join(tmpdir(), 'warden-postgres-'));
  if (user !== null) chownSync(directory, user.uid, user.gid);
  const data = path.join(directory, 'data');
  const port = await freePort();
  const run = (program: string, args: readonly string[]): void => {
    // Its output goes nowhere: the server would keep a pipe open.
    const result = spawnSync(path.join(bin, program), args, {
      cwd: directory,
      stdio: 'ignore',
      ...(user ?? {}),
    });
    if (result.status !== 0)
      throw new Error(`${program} ${args[0] ?? ''} ended with ${String(result.status)}`);
  };
  run('initdb', ['-D', data, '-U', 'warden', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-locale']);
  const options = `-p ${String(port)} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${directory} -c max_connections=60`;
  const server: PostgresServer = {
    url: `postgres://warden@127.0.0.1:${String(port)}/postgres`,
    start: () => {
      run('pg_ctl', [
        '-D',
        data,
        '-w',
        '-t',
        '30',
        '-l',
        path.join(directory, 'log'),
        '-o',
        options,
        'start',
      ]);
    },
    stop: (mode) => {
      run('pg_ctl', ['-D', data, '-w', '-t', '30', '-m', mode, 'stop']);
    },
    remove: () => {
      if (existsSync(path.join(data, 'postmaster.pid'))) {
        spawnSync(path.join(bin, 'pg_ctl'), ['-D', data, '-w', '-m', 'immediate', 'stop'], {
          cwd: directory,
          stdio: 'ignore',
          ...(user ?? {}),
        });
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
  server.start();
  return server;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

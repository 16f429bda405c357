// Files made by the real `sops`, with keys that are made for the run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/git-fixture.ts';
import { hasProgram } from '../support/programs.ts';

export const HAS_SOPS = hasProgram('sops') && hasProgram('age');

export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RealSops {
  readonly directory: string;
  /** Public keys; the private ones are known to `run`. */
  readonly recipients: readonly string[];
  /** Fingerprint of an OpenPGP key that `run` knows; null without GnuPG. */
  readonly pgp: string | null;
  write(name: string, text: string | Uint8Array): void;
  read(name: string): Buffer;
  run(argv: readonly string[]): Outcome;
  /** Encrypts a text by the configuration that lies there, or by the given options. */
  encrypt(name: string, text: string | Uint8Array, options?: readonly string[]): string;
  /** Whether a text, under this name, can be decrypted. */
  decrypts(name: string, text: string | Uint8Array): boolean;
}

function ageKeys(count: number): { identity: string; recipient: string }[] {
  return Array.from({ length: count }, () => {
    const { stdout } = spawnSync('age-keygen', [], { encoding: 'utf8' });
    const identity = /^AGE-SECRET-KEY-\S+$/m.exec(stdout)?.[0] ?? '';
    return { identity, recipient: /public key: (\S+)/.exec(stdout)?.[1] ?? '' };
  });
}

function pgpKey(home: string): string | null {
  if (!hasProgram('gpg')) return null;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const env = { ...process.env, GNUPGHOME: home };
  const made = spawnSync(
    'gpg',
    ['--batch', '--passphrase', '', '--quick-generate-key', 'test@example.org', 'rsa2048', 'encr', 'never'],
    { env },
  );
  if (made.status !== 0) return null;
  const { stdout } = spawnSync('gpg', ['--batch', '--with-colons', '--list-keys'], { env, encoding: 'utf8' });
  return /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1] ?? null;
}

export function createRealSops({ keys = 3, withPgp = false } = {}): RealSops {
  const directory = temporaryFolder('sops-');
  const pairs = ageKeys(keys);
  const home = path.join(temporaryFolder('gpg-'), 'h');
  const pgp = withPgp ? pgpKey(home) : null;
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    GNUPGHOME: home,
    SOPS_AGE_KEY: pairs.map(({ identity }) => identity).join('\n'),
    SOPS_DISABLE_VERSION_CHECK: '1',
  };
  const at = (name: string): string => path.join(directory, name);
  const sops: RealSops = {
    directory,
    recipients: pairs.map(({ recipient }) => recipient),
    pgp,
    write(name, text) {
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    },
    read: (name) => readFileSync(at(name)),
    run(argv) {
      const { status, stdout, stderr } = spawnSync('sops', argv, { cwd: directory, env, encoding: 'utf8' });
      return { ok: status === 0, stdout, stderr };
    },
    encrypt(name, text, options = []) {
      sops.write(name, text);
      const { ok, stderr } = sops.run(['encrypt', '--in-place', ...options, name]);
      if (!ok) throw new Error(stderr);
      return sops.read(name).toString('utf8');
    },
    decrypts(name, text) {
      const copy = path.join('decrypts', path.basename(name));
      sops.write(copy, text);
      const { ok } = sops.run(['decrypt', copy]);
      rmSync(at(copy));
      return ok;
    },
  };
  return sops;
}

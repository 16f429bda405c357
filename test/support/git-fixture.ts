import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file to write: text or bytes, a link, an executable, or null to delete it. */
export type FixtureFile =
  string | Uint8Array | { readonly link: string } | { readonly executable: string } | null;

export interface CommitOptions {
  readonly author?: string;
  readonly sign?: SigningKey | null;
  /** Seconds since the epoch, of both dates. */
  readonly at?: number;
  /** Commit even when nothing changed. */
  readonly empty?: boolean;
}

export interface SigningKey {
  readonly format: 'ssh' | 'openpgp' | 'x509';
  /** What git calls the signing key. */
  readonly file: string;
  /** Instead of the program that git would start. */
  readonly program?: string;
}

/** A real repository in a temporary folder. */
export interface GitFixture {
  readonly directory: string;
  /** Runs git there and gives its output without the last line feed. `input` becomes standard input. */
  git(args: readonly string[], input?: string | Uint8Array): string;
  /** Writes files by name. Names with bytes that are not UTF-8 are given as latin1 text behind `bytes:`. */
  write(files: Readonly<Record<string, FixtureFile>>): void;
  /** Writes, stages and commits; gives the id of the commit. */
  commit(files: Readonly<Record<string, FixtureFile>>, message?: string, options?: CommitOptions): string;
  branch(name: string, from?: string): void;
  checkout(name: string): void;
  /** Merges without fast-forward. `files` settle conflicts, or change the result on purpose. */
  merge(name: string, message?: string, files?: Readonly<Record<string, FixtureFile>>): string;
  head(): string;
  remove(): void;
}

export interface FixtureOptions {
  readonly bare?: boolean;
  readonly objectFormat?: 'sha1' | 'sha256';
}

/** Where a test's temporary folders live; removed by {@link removeFolders}. */
const folders: string[] = [];

export function temporaryFolder(prefix = 'gitops-warden-'): string {
  const folder = mkdtempSync(path.join(tmpdir(), prefix));
  folders.push(folder);
  return folder;
}

/** Call it in `afterAll`. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The environment for git in tests: nothing of the person who runs them. */
export function fixtureEnvironment(seconds = 1_700_000_000): NodeJS.ProcessEnv {
  const date = `${seconds} +0000`;
  return {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada Author',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'Carl Committer',
    GIT_COMMITTER_EMAIL: 'carl@example.org',
    GIT_COMMITTER_DATE: date,
  };
}

export function createGitFixture(options: FixtureOptions = {}): GitFixture {
  const directory = temporaryFolder();
  let seconds = 1_700_000_000;

  const git = (args: readonly string[], input?: string | Uint8Array): string =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: directory,
      env: fixtureEnvironment(seconds),
      input: input ?? '',
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 256 * 1024 * 1024,
    })
      .toString('utf8')
      .replace(/\n$/, '');

  const location = (name: string): Buffer => {
    const bytes = name.startsWith('bytes:')
      ? Buffer.from(name.slice(6), 'latin1')
      : Buffer.from(name, 'utf8');
    return Buffer.concat([Buffer.from(`${directory}/`), bytes]);
  };

  const write = (files: Readonly<Record<string, FixtureFile>>): void => {
    for (const [name, file] of Object.entries(files)) {
      const target = location(name);
      mkdirSync(target.subarray(0, target.lastIndexOf('/')), { recursive: true });
      if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) rmSync(target, { recursive: true });
      if (file === null) continue;
      if (typeof file === 'string' || file instanceof Uint8Array) writeFileSync(target, file);
      else if ('link' in file) symlinkSync(file.link, target);
      else {
        writeFileSync(target, file.executable);
        chmodSync(target, 0o755);
      }
    }
  };

  const signing = (sign: SigningKey | null | undefined): string[] =>
    sign === null || sign === undefined
      ? ['-c', 'commit.gpgSign=false']
      : [
          '-c',
          `gpg.format=${sign.format}`,
          '-c',
          `user.signingKey=${sign.file}`,
          '-c',
          'commit.gpgSign=true',
          ...(sign.program === undefined ? [] : ['-c', `gpg.${sign.format}.program=${sign.program}`]),
        ];

  const fixture: GitFixture = {
    directory,
    git,
    write,
    commit(files, message = 'Change', { author, sign, empty = false, at } = {}) {
      seconds = at ?? seconds + 60;
      write(files);
      git(['add', '--all', '.']);
      git([
        ...signing(sign),
        ...['commit', '--quiet', '--no-verify', '--message', message],
        ...(author === undefined ? [] : ['--author', author]),
        ...(empty ? ['--allow-empty'] : []),
      ]);
      return fixture.head();
    },
    branch(name, from) {
      git(['checkout', '--quiet', '-b', name, ...(from === undefined ? [] : [from])]);
    },
    checkout(name) {
      git(['checkout', '--quiet', name]);
    },
    merge(name, message = `Merge ${name}`, files = {}) {
      seconds += 60;
      try {
        git(['merge', '--quiet', '--no-ff', '--no-commit', name]);
      } catch (error) {
        // A conflict is settled by `files`.
        if (Object.keys(files).length === 0) throw error;
      }
      write(files);
      git(['add', '--all', '.']);
      git(['commit', '--quiet', '--no-verify', '--message', message]);
      return fixture.head();
    },
    head: () => git(['rev-parse', 'HEAD']),
    remove() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
  git([
    ...['init', '--quiet', '--initial-branch=main', '--template='],
    ...(options.bare === true ? ['--bare'] : []),
    ...(options.objectFormat === undefined ? [] : [`--object-format=${options.objectFormat}`]),
  ]);
  return fixture;
}

/** A fresh SSH key, made by `ssh-keygen`. */
export function createSshKey(): SigningKey {
  const file = path.join(temporaryFolder(), 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  return { format: 'ssh', file };
}

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { ROOT, testWith } from '../support/programs.ts';
import { deployment, makeSecretValue, plainSecret } from './support.ts';

const preCommitTest = testWith('pre-commit');
const directory = mkdtempSync(path.join(tmpdir(), 'gitops-warden-pre-commit-'));
const repository = path.join(directory, 'deploy');
const programs = path.join(directory, 'bin');
const WEB = 'apps/web/deployment.yaml';
/** It clones the last commit of this repository, and builds and installs the package from it. */
const INSTALLATION = 400_000;

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  return execFileSync('git', ['-C', repository, ...identity, ...args], { encoding: 'utf8' }).trim();
}

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Stages files and commits, with the hooks that `pre-commit install` put in place. */
function commit(files: Readonly<Record<string, string>>): Outcome {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(repository, name)), { recursive: true });
    writeFileSync(path.join(repository, name), text);
  }
  git('add', '.');
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-m', 'Change'],
    { encoding: 'utf8', env },
  );
  if (status !== 0) git('reset', '--quiet', '--hard');
  return { status, output: stdout + stderr };
}

const env = {
  ...process.env,
  PRE_COMMIT_HOME: path.join(directory, 'cache'),
  PATH: `${programs}:${process.env['PATH'] ?? ''}`,
};

beforeAll(() => {
  mkdirSync(repository);
  mkdirSync(programs);
  // The Node.js that runs this test, under both names that pre-commit looks for.
  for (const name of ['node', 'nodejs']) symlinkSync(process.execPath, path.join(programs, name));
  git('init', '--quiet', '--initial-branch=main');
});

describe('the hooks, installed and run by pre-commit', () => {
  preCommitTest(
    'let a healthy commit through, and stop one with a mistake or a secret',
    () => {
      const revision = execFileSync('git', ['-C', ROOT, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
      const hooks = ['gitops-warden', 'gitops-warden-secrets'].map((id) => `      - id: ${id}\n`).join('');
      const configuration = `repos:\n  - repo: ${ROOT}\n    rev: ${revision}\n    hooks:\n${hooks}`;
      writeFileSync(path.join(repository, '.pre-commit-config.yaml'), configuration);
      execFileSync('pre-commit', ['install', '--install-hooks'], { cwd: repository, env, stdio: 'pipe' });

      const healthy = commit({ [WEB]: deployment('ghcr.io/acme/web:1.0.0') });
      expect(healthy.output).toMatch(/^gitops-warden\.+Passed$/m);
      expect(healthy.output).toMatch(/^gitops-warden \(secrets\)\.+Passed$/m);
      expect(healthy.status).toBe(0);

      const privileged = commit({ [WEB]: deployment('ghcr.io/acme/web:1.0.0', true) });
      expect(privileged.output).toContain('no-privileged-container');
      expect(privileged.output).toMatch(/^gitops-warden \(secrets\)\.+Passed$/m);
      expect(privileged.status).toBe(1);

      const value = makeSecretValue();
      const leaking = commit({ 'apps/web/secret.yaml': plainSecret('db', value) });
      expect(leaking.output).toMatch(/^gitops-warden \(secrets\)\.+Failed$/m);
      expect(leaking.output).toContain('apps/web/secret.yaml');
      expect(leaking.output).not.toContain(value);
      expect(leaking.status).toBe(1);
    },
    INSTALLATION,
  );
});

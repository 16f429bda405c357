import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { deployment, HEALTHY, makeSecretValue, plainSecret } from '../e2e/support.ts';
import { BARE_ENVIRONMENT } from '../support/programs.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const WEB = 'apps/web/deployment.yaml';
const directory = mkdtempSync(path.join(tmpdir(), 'gitops-warden-cli-'));
const secretValue = makeSecretValue();

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: directory,
    encoding: 'utf8',
  }).trim();
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], cwd = directory, env: Record<string, string> = {}): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'src/cli.ts'), ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...BARE_ENVIRONMENT, HOME: directory, ...env },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  git('init', '--quiet', '--initial-branch=main');
  write(HEALTHY);
  git('add', '.');
  git('commit', '--quiet', '-m', 'Base');
  git('branch', 'healthy');
  git('switch', '--quiet', 'healthy');
  write({ [WEB]: deployment('ghcr.io/acme/web:1.0.1') });
  git('commit', '--quiet', '-am', 'Update');
  git('switch', '--quiet', '-c', 'bad', 'main');
  write({
    [WEB]: deployment('ghcr.io/acme/web:1.0.1', true),
    'apps/web/secret.yaml': plainSecret('db', secretValue),
  });
  git('add', '.');
  git('commit', '--quiet', '-m', 'Bad');
  git('switch', '--quiet', '-c', 'deep', 'main');
  write({ 'apps/web/deep.yaml': `a: ${'['.repeat(500)}${']'.repeat(500)}\n` });
  git('add', '.');
  git('commit', '--quiet', '-m', 'Deep');
  git('switch', '--quiet', 'main');
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('review', () => {
  test.each([
    ['healthy', 0],
    ['bad', 1],
    ['deep', 3],
  ])('%s exits %d', (head, status) => {
    expect(run(['review', '--base', 'main', '--head', head]).status).toBe(status);
  });

  test.each([
    [['review', '--base', 'nowhere'], 'nowhere'],
    [['review', '--repo', '/nonexistent'], '/nonexistent'],
    [['review'], 'git remote set-head origin -a'],
    [['review', '--base', 'main', '--policy', '/nonexistent.yml'], 'cannot be read (ENOENT)'],
    [['review', '--base', 'main', '--rules', '/nonexistent'], '/nonexistent'],
    [['review', '--base', 'main', '--format', 'xml'], 'Allowed choices'],
    [['review', '--bose', 'main'], '--base'],
    [['scan', '--staged', 'apps'], 'either'],
    [['scan', '/nonexistent'], 'cannot be read'],
    [['explain', 'no-such-rule'], 'no rule'],
    [['frobnicate'], 'unknown command'],
    [['serve'], 'WEBHOOK_SECRET'],
  ])('%j exits 2 and says why, without a report', (args, message) => {
    const { status, stdout, stderr } = run(args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('JSON satisfies its schema and has the findings', () => {
    const validate = new Ajv({ allErrors: true }).compile(
      JSON.parse(readFileSync(path.join(ROOT, 'schemas/report.v1.json'), 'utf8')) as object,
    );
    for (const head of ['healthy', 'bad', 'deep']) {
      const report = JSON.parse(
        run(['review', '--base', 'main', '--head', head, '--format', 'json']).stdout,
      ) as Record<string, unknown>;
      expect({ valid: validate(report), errors: validate.errors }).toEqual({ valid: true, errors: null });
    }
    const report = JSON.parse(
      run(['review', '--base', 'main', '--head', 'bad', '--format', 'json']).stdout,
    ) as {
      conclusion: string;
      findings: { ruleId: string; path: string }[];
      reach: { applications: string[] };
    };
    expect(report.conclusion).toBe('failure');
    expect(
      report.findings.filter((one) => one.ruleId !== 'signed-commits').map((one) => [one.path, one.ruleId]),
    ).toEqual([
      [WEB, 'no-privileged-container'],
      ['apps/web/secret.yaml', 'no-plaintext-secret'],
    ]);
    expect(report.reach.applications).toEqual(['argocd/web']);
  });

  test.each(['text', 'json', 'sarif', 'markdown', 'html', 'github'])(
    'no secret value in %s, on either stream',
    (format) => {
      const { stdout, stderr } = run(['review', '--base', 'main', '--head', 'bad', '--format', format]);
      expect(stdout).toContain('no-plaintext-secret');
      expect(stdout + stderr).not.toContain(secretValue);
    },
  );

  test('--output writes the report to a file', () => {
    const file = path.join(directory, 'report.html');
    const { status, stdout } = run([
      'review',
      '--base',
      'main',
      '--head',
      'bad',
      '--format',
      'html',
      '--output',
      file,
    ]);
    expect([status, stdout]).toEqual([1, '']);
    expect(readFileSync(file, 'utf8')).toContain('<!doctype html>');
    rmSync(file);
    expect(run(['review', '--base', 'main', '--head', 'bad', '--output', '/nonexistent/x']).status).toBe(2);
  });

  test('--policy overrides, and --floor holds against it', () => {
    write({
      'lenient.yml': 'rules:\n  no-privileged-container: off\n  no-plaintext-secret: off\n',
      'floor.yml': 'rules:\n  no-plaintext-secret: error\n',
    });
    const args = ['review', '--base', 'main', '--head', 'bad', '--policy', 'lenient.yml'];
    expect(run(args).status).toBe(0);
    const { status, stdout } = run([...args, '--floor', 'floor.yml', '--format', 'json']);
    expect(status).toBe(1);
    expect(stdout).not.toContain('no-privileged-container');
    rmSync(path.join(directory, 'lenient.yml'));
    rmSync(path.join(directory, 'floor.yml'));
  });

  test("--floor takes the organisation's file, defaults and all", () => {
    write({
      'empty.yml': 'version: 1\n',
      'organisation.yml':
        'defaults:\n  rules: {no-privileged-container: off}\nfloor:\n  rules: {no-plaintext-secret: error}\n',
    });
    const args = ['review', '--base', 'main', '--head', 'bad', '--policy', 'empty.yml', '--format', 'json'];
    const { status, stdout } = run([...args, '--floor', 'organisation.yml']);
    expect(status).toBe(1);
    expect(stdout).not.toContain('no-privileged-container');
    expect(stdout).toContain('no-plaintext-secret');
    rmSync(path.join(directory, 'empty.yml'));
    rmSync(path.join(directory, 'organisation.yml'));
  });

  test('a policy that extends others is said not to be whole, unless --extends-from names their clones', () => {
    write({
      'own.yml': 'extends: acme/policies:base.yml\n',
      'clones/policies/base.yml': 'rules: {no-privileged-container: off, no-plaintext-secret: off}\n',
    });
    const args = (head: string): string[] => [
      'review',
      '--base',
      'main',
      '--head',
      head,
      '--policy',
      'own.yml',
    ];
    const blind = run(args('healthy'));
    expect(blind.status).toBe(3);
    expect(blind.stdout).toContain('acme/policies:base.yml');
    expect(run([...args('healthy'), '--extends-from', 'clones']).status).toBe(0);
    expect(run([...args('bad'), '--extends-from', 'clones']).status).toBe(0);
    rmSync(path.join(directory, 'clones/policies/base.yml'));
    const missing = run([...args('healthy'), '--extends-from', 'clones']);
    expect(missing.status).toBe(3);
    expect(missing.stdout).toContain('cannot be read at');
    rmSync(path.join(directory, 'own.yml'));
    rmSync(path.join(directory, 'clones'), { recursive: true });
  });

  test('writes nothing into the repository', () => {
    const state = (): string =>
      execFileSync('find', ['.git', '-type', 'f', '-printf', '%p %s %T@\n'], {
        cwd: directory,
        encoding: 'utf8',
      });
    const before = state();
    run(['review', '--base', 'main', '--head', 'bad']);
    run(['scan', '--repo', '.', '--ref', 'bad']);
    expect(state()).toBe(before);
  });

  test("a user's own git configuration cannot run a program", () => {
    const marker = path.join(directory, 'ran');
    writeFileSync(
      path.join(directory, '.gitconfig'),
      `[diff]\n  external = touch ${marker}\n[core]\n  fsmonitor = touch ${marker}\n  pager = touch ${marker}\n`,
    );
    expect(run(['review', '--base', 'main', '--head', 'bad']).status).toBe(1);
    expect(() => readFileSync(marker)).toThrow();
    rmSync(path.join(directory, '.gitconfig'));
  });
});

test('a policy that becomes a link is not let through: nobody could read it after the merge', () => {
  git('switch', '--quiet', '-c', 'linked', 'main');
  mkdirSync(path.join(directory, '.github'), { recursive: true });
  symlinkSync(`../${WEB}`, path.join(directory, '.github/gitops-warden.yml'));
  git('add', '.');
  git('commit', '--quiet', '-m', 'Link');
  const { status, stdout } = run(['review', '--base', 'main', '--head', 'linked', '--format', 'json']);
  expect(status).toBe(3);
  expect(stdout).toContain('is no ordinary file');
  git('switch', '--quiet', 'main');
});

describe('scan', () => {
  test('paths, a revision and what is staged: everything counts as introduced', () => {
    expect(run(['scan', '.']).status).toBe(0);
    expect(run(['scan', '--repo', '.', '--ref', 'bad']).status).toBe(1);
    git('checkout', '--quiet', 'bad', '--', 'apps/web/secret.yaml');
    const staged = run(['scan', '--staged', '--format', 'json']);
    expect(staged.status).toBe(1);
    expect(staged.stdout).toContain('"path": "apps/web/secret.yaml"');
    // As Git names the index to a hook, which it runs at the top of the work tree.
    expect(run(['scan', '--staged'], directory, { GIT_INDEX_FILE: '.git/index' }).status).toBe(1);
    const gone = run(['scan', '--staged'], directory, { GIT_INDEX_FILE: '.git/none' });
    expect(gone.stderr).toContain('.git/none is not there');
    expect(gone.status).toBe(2);
    expect(run(['scan', 'apps']).status).toBe(1);
    expect(run(['scan', path.join(directory, 'apps/web/secret.yaml')], tmpdir()).status).toBe(1);
    git('rm', '--quiet', '--force', 'apps/web/secret.yaml');
    expect(run(['scan', '--staged']).status).toBe(0);
  });

  test('names settings of the policy that the floor overrules', () => {
    write({ '.github/gitops-warden.yml': 'mode: report\n', 'floor.yml': 'floor: {mode: enforce}\n' });
    const { stdout } = run(['scan', '.github', '--floor', 'floor.yml', '--format', 'json']);
    expect(stdout).toContain('policy-below-floor');
    expect(run(['scan', '.github', '--format', 'json']).stdout).not.toContain('policy-below-floor');
    rmSync(path.join(directory, '.github'), { recursive: true });
    rmSync(path.join(directory, 'floor.yml'));
  });

  test('reads the policy of what it scans', () => {
    git('switch', '--quiet', '-c', 'with-policy', 'bad');
    write({ '.github/gitops-warden.yml': 'exclude: ["apps/**"]\n' });
    git('add', '.');
    git('commit', '--quiet', '-m', 'Policy');
    expect(run(['scan', '--repo', '.', '--ref', 'with-policy']).status).toBe(0);
    expect(run(['scan', '.']).status).toBe(0);
    git('switch', '--quiet', 'main');
  });
});

describe('explain and rules', () => {
  test('every rule has a page that explains it', () => {
    const { rules } = JSON.parse(run(['rules', '--format', 'json']).stdout) as {
      rules: { id: string; severity: object }[];
    };
    expect(rules.length).toBeGreaterThan(10);
    expect(rules[0]?.severity).toHaveProperty('recommended');
    const { status, stdout } = run(['explain', 'no-plaintext-secret']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/## Why[\s\S]*## Before[\s\S]*## When to turn it off/);
  });

  test('rules of an operator count, and a bad one is named', () => {
    const folder = path.join(directory, 'own-rules');
    const rule = (severity: string): string => `id: needs-replicas
severity: ${severity}
scope: manifest
summary: Deployments say how many replicas they have.
message: "{kind} \`{name}\` does not say how many replicas it has."
remediation: Set \`spec.replicas\`.
match: {kinds: [apps/*/Deployment]}
schema: {properties: {spec: {required: [replicas]}}}
`;
    mkdirSync(path.join(folder, 'needs-replicas'), { recursive: true });
    writeFileSync(path.join(folder, 'needs-replicas/rule.yaml'), rule('error'));
    const found = run(['scan', '--repo', '.', '--ref', 'main', '--rules', folder]);
    expect([found.status, found.stdout]).toEqual([
      1,
      expect.stringContaining('does not say how many replicas'),
    ]);
    writeFileSync(path.join(folder, 'needs-replicas/rule.yaml'), rule('loud'));
    const broken = run(['scan', '--repo', '.', '--ref', 'main', '--rules', folder]);
    expect([broken.status, broken.stdout]).toEqual([3, expect.stringContaining('severity')]);
    rmSync(folder, { recursive: true });
  });
});

test('--help names the exit codes, and every command says what it does', () => {
  const { status, stdout } = run(['--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/0 passed, 1 blocked by findings, 2 wrong usage/);
  for (const command of ['review', 'scan', 'explain', 'rules', 'serve', 'demo'])
    expect(stdout).toContain(command);
});

test('an older Node.js is told in one line what is needed', () => {
  const script = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); require('vm').runInThisContext(require('fs').readFileSync('bin/gitops-warden.js', 'utf8').replace(/^#!.*/, '').replace(/import\\(/g, 'Promise.resolve('))`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^gitops-warden needs Node\.js 24 or newer; this is .*\.\n$/);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { deployment, HEALTHY, PRIVILEGED_LINE } from './support.ts';

interface Step {
  readonly run: string;
  readonly shell: string;
  readonly 'working-directory'?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const ROOT = path.resolve(import.meta.dirname, '../..');
const ACTION = parse(readFileSync(path.join(ROOT, 'action.yml'), 'utf8')) as ActionFile;
const directory = mkdtempSync(path.join(tmpdir(), 'gitops-warden-action-'));
const actionPath = path.join(directory, 'action');
const origin = path.join(directory, 'origin.git');
const WEB = 'apps/web/deployment.yaml';

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function git(where: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  return execFileSync('git', ['-C', where, ...identity, ...args], { encoding: 'utf8' }).trim();
}

function commit(work: string, files: Readonly<Record<string, string>>, message: string): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
    writeFileSync(path.join(work, name), text);
  }
  git(work, 'add', '.');
  git(work, 'commit', '--quiet', '-m', message);
  return git(work, 'rev-parse', 'HEAD');
}

/** The action's files, as GitHub's runner downloads them: what is tracked or would be, without node_modules. */
function downloadAction(): void {
  const tracked = git(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const file of tracked.filter((one) => !/^(?:test|bench|docs|artifacts)\//.test(one) && one !== '')) {
    const from = path.join(ROOT, file);
    if (existsSync(from)) cpSync(from, path.join(actionPath, file));
  }
}

/** As the runner evaluates the few expressions that the file uses. */
function evaluate(text: string, inputs: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ (\w+)\.(\w+) \}\}/g, (_, context: string, name: string) => {
    if (context === 'inputs') return inputs[name] ?? '';
    if (context === 'github' && name === 'action_path') return actionPath;
    throw new Error(`unknown expression ${context}.${name}`);
  });
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the composite action as GitHub's runner does, in a checkout that `actions/checkout` made by default. */
function runAction(event: string, payload: object, ref: string, given: Record<string, string> = {}): Outcome {
  const workspace = mkdtempSync(path.join(directory, 'workspace-'));
  git(workspace, 'init', '--quiet');
  git(workspace, 'remote', 'add', 'origin', `file://${origin}`);
  git(workspace, 'fetch', '--quiet', '--depth=1', '--no-tags', 'origin', `+${ref}:refs/remotes/checkout`);
  git(workspace, 'checkout', '--quiet', 'refs/remotes/checkout');
  const files = { GITHUB_EVENT_PATH: 'event.json', GITHUB_OUTPUT: 'output', GITHUB_STEP_SUMMARY: 'summary' };
  const places = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, path.join(workspace, '.git', file)]),
  );
  for (const file of Object.values(places)) writeFileSync(file, '');
  writeFileSync(places['GITHUB_EVENT_PATH'] ?? '', JSON.stringify(payload));
  const inputs = Object.fromEntries(
    Object.entries(ACTION.inputs).map(([name, input]) => [name, given[name] ?? input.default]),
  );
  let [status, stdout]: [number | null, string] = [0, ''];
  // The first step installs: once is enough for all runs.
  for (const step of ACTION.runs.steps.slice(existsSync(path.join(actionPath, 'node_modules')) ? 1 : 0)) {
    const result = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', evaluate(step.run, inputs)],
      {
        cwd:
          step['working-directory'] === undefined ? workspace : evaluate(step['working-directory'], inputs),
        encoding: 'utf8',
        env: {
          ...process.env,
          ...places,
          GITHUB_ACTIONS: 'true',
          GITHUB_ACTION_PATH: actionPath,
          GITHUB_EVENT_NAME: event,
          GITHUB_WORKSPACE: workspace,
          RUNNER_TEMP: directory,
          ...Object.fromEntries(
            Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(value, inputs)]),
          ),
        },
      },
    );
    [status, stdout] = [result.status, stdout + result.stdout + result.stderr];
    if (status !== 0) break;
  }
  const outputs = readFileSync(places['GITHUB_OUTPUT'] ?? '', 'utf8')
    .trim()
    .split('\n');
  return {
    status,
    stdout,
    summary: readFileSync(places['GITHUB_STEP_SUMMARY'] ?? '', 'utf8'),
    outputs: Object.fromEntries(outputs.map((line) => line.split('=', 2) as [string, string])),
  };
}

let base = '';
let head = '';
beforeAll(() => {
  downloadAction();
  const work = path.join(directory, 'work');
  mkdirSync(work);
  git(work, 'init', '--quiet', '--initial-branch=main');
  commit(work, HEALTHY, 'Base');
  base = commit(work, { 'README.md': '# Deploy\n' }, 'Second');
  git(work, 'switch', '--quiet', '-c', 'change');
  commit(work, { 'README.md': '# Deployments\n' }, 'Words');
  head = commit(work, { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) }, 'Change');
  git(work, 'switch', '--quiet', '-c', 'merged', 'main');
  git(work, 'merge', '--quiet', '--no-ff', '-m', 'Merge', 'change');
  git(directory, 'clone', '--quiet', '--bare', work, origin);
  git(origin, 'update-ref', 'refs/pull/7/head', head);
  git(origin, 'update-ref', 'refs/pull/7/merge', git(work, 'rev-parse', 'merged'));
  git(origin, 'branch', '--quiet', '-D', 'change', 'merged');
}, 60_000);

test('reviews a pull request from a shallow checkout: annotations, page, SARIF and outputs', () => {
  const payload = {
    number: 7,
    pull_request: { base: { ref: 'main', sha: base }, head: { ref: 'change', sha: head } },
  };
  const { status, stdout, summary, outputs } = runAction('pull_request', payload, 'refs/pull/7/merge');
  expect(stdout).toContain(`::error file=${WEB},line=${String(PRIVILEGED_LINE)}`);
  expect(status).toBe(1);
  expect(summary).toMatch(/^\*\*Blocked: /);
  expect(outputs).toEqual({ conclusion: 'failure', sarif: path.join(directory, 'gitops-warden.sarif') });
  const sarif = JSON.parse(readFileSync(outputs['sarif'] ?? '', 'utf8')) as {
    runs: { results: { ruleId: string }[] }[];
  };
  expect(sarif.runs[0]?.results.map(({ ruleId }) => ruleId)).toContain('no-privileged-container');
}, 300_000);

test('a push is compared with what stood there before', () => {
  const payload = { ref: 'refs/heads/main', before: base, after: base, deleted: false };
  const { status, outputs } = runAction('push', payload, 'refs/heads/main');
  expect(status).toBe(0);
  expect(outputs['conclusion']).toBe('success');
}, 120_000);

test('any other event has the checkout scanned, and inputs choose otherwise', () => {
  const scanned = runAction('schedule', {}, 'refs/pull/7/merge');
  expect(scanned.stdout).toContain('no-privileged-container');
  const chosen = runAction('schedule', {}, 'refs/pull/7/merge', {
    policy: '../policy.yml',
    sarif: 'reports.sarif',
  });
  expect(chosen.stdout).toMatch(/policy\.yml/);
  expect(chosen.status).toBe(2);
}, 240_000);

test('takes no input into the text of a script, where it could end it', () => {
  for (const { run } of ACTION.runs.steps) expect(run).not.toContain('${{');
});

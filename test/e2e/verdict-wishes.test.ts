import { execFileSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { EmbeddedRepository, PullRequest } from '../../src/demo/embedded/state.ts';
import type { Stage } from '../../src/demo/stage.ts';
import type { Logger } from '../../src/github/dependencies.ts';
import { CHECK, deployment, HEALTHY, makeSecretValue, openStage, plainSecret } from './support.ts';

/** What users of other bots still wait for, as far as it concerns the verdict. */

const WEB = 'apps/web/deployment.yaml';
let stage: Stage;
let repository: EmbeddedRepository;

async function start(options: Parameters<typeof openStage>[0] = {}): Promise<void> {
  stage = await openStage(options);
  repository = await stage.github.createRepository('acme/deploy');
  await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Base' });
}
beforeEach(() => start());
afterEach(async () => {
  expect(stage.github.contractViolations).toEqual([]);
  await stage.close();
});

type Files = Readonly<Record<string, string | null>>;

/** Many commits, or many files, in one go. */
function importCommits(branch: string, commits: readonly Files[]): void {
  const lines = commits.flatMap((files, index) => [
    `commit refs/heads/${branch}`,
    `committer Ann <ann@example.com> ${String(1_780_000_000 + index)} +0000`,
    `data 6\nChange`,
    ...(index === 0 ? ['from refs/heads/main^0'] : []),
    ...Object.entries(files).map(([name, text]) =>
      text === null
        ? `D ${name}`
        : `M 100644 inline ${name}\ndata ${String(Buffer.byteLength(text))}\n${text}`,
    ),
  ]);
  execFileSync('git', ['fast-import', '--quiet'], {
    cwd: repository.gitDirectory,
    input: `${lines.join('\n')}\n`,
  });
}

async function open(head: string): Promise<PullRequest> {
  const pull = await stage.github.openPullRequest(repository, { title: 'Change', head });
  await stage.answered();
  return pull;
}

function checkOf({ head }: PullRequest): { conclusion: string | null; summary: string; text: string } {
  const [run] = stage.github.checkRuns(repository, head.sha).filter(({ name }) => name === CHECK);
  return {
    conclusion: run?.conclusion ?? null,
    summary: run?.summary ?? '',
    text: JSON.stringify(run?.annotations),
  };
}

describe('more than GitHub lists', () => {
  test('more than 250 commits: a secret that only an early one had is found (dcoapp#308, cncf/dco2#45)', async () => {
    const value = makeSecretValue();
    importCommits('long', [
      { 'apps/web/db.yaml': plainSecret('db', value) },
      { 'apps/web/db.yaml': null },
      ...Array.from({ length: 260 }, (_, index) => ({ 'README.md': `Version ${String(index)}\n` })),
    ]);
    const { conclusion, summary } = checkOf(await open('long'));
    expect(conclusion).toBe('failure');
    expect(summary).toContain('not in the head any more');
    expect(summary).toContain('262 commits');
    expect(summary).not.toContain(value);
  });

  test('more than 250 commits, and nothing wrong with them: green (dcoapp#327)', async () => {
    importCommits(
      'long',
      Array.from({ length: 255 }, (_, index) => ({ 'README.md': `Version ${String(index)}\n` })),
    );
    expect(checkOf(await open('long')).conclusion).toBe('success');
  });

  test('more than 3,000 files: the one behind them is judged (policy-bot#11, reviewdog#1696)', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 3_050 }, (_, index) => [`docs/${String(index).padStart(4, '0')}.md`, 'Words.\n']),
    );
    importCommits('wide', [{ ...many, 'zzz/deployment.yaml': deployment('ghcr.io/acme/web:1.0.1', true) }]);
    const { conclusion, summary } = checkOf(await open('wide'));
    expect(conclusion).toBe('failure');
    expect(summary).toContain('zzz/deployment.yaml');
  });
});

describe('events that come late, twice or in another order', () => {
  test('an old head that arrives after the new one gets no verdict, and changes none', async () => {
    await stage.github.commit(repository, {
      branch: 'change',
      files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) },
      message: 'Change',
    });
    const pull = await open('change');
    const first = pull.head.sha;
    await stage.github.pushToPullRequest(pull, {
      files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1') },
      message: 'Mend',
    });
    await stage.answered();
    const counts = (): number[] =>
      [first, pull.head.sha].map((sha) => stage.github.checkRuns(repository, sha).length);
    expect(counts()).toEqual([1, 1]);
    const events = stage.github.deliveries.filter(({ event }) => event === 'pull_request');
    for (const [index, { payload }] of events.toReversed().entries()) {
      await stage.github.deliver('pull_request', payload, { id: `late-${String(index)}` });
      await stage.answered();
    }
    expect(counts()).toEqual([1, 1]);
    expect(checkOf(pull).conclusion).toBe('success');
  });

  test('an event of a pull request that was closed meanwhile', async () => {
    await stage.github.commit(repository, {
      branch: 'change',
      files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) },
      message: 'Change',
    });
    const pull = await open('change');
    await stage.github.closePullRequest(pull);
    await stage.answered();
    const opened = stage.github.deliveries.find(({ event }) => event === 'pull_request');
    await stage.github.deliver('pull_request', opened?.payload ?? {}, { id: 'late' });
    await stage.answered();
    expect(stage.github.checkRuns(repository, pull.head.sha)).toHaveLength(1);
  });
});

test('Enterprise Server: what its version lacks is named in the log, and everything else works', async () => {
  await stage.close();
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const log = pino({ level: 'info' }, sink) as unknown as Logger;
  await start({ serverVersion: '3.11.4', appOptions: { log } });
  expect(stage.settings.apiUrl).toMatch(/\/api\/v3$/);
  await stage.github.commit(repository, {
    branch: 'change',
    files: { [WEB]: deployment('ghcr.io/acme/web:1.0.1', true) },
    message: 'Change',
  });
  expect(checkOf(await open('change')).conclusion).toBe('failure');
  expect(lines.join('')).toContain('This GitHub Enterprise Server has no merge queue.');
});

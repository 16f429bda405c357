import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Stage } from '../../src/demo/stage.ts';
import { hasProgram } from '../support/programs.ts';
import { deployment, HEALTHY, openStage } from './support.ts';
import { until } from '../support/until.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RULES = path.join(ROOT, 'deploy/prometheus/rules.yaml');

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result?: readonly Sample[];
    readonly groups?: readonly {
      readonly rules: readonly { readonly name: string; readonly health: string; readonly state?: string }[];
    }[];
  };
}

(hasProgram('prometheus') ? describe : describe.skip)('a real Prometheus', () => {
  let stage: Stage;
  let prometheus: ChildProcess;
  let directory: string;
  let url: string;

  async function ask(route: string): Promise<Answer> {
    const response = await fetch(`${url}/api/v1/${route}`).catch(() => null);
    // It may not have started yet, or not be ready.
    if (response === null || response.status === 503) return { status: 'error' };
    return (await response.json()) as Answer;
  }

  function query(expression: string): Promise<Answer> {
    return ask(`query?query=${encodeURIComponent(expression)}`);
  }

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'warden-prometheus-'));
    stage = await openStage();
    const repository = await stage.github.createRepository('acme/deploy');
    await stage.github.commit(repository, { branch: 'main', files: HEALTHY, message: 'Start' });
    await stage.github.commit(repository, {
      branch: 'change',
      from: 'main',
      files: { 'apps/web/deployment.yaml': deployment('ghcr.io/acme/web:2', true) },
      message: 'Change',
    });
    await stage.github.openPullRequest(repository, { title: 'Change', head: 'change' });
    await stage.answered();
    const port = await freePort();
    url = `http://127.0.0.1:${String(port)}`;
    writeFileSync(
      path.join(directory, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [RULES],
        scrape_configs: [
          {
            job_name: 'gitops-warden',
            static_configs: [
              { targets: [new URL(stage.app.url).host], labels: { namespace: 'gitops-warden' } },
            ],
          },
        ],
      }),
    );
    prometheus = spawn(
      'prometheus',
      [
        `--config.file=${directory}/prometheus.yml`,
        `--storage.tsdb.path=${directory}/data`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
      ],
      { stdio: 'ignore' },
    );
    await until(async () => ((await query('gitops_warden:jobs:max')).data?.result?.length ?? 0) > 0);
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => prometheus.once('exit', resolve));
    prometheus.kill('SIGTERM');
    await ended;
    await stage.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('scrapes the App', async () => {
    expect((await query('up{job="gitops-warden"}')).data?.result?.[0]?.value[1]).toBe('1');
    const reviews = await query('gitops_warden_reviews_total{conclusion="failure"}');
    expect(reviews.data?.result?.[0]?.value[1]).toBe('1');
  });

  test('evaluates every rule, and no alert fires for an App that is well', async () => {
    await until(async () => {
      const rules = (await ask('rules')).data?.groups?.flatMap((group) => group.rules) ?? [];
      return rules.length > 0 && rules.every(({ health }) => health === 'ok');
    });
    const rules = (await ask('rules')).data?.groups?.flatMap((group) => group.rules) ?? [];
    expect(rules.filter(({ state }) => state === 'firing')).toEqual([]);
    expect(rules.length).toBeGreaterThan(15);
  });

  test('understands every query of the dashboard, and those of what happened have an answer', async () => {
    const dashboard = JSON.parse(
      readFileSync(path.join(ROOT, 'deploy/grafana/gitops-warden.json'), 'utf8'),
    ) as {
      readonly panels: readonly {
        readonly title: string;
        readonly targets?: readonly { readonly expr?: string }[];
        readonly datasource?: { readonly type?: string };
      }[];
    };
    const expressions = dashboard.panels
      .filter(({ datasource }) => datasource?.type !== 'loki')
      .flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr ?? []))
      .map((text) =>
        text
          .replaceAll(/\$__rate_interval|\$__interval|\$__range/g, '1m')
          .replaceAll(/\$\{?(?:namespace|installation)(?::\w+)?\}?/g, '.*'),
      );
    expect(expressions.length).toBeGreaterThan(20);
    for (const expression of expressions) {
      const answer = await query(expression);
      expect({ expression, error: answer.error ?? null }).toEqual({ expression, error: null });
    }
    // A rate needs a few scrapes.
    let silent: string[] = [];
    await until(async () => {
      const answers = await Promise.all(
        expressions.map(async (expression) => ({ expression, answer: await query(expression) })),
      );
      silent = answers.flatMap(({ expression, answer }) =>
        (answer.data?.result?.length ?? 0) > 0 ? [] : [expression],
      );
      return silent.length < expressions.length / 3;
    });
    expect(silent.length).toBeLessThan(expressions.length / 3);
  });
});

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

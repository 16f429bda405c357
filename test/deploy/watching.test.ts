import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { METRICS } from '../../src/telemetry/definitions.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { groupingsIn, selectionsIn, seriesIn } from './expressions.ts';
import { DEPLOY, ROOT, run, testWith } from '../support/programs.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface Target {
  readonly expr: string;
  readonly datasource: { readonly type: string; readonly uid: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly Target[];
}

const PROMETHEUS = path.join(DEPLOY, 'prometheus');
const OPERATIONS = readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8');
const rules = (
  parse(readFileSync(path.join(PROMETHEUS, 'rules.yaml'), 'utf8')) as {
    groups: { name: string; rules: Rule[] }[];
  }
).groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const recordings = new Map(
  rules.flatMap(({ record, expr }) => (record === undefined ? [] : [[record, expr] as const])),
);
const dashboard = JSON.parse(readFileSync(path.join(DEPLOY, 'grafana/gitops-warden.json'), 'utf8')) as {
  panels: readonly Panel[];
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const targets = panels.flatMap((panel) => panel.targets ?? []);
const queries = [
  ...rules.map(({ record, alert, expr }) => [record ?? alert ?? '', expr] as const),
  ...panels.flatMap(({ title, targets: own = [] }) =>
    own
      .filter(({ datasource }) => datasource.type === 'prometheus')
      .map(({ expr }) => [title, expr] as const),
  ),
];

/** What the scrape adds to every series. */
const OF_THE_SCRAPE = ['namespace', 'job', 'instance', 'pod'];

function labelsOf(series: string): readonly string[] | null {
  const recorded = recordings.get(series);
  if (recorded !== undefined) return [...groupingsIn(recorded)];
  const name = Object.keys(METRICS).find((metric) =>
    [metric, `${metric}_bucket`, `${metric}_sum`, `${metric}_count`].includes(series),
  ) as keyof typeof METRICS | undefined;
  if (name === undefined) return null;
  const { type, labels } = METRICS[name];
  if (type === 'histogram') return series === name ? null : [...labels, 'le'];
  return series === name ? labels : null;
}

describe('the expressions of rules and dashboard', () => {
  test.each(queries)('%s asks for series and labels that there are', async (_name, expression) => {
    const others = new Set((await createMetrics('1.2.3').render()).body.match(/^[a-z_0-9]+/gm));
    const used = seriesIn(expression);
    expect(used.length + Number(expression.includes('up{'))).toBeGreaterThan(0);
    const own = used.filter((series) => series.startsWith('gitops_warden'));
    for (const series of own)
      expect({ series, known: labelsOf(series) !== null }).toEqual({ series, known: true });
    for (const series of used.filter((name) => !own.includes(name))) expect([...others]).toContain(series);
    for (const { name, labels } of selectionsIn(expression)) {
      for (const label of labels) expect([...OF_THE_SCRAPE, ...(labelsOf(name) ?? [])]).toContain(label);
    }
    const available = [...OF_THE_SCRAPE, ...own.flatMap((series) => labelsOf(series) ?? [])];
    for (const label of groupingsIn(expression)) expect(available).toContain(label);
  });

  test('the tests of the labels would see a label that is not there', () => {
    expect(selectionsIn('x{a="1", b=~"c}{d=\\"e"}[5m]')).toEqual([{ name: 'x', labels: ['a', 'b'] }]);
    expect(groupingsIn('sum by (le, kind) (x) / on(job) y')).toEqual(['le', 'kind', 'job']);
    expect(labelsOf('gitops_warden_jobs_sum')).toBeNull();
  });
});

describe('each alert', () => {
  const anchors = new Set(
    [...OPERATIONS.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );

  test.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))(
    '%s has a severity, a text, and a section in the operations guide that names it',
    (name, { labels, annotations }) => {
      expect(['warning', 'critical']).toContain(labels?.['severity']);
      expect(annotations?.['summary']).toMatch(/\.$/);
      expect(annotations?.['description']).toMatch(/\.$/);
      const [page, anchor] = (annotations?.['runbook_url'] ?? '').split('#');
      expect(page).toBe('https://github.com/gitops-warden/gitops-warden/blob/main/docs/operations.md');
      expect([...anchors]).toContain(anchor);
      expect(OPERATIONS).toContain(`\`${name}\``);
    },
  );

  test('is tried, firing and quiet', () => {
    const { tests } = parse(readFileSync(path.join(PROMETHEUS, 'rules.test.yaml'), 'utf8')) as {
      tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const cases = tests.flatMap((one) => one.alert_rule_test ?? []);
    const named = (quiet: boolean): string[] => [
      ...new Set(
        cases
          .filter(({ exp_alerts: expected }) => (expected.length === 0) === quiet)
          .map((one) => one.alertname),
      ),
    ];
    const names = [...new Set(alerts.map(({ alert }) => alert ?? ''))].sort();
    expect(named(false).sort()).toEqual(names);
    expect(named(true).sort()).toEqual(names);
  });

  test('is the only one that the operations guide explains', () => {
    const explained = new Set([...OPERATIONS.matchAll(/`(GitopsWarden\w+)`/g)].map((match) => match[1]));
    expect([...explained].sort()).toEqual([...new Set(alerts.map(({ alert }) => alert))].sort());
  });
});

testWith('promtool')('promtool accepts the rules', () => {
  expect(run('promtool', ['check', 'rules', 'rules.yaml'], PROMETHEUS)).toMatchObject({ status: 0 });
});

testWith('promtool')('promtool sees each alert fire and stay quiet as its cases say', () => {
  expect(run('promtool', ['test', 'rules', 'rules.test.yaml'], PROMETHEUS)).toMatchObject({ status: 0 });
});

describe('the dashboard', () => {
  test.each(panels.map((panel) => [panel.title, panel] as const))(
    '%s says what it shows, and in which unit',
    (_title, { type, description, fieldConfig, targets: own }) => {
      expect(description).toMatch(/\.$/);
      expect(own?.length).toBeGreaterThan(0);
      if (type !== 'logs') expect(fieldConfig?.defaults.unit).toBeTruthy();
    },
  );

  test('takes its data from the sources that one chooses', () => {
    const sources = new Set(targets.map(({ datasource }) => `${datasource.type} ${datasource.uid}`));
    expect([...sources].sort()).toEqual(['loki ${loki}', 'prometheus ${datasource}']);
  });

  test('has panels that do not overlap', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test('shows every metric that no other panel or rule stands for', () => {
    const shown = new Set(
      [...targets.map(({ expr }) => expr), ...recordings.values(), 'gitops_warden_build_info'].flatMap(
        seriesIn,
      ),
    );
    const missing = Object.keys(METRICS).filter(
      (metric) => ![metric, `${metric}_bucket`].some((series) => shown.has(series)),
    );
    expect(missing).toEqual([]);
  });

  test('finds the logs of a pull request by the fields that the log has', () => {
    const logs = targets.filter(({ datasource }) => datasource.type === 'loki').map(({ expr }) => expr);
    expect(logs[0]).toMatch(/^\{app="gitops-warden"\} \| json/);
    for (const field of ['installation', 'repository', 'pullRequest'])
      expect(logs[0]).toContain(`| ${field}=~`);
  });
});

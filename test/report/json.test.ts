import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { SIGNATURE_STATES } from '../../src/engine/change.ts';
import type { Report } from '../../src/engine/report.ts';
import { renderJson, toJsonReport } from '../../src/report/json.ts';
import { visible } from '../../src/report/plain.ts';
import {
  at,
  BASE,
  commit,
  failing,
  fileSubject,
  finding,
  HEAD,
  HOSTILE,
  PAST,
  report,
  sopsChange,
  strangersReport,
} from '../support/report-fixture.ts';
import { anyReport } from './arbitrary.ts';

const schema = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../schemas/report.v1.json'), 'utf8'),
) as Record<string, unknown>;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

function problemsOf(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

/** What a script gets. */
function parsed(judged: Report): unknown {
  return JSON.parse(renderJson(judged));
}

describe('the contract', () => {
  test('a report with one of everything', () => {
    const object = { apiVersion: 'v1', kind: 'Secret', namespace: null, name: 'db' };
    const judged = failing(
      [
        finding({
          subject: fileSubject('db.yaml', at(3, 5, 9), { object, commit: PAST }),
          related: [{ message: 'Why.', location: { path: '.sops.yaml', range: null } }],
        }),
        finding({ subject: { type: 'commit', commit: PAST }, introduced: false, url: null }),
        finding({ subject: { type: 'push', ref: 'refs/heads/main', commit: null }, severity: 'info' }),
      ],
      {
        configProblems: [
          { path: 'p.yml', line: 4, message: 'there is no rule x' },
          { path: 'q.yml', line: null, message: 'it is empty' },
        ],
        waived: [
          {
            finding: finding(),
            reason: 'Known.',
            approver: 'mona',
            until: '2027-01-01',
            origin: 'comment',
            scope: 'finding',
          },
        ],
        failures: [{ ruleId: 'r', path: null, reason: 'it stopped' }],
        notChecked: [{ path: 'big.yaml', reason: 'is too large', blocks: true }],
        commits: [commit(HEAD, { state: 'bad-signature', signer: null, reason: 'it does not match' })],
        reach: { applications: ['argocd/web'], clusters: ['prod'], environments: ['production'] },
        sops: sopsChange(),
      },
    );
    const plain = {
      ruleId: 'no-open-ingress',
      severity: 'error',
      introduced: true,
      message: 'NetworkPolicy `web` lets in everybody. Name who may connect.',
      path: 'apps/web/policy.yaml',
      object: null,
      range: { start: { line: 3, column: 5 }, end: { line: 3, column: 9 } },
      commit: null,
      related: [],
      fingerprint: '0123456789abcdef0123456789abcdef',
      url: 'https://rules.example/no-open-ingress',
      secret: null,
    };
    const expected = {
      version: 1,
      conclusion: 'failure',
      base: BASE,
      head: HEAD,
      mergeBase: BASE,
      policy: { source: '.github/gitops-warden.yml', hash: 'd'.repeat(64) },
      findings: [
        {
          ...plain,
          path: 'db.yaml',
          object,
          commit: PAST,
          related: [{ message: 'Why.', path: '.sops.yaml', range: null }],
        },
        { ...plain, introduced: false, path: null, range: null, commit: PAST, url: null },
        { ...plain, severity: 'info', path: null, range: null },
      ],
      waived: [
        {
          ...plain,
          reason: 'Known.',
          approver: 'mona',
          until: '2027-01-01',
          origin: 'comment',
          scope: 'finding',
        },
      ],
      failures: [{ ruleId: 'r', path: null, reason: 'it stopped' }],
      notChecked: [
        {
          path: 'p.yml',
          reason: 'mistake in the configuration, so it is not applied: line 4: there is no rule x',
        },
        { path: 'q.yml', reason: 'mistake in the configuration, so it is not applied: it is empty' },
        { path: 'big.yaml', reason: 'is too large' },
      ],
      commits: [
        {
          sha: HEAD,
          signature: { state: 'bad-signature', kind: 'ssh', signer: null, reason: 'it does not match' },
        },
      ],
      reach: { applications: ['argocd/web'], clusters: ['prod'], environments: ['production'] },
      sops: sopsChange(),
      stats: { files: 2, manifests: 3, commits: 1, milliseconds: 41 },
    };
    expect(parsed(judged)).toEqual(expected);
    expect(renderJson(judged)).toBe(`${JSON.stringify(expected, null, 2)}\n`);
    expect(problemsOf(expected)).toEqual([]);
  });

  test('null where nothing is known', () => {
    const value = parsed(report({ base: null, head: null, mergeBase: null })) as Record<string, unknown>;
    expect(value).toMatchObject({ base: null, head: null, mergeBase: null });
    expect(problemsOf(value)).toEqual([]);
  });
});

describe('the schema', () => {
  const complete = toJsonReport(strangersReport('x'));

  test('describes every key, and lets in no other', () => {
    const open: string[] = [];
    const walk = (node: unknown, at: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const one = node as Record<string, unknown>;
      const properties = one['properties'] as Record<string, Record<string, unknown>> | undefined;
      if (properties !== undefined) {
        if (one['additionalProperties'] !== false) open.push(`${at} is open`);
        expect(one['required']).toEqual(Object.keys(properties));
        for (const [key, value] of Object.entries(properties)) {
          if (!('description' in value)) open.push(`${at}/${key} is not described`);
        }
      }
      for (const [key, value] of Object.entries(one)) walk(value, `${at}/${key}`);
    };
    walk(schema, '');
    expect(open).toEqual([]);
    expect(schema['$id']).toMatch(/\/schemas\/report\.v1\.json$/);
  });

  /** A JSON Pointer, and what to put there; undefined takes it away. */
  test.each<[string, string, unknown]>([
    ['another version', '/version', 2],
    ['a key too many', '/more', 1],
    ['a key left out', '/mergeBase', undefined],
    ['a neutral conclusion', '/conclusion', 'neutral'],
    ['a line 0', '/findings/0/range/start/line', 0],
    ['a finding without its URL', '/findings/0/url', undefined],
    ['a finding with a value', '/findings/0/value', 'x'],
    ['a waiver without its end', '/waived/0/until', undefined],
    ['a fingerprint of another length', '/findings/0/fingerprint', 'abc'],
    ['a state that does not exist', '/commits/0/signature/state', 'fine'],
    ['a negative count', '/stats/files', -1],
    ['an object without its kind', '/findings/0/object/kind', undefined],
  ])('refuses %s', (_, pointer, wrong) => {
    const value: unknown = structuredClone(complete);
    expect(problemsOf(value)).toEqual([]);
    const way = pointer.slice(1).split('/');
    const last = way.pop() ?? '';
    const parent = way.reduce((node, key) => (node as Record<string, unknown>)[key], value);
    (parent as Record<string, unknown>)[last] = wrong;
    expect(problemsOf(JSON.parse(JSON.stringify(value)))).not.toEqual([]);
  });

  test.each(SIGNATURE_STATES)('knows the signature state %s', (state) => {
    expect(problemsOf(parsed(report({ commits: [commit(HEAD, { state })] })))).toEqual([]);
  });

  test('holds for every report', () => {
    fc.assert(
      fc.property(anyReport, (judged) => {
        expect(problemsOf(parsed(judged))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('text of strangers', () => {
  test.each(HOSTILE)('keeps its value and shows nothing invisible: %j', (text) => {
    const judged = strangersReport(text);
    const rendered = renderJson(judged);
    expect(JSON.parse(rendered)).toEqual(JSON.parse(JSON.stringify(toJsonReport(judged))));
    expect(visible(rendered.replaceAll('\n', ''))).toBe(rendered.replaceAll('\n', ''));
  });
});

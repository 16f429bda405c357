import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import type { RuleDefinition } from '../../src/engine/rule.ts';
import { visible } from '../../src/report/plain.ts';
import { renderSarif, toSarif, type SarifOptions } from '../../src/report/sarif.ts';
import {
  at,
  failing,
  fileSubject,
  finding,
  HOSTILE,
  PAST,
  report,
  strangersReport,
} from '../support/report-fixture.ts';
import { anyReport } from './arbitrary.ts';

function rule(id: string, severity: RuleDefinition['severity']): RuleDefinition {
  return {
    id,
    severity,
    profiles: new Map(),
    scope: 'manifest',
    summary: `What ${id} wants.`,
    message: '',
    remediation: 'Mend it.',
    match: { kinds: [], paths: [], environments: [] },
    target: 'object',
    schema: null,
    replacement: null,
    category: 'manifests' as const,
    parameters: new Map(),
    equivalents: [],
    history: false,
    yieldsTo: [],
    waivable: true,
  };
}

const OPTIONS: SarifOptions = {
  rules: [rule('other', 'info'), rule('no-open-ingress', 'error')],
  version: '1.2.3',
  urlOf: (id) => (id === 'other' ? null : `https://rules.example/${id}`),
};

/** The schema is written in draft 4; no keyword in it means anything else in draft 7, but for the name of `$id`. */
function officialSchema(): object {
  const file = createRequire(import.meta.url).resolve(
    '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
  );
  const { $schema, id, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  expect($schema).toBe('http://json-schema.org/draft-04/schema#');
  return { ...schema, $id: id };
}

describe('the official schema', () => {
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
  formats.default(ajv);
  let validate: ReturnType<typeof ajv.compile> | null = null;

  function problemsOf(value: unknown): string[] {
    validate ??= ajv.compile(officialSchema());
    void validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  }

  test('sees what is wrong', () => {
    const log = JSON.parse(renderSarif(report(), OPTIONS)) as Record<string, unknown>;
    expect(problemsOf(log)).toEqual([]);
    expect(problemsOf({ ...log, version: '2.0' })).not.toEqual([]);
    expect(problemsOf({ ...log, more: 1 })).not.toEqual([]);
  });

  test.each(HOSTILE)('holds for %j', (text) => {
    expect(problemsOf(JSON.parse(renderSarif(strangersReport(text), OPTIONS)))).toEqual([]);
  });

  test('holds for every report', () => {
    fc.assert(
      fc.property(anyReport, (judged) => {
        expect(problemsOf(JSON.parse(renderSarif(judged, OPTIONS)))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the log', () => {
  test('names the tool and its rules', () => {
    const [run] = toSarif(report(), OPTIONS).runs;
    expect(run?.tool).toEqual({
      driver: {
        name: 'gitops-warden',
        version: '1.2.3',
        semanticVersion: '1.2.3',
        rules: [
          {
            id: 'other',
            shortDescription: { text: 'What other wants.' },
            help: { text: 'Mend it.' },
            defaultConfiguration: { level: 'note' },
          },
          {
            id: 'no-open-ingress',
            shortDescription: { text: 'What no-open-ingress wants.' },
            help: { text: 'Mend it.' },
            helpUri: 'https://rules.example/no-open-ingress',
            defaultConfiguration: { level: 'error' },
          },
        ],
      },
    });
    expect(run).toMatchObject({ columnKind: 'utf16CodeUnits', results: [] });
    expect(run?.invocations).toEqual([
      { executionSuccessful: true, toolExecutionNotifications: [], toolConfigurationNotifications: [] },
    ]);
  });

  test('a finding in a file', () => {
    const object = { apiVersion: 'v1', kind: 'Secret', namespace: 'pay', name: 'db' };
    const related = [
      { message: 'Here.', location: { path: '.sops.yaml', range: at(2) } },
      { message: 'There.', location: { path: 'x', range: null } },
    ];
    const judged = failing([
      finding({ subject: fileSubject('a b/ü#%.yaml', at(3, 5, 9), { object }), related }),
    ]);
    expect(toSarif(judged, OPTIONS).runs[0]?.results).toEqual([
      {
        ruleId: 'no-open-ingress',
        ruleIndex: 1,
        level: 'error',
        message: { text: 'NetworkPolicy `web` lets in everybody. Name who may connect.' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'a%20b/%C3%BC%23%25.yaml', uriBaseId: '%SRCROOT%' },
              region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
            },
            logicalLocations: [{ fullyQualifiedName: 'Secret/pay/db', kind: 'object' }],
          },
        ],
        partialFingerprints: { 'gitopsWarden/v1': '0123456789abcdef0123456789abcdef' },
        baselineState: 'new',
        relatedLocations: [
          {
            id: 0,
            message: { text: 'Here.' },
            physicalLocation: {
              artifactLocation: { uri: '.sops.yaml', uriBaseId: '%SRCROOT%' },
              region: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 5 },
            },
          },
          {
            id: 1,
            message: { text: 'There.' },
            physicalLocation: { artifactLocation: { uri: 'x', uriBaseId: '%SRCROOT%' } },
          },
        ],
      },
    ]);
  });

  test.each([
    [
      'a commit',
      { type: 'commit', commit: PAST } as const,
      [{ fullyQualifiedName: 'commit cccccccccccc', kind: 'commit' }],
    ],
    [
      'a push',
      { type: 'push', ref: 'refs/heads/main', commit: null } as const,
      [{ fullyQualifiedName: 'push to refs/heads/main', kind: 'push' }],
    ],
    [
      'an earlier version of a file',
      fileSubject('a.yaml', at(2), { commit: PAST }),
      [{ fullyQualifiedName: 'a.yaml:2:1 in commit cccccccccccc', kind: 'object' }],
    ],
  ])('%s has no place in the tree', (_, subject, logicalLocations) => {
    const [result] = toSarif(failing([finding({ subject })]), OPTIONS).runs[0]?.results ?? [];
    expect(result?.locations).toEqual([{ logicalLocations }]);
  });

  test('severities, what was there before, and rules that it does not know', () => {
    const judged = failing([
      finding({ severity: 'info' }),
      finding({ severity: 'warning', introduced: false }),
      finding({ ruleId: 'gone' }),
    ]);
    const results = toSarif(judged, OPTIONS).runs[0]?.results ?? [];
    expect(results.map(({ level, baselineState, ruleIndex }) => [level, baselineState, ruleIndex])).toEqual([
      ['note', 'new', 1],
      ['warning', 'unchanged', 1],
      ['error', 'new', undefined],
    ]);
  });

  test('waived findings are suppressed', () => {
    const judged = report({
      waived: [
        {
          finding: finding(),
          reason: 'Known.',
          approver: 'mona',
          until: '2027-01-01',
          origin: 'comment',
          scope: 'finding',
        },
        {
          finding: finding(),
          reason: 'Known.',
          approver: 'mona',
          until: null,
          origin: 'inline',
          scope: 'finding',
        },
      ],
    });
    const results = toSarif(judged, OPTIONS).runs[0]?.results ?? [];
    expect(results.map((one) => one.suppressions)).toEqual([
      [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'Known. (approved by mona in a comment on the pull request, until 2027-01-01)',
        },
      ],
      [
        {
          kind: 'inSource',
          status: 'accepted',
          justification: 'Known. (approved by mona in a comment in the file, without end)',
        },
      ],
    ]);
  });

  test('says what was not checked', () => {
    const judged = report({
      failures: [
        { ruleId: 'own', path: 'a.yaml', reason: 'it stopped' },
        { ruleId: 'own', path: null, reason: 'it stopped' },
      ],
      notChecked: [
        { path: 'big.yaml', reason: 'is too large', blocks: true },
        { path: 'chart.yaml', reason: 'is a template', blocks: false },
      ],
      configProblems: [
        { path: 'p.yml', line: 4, message: 'there is no rule x' },
        { path: 'q.yml', line: null, message: 'it is empty' },
      ],
    });
    const place = (uri: string): object => ({
      physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' } },
    });
    expect(toSarif(judged, OPTIONS).runs[0]?.invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          {
            level: 'error',
            message: { text: 'Rule own could not run: it stopped' },
            locations: [place('a.yaml')],
          },
          { level: 'error', message: { text: 'Rule own could not run: it stopped' } },
          {
            level: 'error',
            message: { text: 'Not checked: big.yaml is too large' },
            locations: [place('big.yaml')],
          },
          {
            level: 'note',
            message: { text: 'Not checked: chart.yaml is a template' },
            locations: [place('chart.yaml')],
          },
        ],
        toolConfigurationNotifications: [
          { level: 'error', message: { text: 'p.yml:4: there is no rule x' } },
          { level: 'error', message: { text: 'q.yml: it is empty' } },
        ],
      },
    ]);
  });

  test.each(HOSTILE)('shows nothing invisible, and keeps its value: %j', (text) => {
    const rendered = renderSarif(strangersReport(text), OPTIONS);
    expect(visible(rendered.replaceAll('\n', ''))).toBe(rendered.replaceAll('\n', ''));
    expect(JSON.parse(rendered)).toEqual(JSON.parse(JSON.stringify(toSarif(strangersReport(text), OPTIONS))));
  });
});

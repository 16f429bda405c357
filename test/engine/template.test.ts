import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { Report } from '../../src/engine/report.ts';
import { review } from '../../src/engine/review.ts';
import { maskActions } from '../../src/engine/template.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { withLeaks } from '../support/leak-fixture.ts';
import { changeOf } from '../support/change-fixture.ts';

const { rules } = await loadRuleSet();
const CHART = { 'charts/c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n' };
const VALUE = ['correct', 'horse', 'battery'].join('-');
const SECRET = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\nstringData:\n  password: ${VALUE}\n`;

function judged(files: Record<string, string>): Report {
  return review(withLeaks(changeOf({ head: files }), DEFAULT_POLICY), rules, DEFAULT_POLICY);
}
const idsOf = (report: Report): string[] => [...new Set(report.findings.map((one) => one.ruleId))].sort();

describe('a healthy chart is quiet', () => {
  test.each([
    [
      'a value',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  password: {{ .Values.password }}\n',
    ],
    [
      'a pipeline',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  password: {{ .Values.p | b64enc | quote }}\n',
    ],
    [
      'a key',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  {{ .Values.k }}: {{ .Values.v }}\n',
    ],
    [
      'an include',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels:\n    {{- include "c.labels" . | nindent 4 }}\ndata: {}\n',
    ],
    [
      'a loop',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n{{- range $k, $v := .Values.secrets }}\n  {{ $k }}: {{ $v | quote }}\n{{- end }}\n',
    ],
    [
      'peers',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  ingress:\n    - from: {{ .Values.peers }}\n',
    ],
    [
      'peers on the next line',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n        {{- toYaml .Values.peers | nindent 8 }}\n',
    ],
    [
      'an image',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: "{{ .Values.image }}:{{ .Values.tag | default .Chart.AppVersion }}"\n',
    ],
    [
      'two branches',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  {{- if .Values.lb }}\n  type: LoadBalancer\n  {{- else }}\n  type: ClusterIP\n  {{- end }}\n',
    ],
    [
      'a comment of several lines',
      '{{- /*\nSays: what {{ it }} is\n*/ -}}\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n',
    ],
    [
      'a flow list',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  externalIPs: [{{ .Values.a }}, {{ .Values.b }}]\n',
    ],
  ])('%s', (_name, text) => {
    const report = judged({ ...CHART, 'charts/c/templates/x.yaml': text });
    expect(report.findings.map((one) => one.message)).toEqual([]);
    expect(report.conclusion).toBe('success');
    expect(report.notChecked.map((one) => one.path)).toEqual(['charts/c/templates/x.yaml']);
  });
});

describe('actions hide nothing', () => {
  test.each([
    [
      'quoted braces beside a duplicate key',
      'apps/s.yaml',
      SECRET.replace('  name: x\n', '  name: x\n  annotations: {a: "{{ x }}", a: b}\n'),
      ['no-plaintext-secret', 'valid-yaml'],
    ],
    ['a broken document behind', 'apps/s.yaml', `${SECRET}---\n{{ if }}\nx: [\n`, ['no-plaintext-secret']],
    [
      'a control action in front',
      'apps/s.yaml',
      `{{ if true }}\n${SECRET}{{ end }}\n`,
      ['no-plaintext-secret'],
    ],
    ['an action of no place in front', 'apps/s.yaml', `{{ fail }}\n${SECRET}`, ['valid-yaml']],
    [
      'a literal in a chart',
      'charts/c/templates/s.yaml',
      SECRET.replace('name: x', 'name: {{ include "c.name" . }}'),
      ['no-plaintext-secret'],
    ],
    [
      'an indentation mistake beside quoted braces',
      'apps/es.yaml',
      'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: a\n   labels: {}\nspec:\n  target:\n    template:\n      data:\n        url: "{{ .user }}"\n',
      ['valid-yaml'],
    ],
  ])('%s', (_name, path, text, expected) => {
    const report = judged({ ...CHART, [path]: text });
    expect(idsOf(report)).toEqual(expected);
    expect(report.conclusion).toBe('failure');
    expect(JSON.stringify(report)).not.toContain(VALUE);
  });

  test('a finding in a template stands where it stands', () => {
    const text = SECRET.replace('name: x', 'name: {{ include "c.name" . }}').replace(
      'stringData:',
      '{{- if .Values.on }}\nstringData:',
    );
    const [finding] = judged({ ...CHART, 'charts/c/templates/s.yaml': text }).findings;
    expect(finding?.subject).toMatchObject({ range: { start: { line: 7, column: 3 } } });
  });

  test('a message names no object by what stands in for an action', () => {
    const text = SECRET.replace('name: x', 'name: {{ include "c.name" . }}-db');
    const [finding] = judged({ ...CHART, 'charts/c/templates/s.yaml': text }).findings;
    expect(finding?.message).toMatch(/^Secret `\{\{…\}\}-db` /);
  });
});

test('lists in lists hold objects too', () => {
  const list = (kind: string, item: string): string =>
    `{"apiVersion":"v1","kind":"${kind}","items":[${item}]}`;
  const secret = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"stringData":{"password":"${VALUE}"}}`;
  const untyped = `{"metadata":{"name":"x"},"stringData":{"password":"${VALUE}"}}`;
  expect(idsOf(judged({ 'a.json': list('List', list('List', secret)) }))).toEqual(['no-plaintext-secret']);
  expect(idsOf(judged({ 'a.json': list('List', list('SecretList', untyped)) }))).toEqual([
    'no-plaintext-secret',
  ]);
});

test('masking keeps every position', () => {
  const text = 'a: {{ x }}\n{{- if y }}\nb: {% z %}{{\n  c }}\n';
  const masked = maskActions(text);
  expect(masked).toHaveLength(text.length);
  expect(masked.split('\n').map((line) => line.length)).toEqual(text.split('\n').map((line) => line.length));
  expect(masked).not.toMatch(/\{[{%]/);
});

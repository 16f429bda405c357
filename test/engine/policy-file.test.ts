import { describe, expect, test } from '@jest/globals';
import { readPolicyFile } from '../../src/engine/policy-file.ts';
import type { KnownRules } from '../../src/engine/rule.ts';

const IDS: KnownRules = new Map([
  ['no-privileged-container', new Map()],
  [
    'valid-yaml',
    new Map([
      [
        'registries',
        {
          description: 'r.',
          schema: { type: 'array', items: { type: 'string', pattern: '^[a-z.]+$' } },
          default: [],
        },
      ],
    ]),
  ],
]);
const FULL = `version: 1
profile: strict
mode: report
rules:
  valid-yaml: off
  no-privileged-container:
    severity: warning
    exclude: [infrastructure/cni/**]
exclude: [docs/**]
environments:
  production: {paths: [clusters/live/**], clusters: [live-*]}
branches: {protected: [release/*]}
signatures: {require: signed}
notChecked: warn
`;

function problemsOf(text: string): string[] {
  return readPolicyFile('policy.yml', text, IDS).problems.map((one) => `${one.line ?? '-'}: ${one.message}`);
}

describe('readPolicyFile', () => {
  test('takes every setting, and an empty file', () => {
    expect(problemsOf(FULL)).toEqual([]);
    expect(readPolicyFile('policy.yml', '', IDS).value).toEqual({});
    expect(readPolicyFile('policy.yml', '# only a comment\n', IDS).value).toEqual({});
  });

  test('`off` is the level, although YAML 1.1 calls it false', () => {
    expect(readPolicyFile('policy.yml', 'rules:\n  valid-yaml: off\n', IDS).value).toEqual({
      rules: { 'valid-yaml': 'off' },
    });
  });

  test('knows the parameters of each rule, and what they may be', () => {
    const text = (rule: string, parameters: string): string =>
      `rules:\n  ${rule}:\n    parameters:\n      ${parameters}\n`;
    expect(problemsOf(text('valid-yaml', 'registries: [ghcr.io]'))).toEqual([]);
    expect(problemsOf(text('valid-yaml', 'registry: [ghcr.io]'))).toEqual([
      '4: rule `valid-yaml` has no parameter `registry`; did you mean `registries`?',
    ]);
    expect(problemsOf(text('no-privileged-container', 'level: 1'))).toEqual([
      '4: rule `no-privileged-container` has no parameter `level`; it has none',
    ]);
    expect(problemsOf(text('valid-yaml', 'registries: [ghcr.io, 7]'))).toEqual([
      '4: parameter `registries` of rule `valid-yaml`: its value at /1 must be string',
    ]);
  });

  test('knows the environments that overrides name', () => {
    const text = (environment: string, more = ''): string =>
      `rules:\n  valid-yaml:\n    overrides:\n      - severity: off\n        environments: [${environment}]\n${more}`;
    expect(problemsOf(text('production'))).toEqual([]);
    expect(problemsOf(text('prod', 'environments: {prod: {paths: [a/**]}}\n'))).toEqual([]);
    expect(problemsOf(text('prodction'))).toEqual([
      '5: there is no environment `prodction`; did you mean `production`?',
    ]);
    expect(problemsOf(text('production', 'environments: {live: {paths: [a/**]}}\n'))).toEqual([
      '5: there is no environment `production`; known are `live`',
    ]);
  });

  test('names every problem with its line', () => {
    const text = `version: 2
profil: strict
rules:
  valid-yaml: loud
  no-privileged-container: {severity: [error], exlude: []}
exclude: docs/**
signatures:
  require: sometimes
`;
    expect(problemsOf(text)).toEqual([
      '1: `version` must be `1`',
      '2: unknown key `profil` in the file; did you mean `profile`?',
      '4: `rules.valid-yaml` must be one of `error`, `warning`, `info`, `off`',
      expect.stringMatching(/^5: .*exlude.*did you mean `exclude`/),
      expect.stringMatching(/^5: .*severity/),
      expect.stringMatching(/^5: .*severity/),
      '6: `exclude` must be a list',
      '8: `signatures.require` must be one of `none`, `signed`, `verified`, `allowed-signer`',
    ]);
  });

  test('what has a form is shown by examples', () => {
    const text =
      'kubernetes: [latest]\nrules:\n  valid-yaml:\n    overrides: [{kinds: [Deployment], severity: off}]\n';
    expect(problemsOf(text)).toEqual([
      '1: `kubernetes.0` must be written like `1.34`',
      '4: `rules.valid-yaml.overrides.0.kinds.0` must be written like `apps/v1/Deployment` or `v1/Secret` or `*/*/Ingress`',
    ]);
  });

  test('an unknown rule is named beside other mistakes', () => {
    expect(problemsOf('profil: strict\nrules: {nope: off}\n').map((one) => one.split(':')[0])).toEqual([
      '1',
      '2',
    ]);
  });

  test('an unknown rule is a problem: it would look enforced and not be', () => {
    expect(problemsOf('rules:\n  no-privileged-conteiner: error\n')).toEqual([
      '2: there is no rule `no-privileged-conteiner`; did you mean `no-privileged-container`?',
    ]);
  });

  test.each([['- a\n- b\n'], ['just text\n'], ['a: [\n'], ['<<<<<<< a\n>>>>>>> b\n'], ['a: 1\na: 2\n']])(
    'refuses %j',
    (text) => {
      expect(problemsOf(text).length).toBeGreaterThan(0);
    },
  );
});

test('a glob whose braces stand for hundreds of patterns is a mistake: it would take seconds and memory', () => {
  const read = (glob: string): readonly string[] =>
    readPolicyFile('p.yml', `exclude: ['${glob}']\n`, new Map()).problems.map(({ message }) => message);
  expect(read('{a,b}'.repeat(7))).toEqual([]);
  expect(read('{a,b}'.repeat(90))[0]).toContain('stands for more than 200 patterns');
});

import { describe, expect, test } from '@jest/globals';
import { applyFloor, DEFAULT_POLICY, policyHash, toPolicy } from '../../src/config/policy.ts';
import { activeRules, levelOf } from '../../src/engine/active-rules.ts';
import { compileEnvironments, DEFAULT_ENVIRONMENT_NAMES } from '../../src/engine/environments.ts';
import type { PolicyFile } from '../../src/engine/policy-file.ts';
import type { Level } from '../../src/engine/policy.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const SIGNED = ruleOf('id: signed-commits\nseverity: warning\nscope: commit\ncode: true\n');
const LOOSE = ruleOf(
  'id: loose\nseverity: info\nprofiles: {strict: error, essential: off}\nscope: file\ncode: true\n',
);

describe('levels', () => {
  test.each<[PolicyFile, Level]>([
    [{}, 'info'],
    [{ profile: 'strict' }, 'error'],
    [{ profile: 'essential' }, 'off'],
    [{ profile: 'strict', rules: { loose: 'warning' } }, 'warning'],
    [{ profile: 'strict', rules: { loose: { exclude: ['x'] } } }, 'error'],
  ])('%j', (file, level) => {
    expect(levelOf(LOOSE.definition, toPolicy(file))).toBe(level);
  });

  test('signatures.require makes signed-commits an error, unless the rule is set itself', () => {
    expect(levelOf(SIGNED.definition, DEFAULT_POLICY)).toBe('warning');
    expect(levelOf(SIGNED.definition, toPolicy({ signatures: { require: 'signed' } }))).toBe('error');
    const own = toPolicy({ signatures: { require: 'signed' }, rules: { 'signed-commits': 'warning' } });
    expect(levelOf(SIGNED.definition, own)).toBe('warning');
  });
});

describe('the floor', () => {
  const definitions = [SIGNED.definition, LOOSE.definition];
  const raised = (own: object, floor: object) => applyFloor(toPolicy(own), floor, definitions);

  test('can only raise', () => {
    const weak = {
      mode: 'report',
      rules: { loose: 'off' },
      signatures: { require: 'none' },
      notChecked: 'warn',
      profile: 'essential',
    };
    const floor = {
      mode: 'enforce',
      rules: { loose: 'warning' },
      signatures: { require: 'verified' },
      notChecked: 'fail',
      profile: 'recommended',
    };
    const policy = raised(weak, floor);
    expect(policy).toMatchObject({
      mode: 'enforce',
      profile: 'recommended',
      signatures: { require: 'verified' },
      notChecked: 'fail',
    });
    expect(levelOf(LOOSE.definition, policy)).toBe('warning');
    expect(levelOf(SIGNED.definition, policy)).toBe('error');
  });

  test('leaves what is stricter already', () => {
    const policy = raised({ rules: { loose: 'error' } }, { rules: { loose: 'info' }, mode: 'report' });
    expect(levelOf(LOOSE.definition, policy)).toBe('error');
    expect(policy.mode).toBe('enforce');
  });

  test.each<[string, object, [string, string]]>([
    ['a rule at error', { rules: { loose: 'error' } }, ['enforce', 'fail']],
    [
      'an override at error',
      { rules: { loose: { overrides: [{ severity: 'error' }] } } },
      ['enforce', 'fail'],
    ],
    ['a profile', { profile: 'essential' }, ['enforce', 'fail']],
    ['a kind of credential', { secrets: { kinds: { '*': 'error' } } }, ['enforce', 'fail']],
    ['signatures', { signatures: { require: 'signed' } }, ['enforce', 'fail']],
    [
      'warnings alone',
      { rules: { loose: 'warning' }, secrets: { kinds: { '*': 'info' } } },
      ['report', 'warn'],
    ],
    ['nothing', {}, ['report', 'warn']],
    [
      'what it says itself',
      { rules: { loose: 'error' }, mode: 'report', notChecked: 'warn' },
      ['report', 'warn'],
    ],
    ['one of both', { rules: { loose: 'error' }, notChecked: 'warn' }, ['enforce', 'warn']],
  ])('of %s: whether a repository may let everything pass', (_what, floor, expected) => {
    const { mode, notChecked } = raised({ mode: 'report', notChecked: 'warn' }, floor);
    expect([mode, notChecked]).toEqual(expected);
  });

  test("the repository's exclusions do not touch what the floor sets", () => {
    const applies = (own: object, floor: object): boolean =>
      activeRules([LOOSE], raised(own, floor))[0]?.appliesToPath('docs/a.yaml') ?? false;
    expect(applies({ exclude: ['docs/**'] }, {})).toBe(false);
    expect(applies({ exclude: ['docs/**'] }, { rules: { loose: 'error' } })).toBe(true);
    expect(applies({ rules: { loose: { exclude: ['docs/**'] } } }, { rules: { loose: 'error' } })).toBe(true);
    expect(applies({}, { rules: { loose: { severity: 'error', exclude: ['docs/**'] } } })).toBe(false);
  });

  test.each<[string, object, object, readonly string[]]>([
    ['that its rules do not name: as the repository has it', {}, { rules: { loose: 'error' } }, []],
    [
      'that an override names: the usual one too',
      {},
      { rules: { loose: { overrides: [{ environments: ['production'], severity: 'error' }] } } },
      ['production'],
    ],
    [
      'that it defines itself',
      {},
      {
        environments: { production: { paths: ['live/**'] } },
        rules: { loose: { overrides: [{ environments: ['production'], severity: 'error' }] } },
      },
      [],
    ],
  ])('an environment %s', (_what, more, floor, expected) => {
    const own = { environments: { production: { paths: ['nowhere/**'] } }, ...more };
    expect(compileEnvironments(raised(own, floor))('clusters/prod/x.yaml')).toEqual(expected);
  });

  test('a rule of the floor that is about an environment cannot be left without one', () => {
    const definition = {
      ...LOOSE.definition,
      match: { ...LOOSE.definition.match, environments: ['production'] },
    };
    const own = toPolicy({ environments: { production: { paths: ['nowhere/**'] } } });
    const policy = applyFloor(own, { rules: { loose: 'error' } }, [definition]);
    expect(compileEnvironments(policy)('clusters/prod/x.yaml')).toEqual(['production']);
    expect(compileEnvironments(policy)('nowhere/x.yaml')).toEqual(['production']);
  });

  test('versions of Kubernetes count in environments that have their own, unless the floor has some for them', () => {
    const own = {
      environments: { production: { paths: ['a/**'], kubernetes: ['1.30'] }, other: { paths: ['b/**'] } },
    };
    const versions = (floor: object): unknown =>
      [...raised(own, floor).environments].map(([name, { kubernetes }]) => [name, kubernetes]);
    expect(versions({ kubernetes: ['1.34'] })).toEqual([
      ['production', ['1.30', '1.34']],
      ['other', []],
    ]);
    const environments = { production: { paths: ['a/**'], kubernetes: ['1.31'] } };
    expect(versions({ kubernetes: ['1.34'], environments })).toEqual([
      ['production', ['1.30', '1.31']],
      ['other', []],
    ]);
  });

  test('adds protected branches and environments', () => {
    const policy = raised(
      { branches: { protected: ['a'] } },
      { branches: { protected: ['b'] }, environments: { production: { paths: ['live/**'] } } },
    );
    expect(policy.protectedBranches).toEqual(['a', 'b']);
    expect(compileEnvironments(policy)('live/x.yaml')).toEqual(['production']);
    expect(compileEnvironments(policy)('clusters/prod/x.yaml')).toEqual(['production']);
  });
});

describe('default environments', () => {
  test('are the ones that policies may name', () => {
    expect([...DEFAULT_POLICY.environments.keys()]).toEqual([...DEFAULT_ENVIRONMENT_NAMES]);
  });

  const environmentsOf = compileEnvironments(DEFAULT_POLICY);
  test.each([
    ['clusters/production/apps.yaml', ['production']],
    ['clusters/prod-eu/apps.yaml', ['production']],
    ['apps/web/overlays/prod/kustomization.yaml', ['production']],
    ['apps/web/values-prod.yaml', ['production']],
    ['clusters/eu-prod-1/apps.yaml', ['production']],
    ['production.yaml', ['production']],
    ['clusters/staging/apps.yaml', ['staging']],
    ['apps/web/overlays/dev/x.yaml', ['development']],
    ['apps/products/base/x.yaml', []],
    ['apps/reproduction/x.yaml', []],
    ['apps/base/deployment.yaml', []],
    ['clusters/preprod/x.yaml', ['staging']],
    ['envs/prod/values.yaml', ['production']],
    ['clusters/prod-eu-1/apps.yaml', ['production']],
    ['environments/live/apps.yaml', ['production']],
    ['clusters/eu-live/apps.yaml', ['production']],
    ['apps/live-chat/deployment.yaml', []],
    ['Clusters/Production/apps.yaml', ['production']],
    ['clusters/prod_eu/apps.yaml', ['production']],
    ['apps/reproduce.yaml', []],
    ['clusters/non-prod/apps.yaml', ['development']],
    ['clusters/nonprod/apps.yaml', ['development']],
    ['clusters/eu-non-prod-1/apps.yaml', ['development']],
    ['apps/web/values-non-prod.yaml', ['development']],
    ['clusters/pre-prod/apps.yaml', ['staging']],
    ['clusters/pre-production-eu/apps.yaml', ['staging']],
    ['apps/prod-values.md', []],
  ])('%s', (path, expected) => {
    expect(environmentsOf(path)).toEqual(expected);
  });

  const argo = 'argoproj.io/v1alpha1';
  const kustomization = 'kustomize.toolkit.fluxcd.io/v1';
  test.each([
    [argo, 'Application', '{destination: {name: prod-eu}}', ['production']],
    [argo, 'Application', '{destination: {name: in-cluster}}', []],
    [argo, 'Application', '{destination: {name: non-prod}}', ['development']],
    [argo, 'Application', '{destination: {server: "https://k8s.prod.example.com:6443"}}', ['production']],
    [argo, 'Application', '{destination: {server: "https://k8s.example.com/prod"}}', []],
    [argo, 'Application', '{destination: {namespace: shop-prod}}', ['production']],
    [argo, 'Application', '{source: {path: apps/web/overlays/prod}}', ['production']],
    [argo, 'Application', '{sources: [{path: charts/web}, {path: ./envs/prod/}]}', ['production']],
    [
      argo,
      'Application',
      '{source: {path: charts/web, helm: {valueFiles: [values-prod.yaml]}}}',
      ['production'],
    ],
    [
      argo,
      'Application',
      '{source: {chart: x, helm: {valueFiles: ["$values/envs/prod/x.yaml"]}}}',
      ['production'],
    ],
    [argo, 'Application', '{source: {helm: {valueFiles: ["https://example.com/prod/x.yaml"]}}}', []],
    [
      argo,
      'ApplicationSet',
      '{generators: [{list: {elements: [{cluster: eu-dev}, {cluster: eu-prod}]}}]}',
      ['production', 'development'],
    ],
    [argo, 'ApplicationSet', '{generators: [{list: {elements: [{values: apps/prod}]}}]}', ['production']],
    [
      argo,
      'ApplicationSet',
      '{generators: [{matrix: {generators: [{clusters: {selector: {matchLabels: {env: prod}}}}]}}]}',
      ['production'],
    ],
    [
      argo,
      'ApplicationSet',
      '{generators: [{clusters: {selector: {matchExpressions: [{key: e, operator: In, values: [prod]}]}}}]}',
      ['production'],
    ],
    [
      argo,
      'ApplicationSet',
      '{generators: [{clusters: {selector: {matchExpressions: [{key: e, operator: NotIn, values: [prod]}]}}}]}',
      [],
    ],
    [argo, 'ApplicationSet', '{generators: [{git: {directories: [{path: apps/prod/*}]}}]}', ['production']],
    [argo, 'ApplicationSet', '{generators: [{git: {directories: [{path: a/prod, exclude: true}]}}]}', []],
    [
      argo,
      'ApplicationSet',
      '{generators: [{git: {files: [{path: "clusters/prod/**/c.json"}]}}]}',
      ['production'],
    ],
    [argo, 'ApplicationSet', '{template: {spec: {destination: {name: prod}}}}', ['production']],
    [kustomization, 'Kustomization', '{path: ./apps/production}', ['production']],
    [kustomization, 'Kustomization', '{path: /apps/products}', []],
    [kustomization, 'Kustomization', '{kubeConfig: {secretRef: {name: prod-kubeconfig}}}', ['production']],
    [kustomization, 'Kustomization', '{targetNamespace: prod}', ['production']],
    [
      kustomization,
      'Kustomization',
      '{postBuild: {substitute: {cluster_env: prod, x: dev}}}',
      ['production'],
    ],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', '{kubeConfig: {secretRef: {name: stg}}}', ['staging']],
    ['v1', 'ConfigMap', '{path: ./apps/production}', []],
  ])('by what a %s %s says: %s', (apiVersion, kind, spec, expected) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\nspec: ${spec}\n`;
    expect(environmentsOf('apps/a.yaml', parseYaml('apps/a.yaml', text).manifests[0])).toEqual(expected);
  });

  test('by the namespace of the object', () => {
    const of = (text: string): string[] =>
      environmentsOf('a.yaml', parseYaml('a.yaml', `apiVersion: v1\n${text}\n`).manifests[0]);
    expect(of('kind: Service\nmetadata: {name: a, namespace: shop-prod}')).toEqual(['production']);
    expect(of('kind: Namespace\nmetadata: {name: prod}')).toEqual(['production']);
    expect(of('kind: Service\nmetadata: {name: prod}')).toEqual([]);
  });

  test('globs of the policy meet what an object deploys, too', () => {
    const own = compileEnvironments(
      toPolicy({ environments: { real: { paths: ['sites/a/**'], clusters: ['eu-*'] } } }),
    );
    const of = (spec: string): string[] => {
      const text = `apiVersion: ${argo}\nkind: Application\nmetadata: {name: a}\nspec: ${spec}\n`;
      return own('x.yaml', parseYaml('x.yaml', text).manifests[0]);
    };
    expect(of('{source: {path: sites/a/web}}')).toEqual(['real']);
    expect(of('{destination: {name: eu-1}}')).toEqual(['real']);
    expect(of('{destination: {name: prod}}')).toEqual([]);
  });
});

test('the hash changes with anything that decides, and with nothing else', () => {
  const hash = policyHash(toPolicy({ rules: { a: 'off', b: 'error' } }), 'r');
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(policyHash(toPolicy({ rules: { b: 'error', a: 'off' } }), 'r')).toBe(hash);
  expect(policyHash(toPolicy({ rules: { a: 'off' } }), 'r')).not.toBe(hash);
  expect(policyHash(toPolicy({ rules: { a: 'off', b: 'error' } }), 's')).not.toBe(hash);
});

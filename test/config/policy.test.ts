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

  test("the repository's exclusions do not touch what the floor sets", () => {
    const applies = (own: object, floor: object): boolean =>
      activeRules([LOOSE], raised(own, floor))[0]?.appliesToPath('docs/a.yaml') ?? false;
    expect(applies({ exclude: ['docs/**'] }, {})).toBe(false);
    expect(applies({ exclude: ['docs/**'] }, { rules: { loose: 'error' } })).toBe(true);
    expect(applies({ rules: { loose: { exclude: ['docs/**'] } } }, { rules: { loose: 'error' } })).toBe(true);
    expect(applies({}, { rules: { loose: { severity: 'error', exclude: ['docs/**'] } } })).toBe(false);
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
  ])('%s', (path, expected) => {
    expect(environmentsOf(path)).toEqual(expected);
  });

  test('by the destination of an Argo CD Application', () => {
    const of = (destination: string): string[] => {
      const text = `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {destination: ${destination}}\n`;
      const manifest = parseYaml('apps/a.yaml', text).manifests[0];
      return environmentsOf('apps/a.yaml', manifest);
    };
    expect(of('{name: prod-eu}')).toEqual(['production']);
    expect(of('{name: in-cluster}')).toEqual([]);
  });
});

test('the hash changes with anything that decides, and with nothing else', () => {
  const hash = policyHash(toPolicy({ rules: { a: 'off', b: 'error' } }), 'r');
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(policyHash(toPolicy({ rules: { b: 'error', a: 'off' } }), 'r')).toBe(hash);
  expect(policyHash(toPolicy({ rules: { a: 'off' } }), 'r')).not.toBe(hash);
  expect(policyHash(toPolicy({ rules: { a: 'off', b: 'error' } }), 's')).not.toBe(hash);
});

import { describe, expect, test } from '@jest/globals';
import {
  ANY_MINOR,
  apiVersionsWith,
  isBuiltInGroup,
  kindsServedIn,
  schemaOf,
  servedBy,
  targetOf,
} from '../../../src/manifests/kubernetes/catalogue.ts';
import { checkValue } from '../../../src/manifests/kubernetes/check-value.ts';
import type { Schema } from '../../../src/manifests/kubernetes/schema.ts';
import { isBase64 } from '../../../src/manifests/base64.ts';
import { isQuantity, isTime } from '../../../src/manifests/kubernetes/scalars.ts';

const TEXT: Schema = { type: 'string', format: 'text', allowed: null };

describe('a value', () => {
  test.each<[string, unknown, Schema, string[]]>([
    ['null counts as absent', null, { type: 'integer' }, []],
    ['a bigint is an integer', 9_007_199_254_740_993n, { type: 'integer' }, []],
    ['1.0 is an integer', 1.0, { type: 'integer' }, []],
    ['more than 64 bits hold is none', 1e20, { type: 'integer' }, ['wrong-type']],
    ['0.5 is none', 0.5, { type: 'integer' }, ['wrong-type']],
    ['a bigint is a number', 1n, { type: 'number' }, []],
    ['text is no number', '1', { type: 'number' }, ['wrong-type']],
    ['an integer or text', 'http', { type: 'int-or-string' }, []],
    ['neither', true, { type: 'int-or-string' }, ['wrong-type']],
    ['a fraction is neither', 1.5, { type: 'int-or-string' }, ['wrong-type']],
    ['a list is no map', [], { type: 'map', values: TEXT }, ['wrong-type']],
    ['values of a map', { a: 1, b: 'x' }, { type: 'map', values: TEXT }, ['wrong-type']],
    ['items of a list', ['x', {}], { type: 'list', items: TEXT }, ['wrong-type']],
    ['null in a list', [null], { type: 'list', items: TEXT }, []],
    ['a map is no list', {}, { type: 'list', items: TEXT }, ['wrong-type']],
    ['anything', { a: [1, null] }, { type: 'any' }, []],
    ['of an enumeration', 'a', { ...TEXT, allowed: ['a', 'b'] }, []],
    ['the default of one', '', { ...TEXT, allowed: ['a', 'b'] }, []],
    ['not of one', 'A', { ...TEXT, allowed: ['a', 'b'] }, ['wrong-value']],
  ])('%s', (_name, value, schema, types) => {
    expect(checkValue(value, schema).map(({ type }) => type)).toEqual(types);
  });

  test('with a constraint is asked for it only when it has the type', () => {
    const schema: Schema = {
      type: 'list',
      items: TEXT,
      constraints: [
        (value) => ((value as unknown[]).length > 1 ? [{ wanted: 'another text', below: ['1'] }] : []),
        () => [{ wanted: 'complete', whole: true }],
      ],
    };
    expect(checkValue(['a', 1], schema)).toEqual([
      { type: 'wrong-type', pointer: ['1'], wanted: 'a string', found: 'an integer' },
      { type: 'wrong-value', pointer: ['1'], wanted: 'another text', whole: false },
      { type: 'wrong-value', pointer: [], wanted: 'complete', whole: true },
    ]);
    expect(checkValue('2', schema)).toMatchObject([{ type: 'wrong-type' }]);
  });

  test('with null in a required field lacks it, unless null is allowed', () => {
    const withField = (schema: Schema): Schema => ({
      type: 'object',
      open: false,
      fields: () => new Map([['a', { schema, required: true }]]),
    });
    expect(checkValue({ a: null }, withField(TEXT))).toEqual([
      { type: 'missing-field', pointer: [], field: 'a' },
    ]);
    expect(checkValue({ a: null }, withField({ ...TEXT, nullable: true }))).toEqual([]);
  });

  test('that is hostile gets no endless list', () => {
    const schema: Schema = { type: 'object', open: false, fields: () => new Map() };
    const value = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`field${String(index)}`, 1]),
    );
    expect(checkValue({ list: [] }, schema)).toHaveLength(1);
    expect(checkValue([value, value], { type: 'list', items: schema }).length).toBeLessThan(5_200);
  });

  test('named like a member of every object is not taken for a field', () => {
    const schema = schemaOf('v1', 'ConfigMap', ANY_MINOR);
    if (schema === null) throw new Error('ConfigMap is served.');
    expect(checkValue({ constructor: {}, data: {} }, schema)).toMatchObject([
      { type: 'unknown-field', pointer: ['constructor'] },
    ]);
    expect(schemaOf('v1', 'constructor', ANY_MINOR)).toBeNull();
  });
});

describe('scalars', () => {
  test.each(['1', '0.5', '.5', '1.', '500m', '1Gi', '1e3', '1E-3', '-1', '+2k', '128974848', '1n', '2u'])(
    'quantity %s',
    (text) => {
      expect(isQuantity(text)).toBe(true);
    },
  );
  test.each(['', '1 Gi', 'Gi', '1gi', '1GiB', '1.2.3', '0x10', '1e', 'one', '1mm'])(
    'no quantity %j',
    (text) => {
      expect(isQuantity(text)).toBe(false);
    },
  );
  test('times are those of RFC 3339', () => {
    expect(['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.123+01:00'].every(isTime)).toBe(true);
    expect(['2026-01-31', '2026-13-31T12:00:00Z', 'now', '2026-01-31 12:00:00Z'].some(isTime)).toBe(false);
  });
  test('base64 is padded; line ends do not count', () => {
    expect(['', 'dGVzdA==', 'dGVz\ndA==\n', 'dGVz'].every(isBase64)).toBe(true);
    expect(['dGVzdA', 'dGVzdA=', 'a b=', 'dGVz-A=='].some(isBase64)).toBe(false);
  });
});

describe('the catalogue', () => {
  const has = (minor: string, apiVersion: string, kind: string): boolean =>
    schemaOf(apiVersion, kind, targetOf(minor)) !== null;

  test('knows which minor serves what', () => {
    expect(has('1.31', 'flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema')).toBe(true);
    expect(has('1.32', 'flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema')).toBe(false);
    expect(has('1.32', 'networking.k8s.io/v1', 'ServiceCIDR')).toBe(false);
    expect(has('1.33', 'networking.k8s.io/v1', 'ServiceCIDR')).toBe(true);
    expect(servedBy('apps/v1', 'Deployment')).toContain('1.27');
    expect(servedBy('apps/v1', 'Constructor')).toEqual([]);
  });

  test('lets its neighbours stand in for a minor that it does not know', () => {
    expect(targetOf('1.30').standIns).toEqual([]);
    expect(targetOf('1.31').standIns).toEqual(['1.30', '1.32']);
    expect(targetOf('1.20').standIns).toEqual(['1.27']);
    expect(targetOf('1.99').standIns).toEqual(['1.36']);
  });

  test('knows the fields of a minor and no later ones', () => {
    const pod = (minor: string) => {
      const schema = schemaOf('v1', 'Pod', targetOf(minor));
      if (schema === null) throw new Error('Pods are served.');
      const container = { name: 'a', restartPolicyRules: [] };
      return checkValue({ spec: { containers: [container] } }, schema).map(({ type }) => type);
    };
    expect(pod('1.33')).toEqual(['unknown-field']);
    expect(pod('1.34')).toEqual([]);
  });

  test('tells its groups and kinds from those of others', () => {
    expect(['', 'apps', 'extensions', 'networking.k8s.io'].every(isBuiltInGroup)).toBe(true);
    expect(['gateway.networking.k8s.io', 'example.com', 'constructor'].some(isBuiltInGroup)).toBe(false);
    expect(kindsServedIn('v1')).toContain('Pod');
    expect(kindsServedIn('v1')).not.toContain('Deployment');
    expect(apiVersionsWith('Deployment')).toEqual(['apps/v1']);
  });
});

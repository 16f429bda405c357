import { afterAll, describe, expect, test } from '@jest/globals';
import { fc } from '../../support/property.ts';
import { compilePattern } from '../../../src/engine/re2.ts';
import { ResourceChecker } from '../../../src/manifests/custom-resources/check-resource.ts';
import { readDefinition } from '../../../src/manifests/custom-resources/definition.ts';
import { boundedPatterns } from '../../../src/manifests/custom-resources/pattern.ts';
import { Work } from '../../../src/manifests/custom-resources/work.ts';
import type { Fault } from '../../../src/manifests/kubernetes/schema.ts';
import { parseYaml } from '../../../src/manifests/yaml-parse.ts';
import { buildClusterPeer } from '../../support/cluster-peer.ts';
import { definitionOf, resourceOf } from './fixture.ts';

/** Objects judged by the API server's own code (`test/peers/cluster`) and by ours. */
const peer = buildClusterPeer();
afterAll(() => peer?.remove());
const compared = peer === null ? test.skip : test;

function faultsOf(schema: object, spec: unknown): readonly Fault[] {
  const [manifest] = parseYaml('crd.json', JSON.stringify(definitionOf(schema))).manifests;
  const definition = manifest === undefined ? null : readDefinition(manifest);
  const [version] = definition?.versions ?? [];
  if (definition === null || version === undefined) throw new Error('the definition cannot be read');
  const checker = new ResourceChecker(
    new Work(),
    boundedPatterns((source) => compilePattern(source)),
  );
  return checker.check(resourceOf(spec), definition, version);
}

/** Pairs on which the two verdicts differ, with both. */
function differences(pairs: readonly (readonly [schema: object, spec: unknown])[]): unknown[] {
  const answers = peer?.ask(
    pairs.map(([schema, spec]) => ({ crd: definitionOf(schema), object: resourceOf(spec) })),
  );
  return pairs.flatMap(([schema, spec], index) => {
    const theirs = answers?.[index]?.faults ?? ['no answer'];
    const ours = faultsOf(schema, spec);
    return (theirs.length === 0) === (ours.length === 0) ? [] : [{ schema, spec, theirs, ours }];
  });
}

const TEXTS = [
  ...['', 'a', 'A', 'ab_c', 'a b', 'abc', '-a', 'a.b.com', 'a..b', 'a'.repeat(64), 'ééé', '😀😀'],
  ...['1.2.3.4', '01.2.3.4', '1.2.3', '1.2.3.256', '::1', 'fe80::1%eth0', '1:2:3:4:5:6:7:8', '1::2::3'],
  ...['::ffff:1.2.3.4', '::1.2.3.4', '10.0.0.0/8', '10.0.0.0/33', '10.0.0.1/08', '::/0', '::/129'],
  ...['00:11:22:33:44:55', '0011.2233.4455', '00-11-22-33-44-55', '00:11-22:33:44:55'],
  ...['6ba7b810-9dad-11d1-80b4-00c04fd430c8', '6ba7b8109dad41d180b400c04fd430c8', '6ba7b810-9dad-31d1'],
  ...['6ba7b810-9dad-51d1-80b4-00c04fd430c8', '6ba7b810-9dad-31d1-80b4-00c04fd430c8', 'dGVzdA==', 'dGVzdA'],
  ...['2026-01-31', '2026-02-30', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00', '2026-01-31t12:00:00z'],
  ...[
    '2026-01-31T25:00:00Z',
    '2026-01-31T12:00:00.1+01:00',
    '2026-01-31 12:00:00Z',
    '90s',
    '1h30m',
    '3 days',
  ],
  ...[
    '3d',
    '1.5h',
    '-1s',
    '0',
    'a@b',
    'Ada <a@b.c>',
    'http://x',
    'x/y',
    '/x',
    'mailto:a',
    'http://',
    'http://a b',
  ],
  ...['http://[::1', '1:foo', 'http://x/%zz'],
];
const FORMATS = [
  ...[
    'ipv4',
    'ipv6',
    'cidr',
    'mac',
    'uuid',
    'uuid3',
    'uuid4',
    'uuid5',
    'byte',
    'date',
    'date-time',
    'duration',
  ],
  ...['email', 'uri', 'hostname', 'password', 'k8s-short-name', 'k8s-long-name', 'unheard-of', 'int32'],
];

describe('an object is judged as the API server judges it', () => {
  compared.each(FORMATS)('format %s', (format) => {
    expect(differences(TEXTS.map((text) => [{ type: 'string', format }, text]))).toEqual([]);
  });

  compared('whatever the schema and the object are', () => {
    const pairs = fc.sample(fc.tuple(SCHEMA, SPEC), { numRuns: 3_000, seed: 7 });
    expect(differences(pairs).map((one) => JSON.stringify(one))).toEqual([]);
  });
});

/** Few names and values, so that schemas and objects often speak of the same. */
const NAME = fc.constantFrom('a', 'b', 'c');
const SCALAR = fc.constantFrom<unknown>(
  null,
  '',
  'x',
  'xy',
  'http',
  0,
  1,
  2,
  3,
  1.5,
  true,
  false,
  3_000_000_000,
);
const { spec: SPEC } = fc.letrec<{ spec: unknown }>((tie) => ({
  spec: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    SCALAR,
    fc.dictionary(NAME, tie('spec'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie('spec'), { maxLength: 3 }),
  ),
}));

const CONDITION = fc.oneof(
  fc.record({ required: fc.uniqueArray(NAME, { minLength: 1, maxLength: 2 }) }),
  fc.record({ minimum: fc.nat(3) }),
  fc.record({ maxLength: fc.nat(2) }),
  fc.record({ pattern: fc.constantFrom('^x', 'y$', '^[a-z]{2,4}$') }),
  fc.record({ enum: fc.constantFrom(['x', 1], [{ a: 1 }], ['']) }),
  fc.record({ minProperties: fc.nat(2) }),
  fc.record({ maxItems: fc.nat(2) }),
  fc.record({ properties: fc.record({ a: fc.record({ enum: fc.constant(['x', 1, true]) }) }) }),
);
const CONDITIONS = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: CONDITION },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('allOf', 'anyOf', 'oneOf'), fc.array(CONDITION, { minLength: 1, maxLength: 3 }))
      .map(([keyword, branches]) => ({ [keyword]: branches })),
  },
  { weight: 1, arbitrary: fc.record({ not: CONDITION }) },
);
const { schema: SCHEMA } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc
    .tuple(
      fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.constantFrom<object>(
          { type: 'string' },
          { type: 'string', default: 'x' },
          { type: 'integer' },
          { type: 'integer', format: 'int32' },
          { type: 'number' },
          { type: 'boolean' },
          { 'x-kubernetes-int-or-string': true },
          { 'x-kubernetes-preserve-unknown-fields': true },
          { type: 'object' },
          {
            type: 'object',
            'x-kubernetes-embedded-resource': true,
            'x-kubernetes-preserve-unknown-fields': true,
          },
          { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
          {
            type: 'array',
            items: { type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] },
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['a'],
          },
        ),
        fc
          .tuple(
            fc.dictionary(NAME, tie('schema'), { maxKeys: 3, noNullPrototype: true }),
            fc.uniqueArray(NAME, { maxLength: 2 }),
            fc.boolean(),
          )
          .map(([properties, required, open]) => ({
            type: 'object',
            properties,
            ...(required.length > 0 ? { required } : {}),
            ...(open ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
          })),
        tie('schema').map((additionalProperties) => ({ type: 'object', additionalProperties })),
        tie('schema').map((items) => ({ type: 'array', items })),
      ),
      CONDITIONS,
      fc.boolean(),
    )
    .map(([shape, conditions, nullable]) => ({ ...shape, ...conditions, ...(nullable ? { nullable } : {}) })),
}));

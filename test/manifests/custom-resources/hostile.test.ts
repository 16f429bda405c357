import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { review } from '../../../src/engine/review.ts';
import type { Report } from '../../../src/engine/report.ts';
import { loadRuleSet } from '../../../src/pipeline/rule-set.ts';
import { changeOf } from '../../support/change-fixture.ts';
import { definitionOf, resourceOf } from './fixture.ts';

const { rules } = await loadRuleSet();
const judged = rules.filter(({ definition }) =>
  ['valid-schema', 'valid-custom-resource-definition'].includes(definition.id),
);

function reviewOf(definition: string, spec: unknown): Report {
  const head = {
    'crd.json': Buffer.from(definition),
    'widget.json': Buffer.from(JSON.stringify(resourceOf(spec))),
  };
  return review(changeOf({ base: {}, head }), judged, DEFAULT_POLICY);
}

function messages(schema: object, spec: unknown): string[] {
  return reviewOf(JSON.stringify(definitionOf(schema)), spec).findings.map(({ message }) => message);
}

/** `anyOf` in `anyOf`, each branch twice. */
function nested(depth: number): object {
  return depth === 0 ? { maxLength: 1 } : { anyOf: [nested(depth - 1), nested(depth - 1)] };
}

describe('a hostile definition', () => {
  test('that multiplies its conditions is given up, and that is said', () => {
    const schema = { type: 'array', items: { type: 'string', ...nested(12) } };
    const [message, ...more] = messages(
      schema,
      Array.from({ length: 1_000 }, () => 'long'),
    );
    expect(message).toContain('was not checked against its definition');
    expect(more).toEqual([]);
  });

  test('with a pattern for long texts is given up, and that is said', () => {
    const found = messages({ type: 'string', pattern: '(.{0,500}a){2}(.{0,500}b)' }, 'a'.repeat(50_000));
    expect(found).toEqual([expect.stringContaining('was not checked against its definition')]);
  });

  test('with a pattern that is none of RE2 is refused, and does not stall', () => {
    expect(messages({ type: 'string', pattern: '(?=(a+)+$)' }, `${'a'.repeat(60)}!`)).toEqual([
      expect.stringContaining('must be a regular expression of RE2'),
    ]);
  });

  test('with an enumeration of 50,000 values is read, and told in short', () => {
    const values = Array.from({ length: 50_000 }, (_, index) => `value${String(index)}`);
    const [message] = messages({ type: 'string', enum: values }, 'other');
    expect(message).toContain('or 49992 more');
    expect(messages({ type: 'string', enum: values }, 'value49999')).toEqual([]);
  });

  test('that refers to another place is refused', () => {
    expect(messages({ $ref: '#/properties/spec' }, {})).toEqual([
      expect.stringContaining('must have a'),
      expect.stringContaining("schemas have no '$ref'"),
    ]);
  });

  test('10,000 levels deep is not read, and blocks', () => {
    const deep = `${'{"type":"array","items":'.repeat(10_000)}{"type":"string"}${'}'.repeat(10_000)}`;
    const text = JSON.stringify(definitionOf({ mark: 1 })).replace('{"mark":1}', deep);
    const { findings, notChecked } = reviewOf(text, []);
    expect(findings).toEqual([]);
    expect(notChecked).toEqual([
      { path: 'crd.json', reason: expect.stringContaining('nested deeper than'), blocks: true },
    ]);
  });

  test('with fields named like members of every object has those fields and no others', () => {
    const schema = { type: 'object', properties: { constructor: { type: 'string' } } };
    expect(messages(schema, { constructor: 'x' })).toEqual([]);
    expect(messages(schema, { toString: 'x' })).toEqual([expect.stringContaining('spec.toString')]);
    expect(messages({ type: 'object', properties: { a: {} }, required: ['constructor'] }, {})).not.toEqual(
      [],
    );
  });

  test('whose parts are no schemas is no reason to stop', () => {
    for (const part of [null, 1, 'text', [], true]) {
      const schema = {
        type: 'object',
        properties: part,
        required: part,
        enum: part,
        items: part,
        anyOf: part,
        not: part,
      };
      expect(reviewOf(JSON.stringify(definitionOf(schema)), { a: 1 }).failures).toEqual([]);
    }
  });
});

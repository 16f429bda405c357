import { describe, expect, test } from '@jest/globals';
import { readRuleFile } from '../../src/engine/rule-file.ts';
import { compileSchema } from '../../src/engine/schema-rule.ts';

const GOOD = `id: no-thing
severity: error
scope: manifest
summary: No things.
message: "{kind} has a thing."
remediation: Remove it.
match:
  kinds: ["apps/*/Deployment", v1/Secret]
schema: {type: object}
`;

function problemsOf(text: string): string[] {
  return readRuleFile('r/rule.yaml', text).problems.map((one) => `${one.line ?? '-'}: ${one.message}`);
}

describe('readRuleFile', () => {
  test('fills in what is absent', () => {
    expect(readRuleFile('rule.yaml', GOOD).value).toMatchObject({
      id: 'no-thing',
      target: 'object',
      history: false,
      match: { kinds: ['apps/*/Deployment', 'v1/Secret'], paths: [], environments: [] },
    });
  });

  test.each([
    ['a misspelt key', GOOD.replace('remediation:', 'remediaton:'), ['6: ', 'did you mean `remediation`']],
    ['an unknown severity', GOOD.replace('error', 'critical'), ['2: ', '`error`, `warning`, `info`']],
    ['a wrong id', GOOD.replace('no-thing', 'No_Thing'), ['1: ', '`id`']],
    ['no schema and no code', GOOD.replace(/schema.*\n/, ''), ['either `schema` or `code: true`']],
    ['both', `${GOOD}code: true\n`, ['either `schema` or `code: true`']],
    [
      'a schema for another scope',
      GOOD.replace('scope: manifest', 'scope: file'),
      ['needs `scope: manifest`'],
    ],
    ['a schema that is none', GOOD.replace('{type: object}', '{type: objekt}'), ['not a usable JSON Schema']],
    [
      'a look-ahead',
      GOOD.replace('{type: object}', '{type: string, pattern: "^(?!x)"}'),
      ['not a usable JSON Schema'],
    ],
    ['a kind without a version', GOOD.replace('v1/Secret', 'Secret'), ['8: ', 'match.kinds.1']],
    ['broken YAML', `${GOOD}x: [`, ['10: ']],
    ['two documents', `${GOOD}---\na: 1\n`, ['more than one YAML document']],
  ])('names %s', (_name, text, parts) => {
    const all = problemsOf(text).join('\n');
    for (const part of parts) expect(all).toContain(part);
  });

  test('names every problem at once', () => {
    const problems = problemsOf('id: x\nseverity: loud\nscope: nowhere\nextra: 1\n');
    expect(problems).toHaveLength(6);
  });
});

describe('compileSchema', () => {
  const places = (schema: object, value: unknown, parameters = {}): string[] =>
    compileSchema(schema, parameters)(value).map((pointer) => pointer.join('.'));

  test('a parameter stands wherever the schema names it', () => {
    const schema = { properties: { tier: { enum: { $parameter: 'tiers' } } } };
    expect(places(schema, { tier: 'gold' }, { tiers: ['gold'] })).toEqual([]);
    expect(places(schema, { tier: 'gold' }, { tiers: ['silver'] })).toEqual(['tier']);
    expect(() => compileSchema(schema, {})).toThrow('there is no parameter `tiers`');
  });

  test('the deepest failing place of a choice, not the choice itself', () => {
    const schema = {
      type: 'object',
      properties: {
        automated: {
          anyOf: [
            { type: 'null' },
            { type: 'object', properties: { enabled: { const: false } }, required: ['enabled'] },
          ],
        },
      },
    };
    expect(places(schema, { automated: null })).toEqual([]);
    expect(places(schema, { automated: { enabled: false } })).toEqual([]);
    expect(places(schema, { automated: { enabled: true } })).toEqual(['automated.enabled']);
  });

  test('all of them, each once, missing and unknown keys by their own name', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'object', required: ['b'] } },
      additionalProperties: false,
    };
    expect(places(schema, { a: {}, 'x/y': 1, z: 2 }).sort()).toEqual(['a.b', 'x/y', 'z']);
  });

  test('every pattern of a schema is its own', () => {
    const schema = { type: 'object', properties: { a: { pattern: '^x$' }, b: { pattern: '^y$' } } };
    expect(places(schema, { a: 'x', b: 'y' })).toEqual([]);
    expect(places(schema, { a: 'y', b: 'x' })).toEqual(['a', 'b']);
  });

  test('patterns run in linear time', () => {
    expect(places({ type: 'string', pattern: '^(a|a)*$' }, `${'a'.repeat(5000)}b`)).toEqual(['']);
  });
});

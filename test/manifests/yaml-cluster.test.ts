import { afterAll, describe, expect, test } from '@jest/globals';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';
import { buildClusterPeer } from '../support/cluster-peer.ts';

/** Texts read by the cluster's own parser (`test/peers/cluster`) and by ours. */
const peer = buildClusterPeer();
afterAll(() => peer?.remove());
const compared = peer === null ? test.skip : test;

const SCALARS = [
  ...[
    'yes',
    'Yes',
    'YES',
    'yEs',
    'no',
    'on',
    'Off',
    'OFF',
    'y',
    'Y',
    'n',
    'N',
    'true',
    'TRUE',
    'tRue',
    'false',
  ],
  ...['~', 'null', 'Null', 'NULL', 'nULL', '""', '"yes"', "'1'", '=', '.', '--1', '+-1', '1-1'],
  ...['0', '00', '07', '08', '09', '0644', '-0644', '+0644', '0o644', '0O644', '-0o7', '0o8', '0o', '012345'],
  ...['0x1F', '0X1f', '-0x1', '0xg', '0x', '0b101', '0B1', '-0b1', '0b2', '1_000', '_1', '1_', '1__0', '0_7'],
  ...[
    '+1',
    '-17',
    '1.5',
    '.5',
    '5.',
    '1e3',
    '1E3',
    '1e+3',
    '1.e3',
    '1.5e-3',
    '.5e1',
    '1_0.5',
    '1e',
    '1e400',
    '-0',
  ],
  ...['1:30', '190:20:30.15', '2024-01-01', '2024-01-01T00:00:00Z', '1.2.3', 'v1', '1,000', '0xFFFFFFFF'],
  ...[
    '9007199254740991',
    '!!str 1',
    '!!int "1"',
    '!!bool "yes"',
    '!!bool yes',
    '!!binary aGk=',
    '!foo bar',
    '! 12',
  ],
];
const KEYS = ['yes', '1', '1.5', '0x10', 'true', '010', 'on', '2024-01-01', '.5', '1e3', '""'];
const DOCUMENTS = [
  'a: &x {b: 1}\nc: {<<: *x, d: 2}\n',
  'a: &x {b: 1}\nd: &y {b: 3, e: 4}\nc: {<<: [*x, *y]}\n',
  'c: {<<: [{b: 1}, {b: 2, d: 3}]}\n',
  'c: {<<: 1}\n',
  'a: &x [1]\nc: {<<: *x}\n',
  'c: {"<<": {b: 1}}\n',
  'a: &x 1\nb: *x\n',
  'b: *x\n',
  'a: &x {b: *x}\n',
  'a: &x [*x]\n',
  'a: 1\r\nb: 2\r\n',
  '--- # comment\na: 1\n',
  '%YAML 1.1\n---\na: yes\n',
  'a:\tb\n',
  'a:\n\tb: 1\n',
  'a: b\t# c\n',
  'a: |\n  x\n  y\n',
  'a: |+\n  x\n\n',
  'a: >\n  x\n\n  y\n   z\n',
  'a: "x\n  y"\n',
  '? a\n: b\n',
  'a: [1, 2,]\n',
  'a: {b, c}\n',
  'a: [\n  1\n]\n',
  'a:\n  b: ["\n    1 &&\n   2\n  "]\n  c: 3\n',
  "a:\n  b: '1\n2'\n  c: 3\n",
  'a:\n  b: {\n  d: [\n1]}\n  c: 3\n',
  'a:\n  b: [1\n  c: 3\n',
  'a: "x\n---\nb: 1\n',
  'a: - b\n',
  'a: b: c\n',
  'a: @x\n',
  'a: `x`\n',
  'a: %x\n',
  'a: x#y\n',
  '',
  '# only\n',
  '---\n',
  'a: {"b":1}\n',
  '{"a": 1, "b": [true, null]}\n',
  'a: *x\nb: &x 1\n',
  'a: &x 1\nb: &x 2\nc: *x\n',
  'a:1\n',
  'a: "x" y\n',
  'a: [1]]\n',
  '- a\nb: 1\n',
];

/** The value, or that there is none. */
function ours(text: string): unknown {
  const { documents, problems } = parseYaml('file.yaml', text);
  return problems.length > 0 ? 'refused' : JSON.parse(JSON.stringify(documents[0]?.value ?? null));
}

describe('a text is read as the cluster reads it', () => {
  compared.each([
    ['scalars', SCALARS.map((scalar) => `a: ${scalar}\n`)],
    ['keys', KEYS.map((key) => `${key}: x\n`)],
    ['documents', DOCUMENTS],
  ])('%s', (_name, texts) => {
    const answers = peer?.ask(texts.map((yaml) => ({ yaml })));
    texts.forEach((text, index) => {
      const { json = 'refused' } = answers?.[index] ?? {};
      expect([text, ours(text)]).toEqual([text, json]);
    });
  });

  compared('keys given twice are refused, as a strict server does', () => {
    const texts = ['a: 1\na: 2\n', 'a: {b: 1, b: 2}\n', 'yes: 1\ntrue: 2\n', '1: a\n0x1: b\n'];
    const answers = peer?.ask(texts.map((yaml) => ({ yaml })));
    expect(answers?.map(({ error }) => error)).toEqual(
      texts.map(() => expect.stringContaining('already set')),
    );
    expect(texts.map((text) => parseYaml('x.yaml', text).problems.map(({ kind }) => kind))).toEqual(
      texts.map(() => ['duplicate-key']),
    );
  });
});

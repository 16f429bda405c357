import { describe, expect, test } from '@jest/globals';
import { review } from '../../src/engine/review.ts';
import type { FileRule, ManifestRule, Rule } from '../../src/engine/rule.ts';
import { changeOf, type Files } from '../support/change-fixture.ts';
import { policyWith, ruleOf } from '../support/rule-fixture.ts';

const strong: ManifestRule = {
  scope: 'manifest',
  judge: ({ value }) => ('data' in value ? [{ pointer: ['data'], atKey: true, judged: value['data'] }] : []),
};
/** Finds every line that says `secret`. */
const weak: FileRule = {
  scope: 'file',
  judge: ({ text }) =>
    (text ?? '').split('\n').flatMap((line, index) => {
      const at = line.indexOf('secret');
      const start = { line: index + 1, column: at + 1 };
      return at < 0 ? [] : [{ range: { start, end: { ...start, column: at + 7 } }, judged: line }];
    }),
};

function rules(yieldsTo = 'yieldsTo: [strong]'): Rule[] {
  return [
    ruleOf('id: strong\nscope: manifest\ncode: true', strong),
    ruleOf(`id: weak\nscope: file\ncode: true\nmessage: M.\n${yieldsTo}`, weak),
  ];
}

function found(head: Files, base: Files | null = {}, policy = policyWith({}), set = rules()): string[] {
  const report = review(changeOf({ base, head }), set, policy);
  return report.findings.map(({ ruleId, introduced }) => (introduced ? ruleId : `${ruleId} existing`)).sort();
}

const object = (data: string): string => `apiVersion: v1\nkind: X\nmetadata: {name: x}\n${data}`;

describe('a finding yields', () => {
  test('on the line of the other', () => {
    expect(found({ 'a.yaml': object('data: secret\n') })).toEqual(['strong']);
  });
  test('anywhere within the value whose key is named', () => {
    expect(found({ 'a.yaml': object('data: |\n  one\n  secret\n  two\n') })).toEqual(['strong']);
    expect(found({ 'a.yaml': object('data:\n  deep: {er: secret}\n') })).toEqual(['strong']);
  });
});

describe('a finding stays', () => {
  test('when the rule does not say that it yields', () => {
    expect(found({ 'a.yaml': object('data: secret\n') }, {}, policyWith({}), rules('history: true'))).toEqual(
      ['strong', 'weak'],
    );
  });
  test('behind the value', () => {
    expect(found({ 'a.yaml': object('data: x\nother: secret\n') })).toEqual(['strong', 'weak']);
  });
  test('beside it on the same line', () => {
    expect(found({ 'a.yaml': '{apiVersion: v1, kind: X, data: x, other: secret}\n' })).toEqual([
      'strong',
      'weak',
    ]);
  });
  test('in another file', () => {
    expect(found({ 'a.yaml': object('data: x\n'), 'b.yaml': 'a: secret\n' })).toEqual(['strong', 'weak']);
  });
  test('when the other is off', () => {
    expect(found({ 'a.yaml': object('data: secret\n') }, {}, policyWith({ strong: 'off' }))).toEqual([
      'weak',
    ]);
  });
  test('when the other only warns', () => {
    expect(found({ 'a.yaml': object('data: secret\n') }, {}, policyWith({ strong: 'warning' }))).toEqual([
      'strong',
      'weak',
    ]);
  });
  test('when it is introduced and the other is not', () => {
    // The object is the same, and the line got another value by a comment.
    const base = { 'a.yaml': object('data: secret\n') };
    const head = { 'a.yaml': object('data: secret # more\n') };
    expect(found(head, base)).toEqual(['strong existing', 'weak']);
  });
});

test('what both versions have yields on both sides', () => {
  const file = { 'a.yaml': object('data: secret\n') };
  expect(found({ 'a.yaml': object('data: secret\nmore: y\n') }, file)).toEqual(['strong existing']);
});

test('past versions yield to their own commit only', () => {
  const change = changeOf({
    head: {},
    past: [
      { commit: '1'.repeat(40), path: 'a.yaml', content: object('data: secret\n') },
      { commit: '2'.repeat(40), path: 'a.yaml', content: object('x: secret\n') },
    ],
  });
  const set = [
    ruleOf('id: strong\nscope: manifest\ncode: true\nhistory: true', strong),
    ruleOf('id: weak\nscope: file\ncode: true\nmessage: M.\nhistory: true\nyieldsTo: [strong]', weak),
  ];
  const { findings } = review(change, set, policyWith({}));
  expect(findings.map(({ ruleId, subject }) => [ruleId, subject.commit?.[0]]).sort()).toEqual([
    ['strong', '1'],
    ['weak', '2'],
  ]);
});

test('among very many on one line, each to its own', () => {
  const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
  const each: ManifestRule = {
    scope: 'manifest',
    judge: ({ value }) =>
      keys
        .filter((key) => value[key] === 'secret')
        .map((key) => ({ pointer: [key], atKey: true, judged: key })),
  };
  const every: FileRule = {
    scope: 'file',
    judge: ({ text }) =>
      [...(text ?? '').matchAll(/secret|hidden/g)].map(({ index, 0: word }) => {
        const start = { line: 1, column: index + 1 };
        return { range: { start, end: { ...start, column: start.column + word.length } }, judged: index };
      }),
  };
  const set = [
    ruleOf('id: strong\nscope: manifest\ncode: true', each),
    ruleOf('id: weak\nscope: file\ncode: true\nmessage: M.\nyieldsTo: [strong]', every),
  ];
  const fields = keys.map((key, index) => `${key}: ${index % 3 === 0 ? 'hidden' : 'secret'}`);
  const text = `{apiVersion: v1, kind: X, metadata: {name: x}, ${fields.join(', ')}}\n`;
  const report = found({ 'a.yaml': text }, {}, policyWith({}), set);
  expect(report.filter((id) => id === 'weak')).toHaveLength(67);
  expect(report.filter((id) => id === 'strong')).toHaveLength(133);
});

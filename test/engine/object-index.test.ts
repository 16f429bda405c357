import { describe, expect, test } from '@jest/globals';
import { toPolicy } from '../../src/config/policy.ts';
import type { IndexedObject } from '../../src/engine/object-index.ts';
import { review } from '../../src/engine/review.ts';
import type { CodeRule, Rule } from '../../src/engine/rule.ts';
import { changeOf } from '../support/change-fixture.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const KUSTOMIZATION = 'resources: [namespace.yaml]\npatches: [{path: more.yaml}]\n';

/** A rule that reports every object it sees. */
function reporter(seen: IndexedObject[], kinds = ['Namespace']): Rule {
  const code: CodeRule = {
    scope: 'repository',
    kinds,
    context: ['**/kustomization.yaml'],
    judge: (_files, { objects }) => {
      seen.push(...objects.all);
      return objects
        .of('', 'Namespace')
        .map(({ path, position }) => ({ path, manifest: position, pointer: ['metadata', 'name'] }));
    },
  };
  return ruleOf('id: reporter\nscope: repository\ncode: true', code);
}

describe('the index of objects', () => {
  test('holds the kinds that were asked for by path, each with its file, its place in it and its form', () => {
    const seen: IndexedObject[] = [];
    const head = {
      'kustomization.yaml': KUSTOMIZATION,
      'namespace.yaml': `apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n${namespace('web')}`,
      'more.yaml': namespace('web'),
      'list.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'db' } }],
      }),
    };
    const report = review(changeOf({ base: null, head }), [reporter(seen)], toPolicy({}));
    expect(seen.map(({ path, position, name, form }) => [path, position, name, form])).toEqual([
      ['list.json', 0, 'db', 'whole'],
      ['more.yaml', 0, 'web', 'partial'],
      ['namespace.yaml', 1, 'web', 'whole'],
    ]);
    expect(
      report.findings.map(({ subject }) =>
        subject.type === 'file' ? [subject.path, subject.range?.start.line, subject.object?.name] : [],
      ),
    ).toEqual([
      ['list.json', 1, 'db'],
      ['more.yaml', 3, 'web'],
      ['namespace.yaml', 7, 'web'],
    ]);
  });

  test('leaves out what is never deployed', () => {
    const seen: IndexedObject[] = [];
    const head = { 'docs/a.yaml': namespace('a'), 'b.yaml': namespace('b') };
    review(changeOf({ base: null, head }), [reporter(seen)], toPolicy({ exclude: ['docs/**'] }));
    expect(seen.map(({ path }) => path)).toEqual(['b.yaml']);
  });
});

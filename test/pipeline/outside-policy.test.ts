import { describe, expect, test } from '@jest/globals';
import { layered } from '../../src/config/layers.ts';
import type { FileVersion } from '../../src/engine/change.ts';
import { referencesOf, readReference } from '../../src/engine/policy-reference.ts';
import { resolvePolicy, type ResolvedPolicy } from '../../src/pipeline/base-policy.ts';
import type { OutsideAnswer, OutsidePolicies } from '../../src/pipeline/outside-policy.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { fileVersion } from '../support/change-fixture.ts';

const rules = await loadRuleSet();
const OWN = '.github/gitops-warden.yml';

/** A policy of the repository, beside files of other repositories by their reference. */
async function resolved(
  own: string,
  others: Readonly<Record<string, string>> = {},
  organisation: OutsideAnswer | null = null,
): Promise<ResolvedPolicy & { readonly asked: ResolvedPolicy['asked']; readonly reads: string[] }> {
  const reads: string[] = [];
  const outside: OutsidePolicies = {
    organisation:
      organisation === null
        ? null
        : { from: 'owner', required: false, read: () => Promise.resolve(organisation) },
    extended: {
      owner: 'acme',
      read: ({ owner, repository, path, ref }) => {
        const name = `${owner}/${repository}:${path}${ref === null ? '' : `@${ref}`}`;
        reads.push(name);
        const text = others[name];
        return Promise.resolve(
          text === undefined
            ? { state: 'unreadable', reason: 'cannot be read' }
            : { state: 'found', file: { path: name, text } },
        );
      },
    },
  };
  const findInTree = (path: string): Promise<FileVersion | null> =>
    Promise.resolve(path === OWN ? fileVersion(path, own) : null);
  const policy = await resolvePolicy(rules, { override: null, floor: null, outside, findInTree });
  return { ...policy, reads };
}

const messages = ({ problems }: ResolvedPolicy): string[] =>
  problems.map(({ path, line, message }) => `${path}:${String(line)} ${message}`);

describe('layers', () => {
  test('maps are joined, lists and values are taken whole, and nothing of the layers changes', () => {
    const under = {
      rules: { a: 'error', b: { exclude: ['x'] } },
      exclude: ['1', '2'],
      mode: 'report',
    } as const;
    const over = { rules: { a: { exclude: ['y'] }, b: 'off' }, exclude: ['3'], extends: 'o/r:p' } as const;
    const before = structuredClone([under, over]);
    expect(layered([structuredClone(under), structuredClone(over)] as never)).toEqual({
      rules: { a: { severity: 'error', exclude: ['y'] }, b: { severity: 'off', exclude: ['x'] } },
      exclude: ['3'],
      mode: 'report',
    });
    expect([under, over]).toEqual(before);
  });

  test('a key with a dangerous name is a key', () => {
    const dangerous = JSON.parse('{"secrets": {"kinds": {"__proto__": "off"}}}') as never;
    expect(Object.keys(layered([{}, dangerous]).secrets?.kinds ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['secrets']).toBeUndefined();
  });
});

describe('references', () => {
  test.each([
    ['acme/policies:base.yml', { owner: 'acme', repository: 'policies', path: 'base.yml', ref: null }],
    ['acme/policies:a/b.yml@v1.2', { owner: 'acme', repository: 'policies', path: 'a/b.yml', ref: 'v1.2' }],
    [
      'acme/.github:p.yml@release/1',
      { owner: 'acme', repository: '.github', path: 'p.yml', ref: 'release/1' },
    ],
    ['acme/policies:../x.yml', null],
    ['acme/..:x.yml', null],
    ['acme/policies:x.yml@../main', null],
    ['policies:x.yml', null],
  ])('%s', (text, expected) => {
    expect(readReference(text)).toEqual(expected);
  });

  test('one, or a list', () => {
    expect([{}, { extends: 'a' }, { extends: ['a', 'b'] }].map(referencesOf)).toEqual([
      [],
      ['a'],
      ['a', 'b'],
    ]);
  });

  test.each([
    'https://evil.example/x.yml',
    'acme/policies',
    'acme/policies:',
    '-a/b:c',
    'acme/p:a b',
    'a/b:/etc/x',
  ])('%s is no reference', async (text) => {
    const { problems, reads } = await resolved(`extends: ${JSON.stringify(text)}\n`);
    expect(problems).not.toEqual([]);
    expect(reads).toEqual([]);
  });
});

describe('what a policy extends', () => {
  test('later files count before earlier ones, and the own file before all', async () => {
    const others = {
      'acme/p:a.yml': 'rules: {no-open-ingress: info, no-ssh-port: info}\nexclude: [a]\n',
      'acme/p:b.yml': 'extends: acme/p:c.yml\nrules: {no-open-ingress: warning}\n',
      'acme/p:c.yml': 'rules: {no-open-ingress: error, no-sudo: error}\nexclude: [c]\n',
    };
    const { asked, problems, source } = await resolved(
      'extends: [acme/p:a.yml, acme/p:b.yml]\nrules: {no-sudo: info}\n',
      others,
    );
    expect(problems).toEqual([]);
    const levels = [...asked.rules].map(([id, { severity }]) => [id, severity]);
    expect(Object.fromEntries(levels)).toEqual({
      'no-open-ingress': 'warning',
      'no-ssh-port': 'info',
      'no-sudo': 'info',
    });
    expect(asked.exclude).toEqual(['c']);
    expect(source.buildsOn).toEqual(['acme/p:a.yml', 'acme/p:b.yml', 'acme/p:c.yml']);
  });

  test('a chain that is too long, a circle and too many files are mistakes of the line', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`acme/p:${index}.yml`, `extends: acme/p:${index + 1}.yml\n`]),
    );
    const deep = await resolved('version: 1\nextends: acme/p:0.yml\n', chain);
    expect(messages(deep).join()).toMatch(/^\.github\/gitops-warden\.yml:2 .*stands more than 5 files deep/);
    expect(deep.reads).toHaveLength(5);
    const circle = await resolved('extends: acme/p:a.yml\n', {
      'acme/p:a.yml': 'extends: acme/p:b.yml\n',
      'acme/p:b.yml': 'extends: acme/p:a.yml\n',
    });
    expect(messages(circle).join()).toContain('extends itself');
    const fan = (next: string): string =>
      `extends: [${Array.from({ length: 9 }, (_, index) => `acme/p:${next}${index}.yml`).join(', ')}]\n`;
    const many = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        [`acme/p:a${index}.yml`, fan('b')] as const,
        [`acme/p:b${index}.yml`, 'version: 1\n'] as const,
      ]).flat(),
    );
    const wide = await resolved(fan('a'), many);
    expect(messages(wide).join()).toContain('more than 20 files');
    expect(wide.reads.length).toBeLessThanOrEqual(20);
  });

  test('nothing of another owner is asked for, by whatever way', async () => {
    const { problems, reads } = await resolved('extends: acme/p:a.yml\n', {
      'acme/p:a.yml': 'extends: mallory/p:x.yml\n',
    });
    expect(reads).toEqual(['acme/p:a.yml']);
    expect(problems).toMatchObject([{ path: OWN, line: 1 }]);
    expect((await resolved('extends: ACME/p:a.yml\n', { 'ACME/p:a.yml': '{}\n' })).problems).toEqual([]);
  });

  test('environments may come from it, and one that nobody defines is a mistake', async () => {
    const own = (name: string): string =>
      `extends: acme/p:a.yml\nrules:\n  no-sudo:\n    overrides: [{environments: [${name}], severity: info}]\n`;
    const others = { 'acme/p:a.yml': 'environments: {live: {paths: [live]}}\n' };
    expect(messages(await resolved(own('live'), others))).toEqual([]);
    expect(messages(await resolved(own('prod'), others))).toEqual([
      expect.stringMatching(/:4 there is no environment `prod`/),
    ]);
  });
});

describe('what a verdict is bound to', () => {
  const hash = async (...given: Parameters<typeof resolved>): Promise<string> =>
    (await resolved(...given)).source.hash;
  const found = (text: string): OutsideAnswer => ({
    state: 'found',
    file: { path: 'acme/.github:gitops-warden.yml', text },
  });

  test('the floor, what is extended, and that it could not be read', async () => {
    const own = 'extends: acme/p:a.yml\n';
    const hashes = await Promise.all([
      hash('version: 1\n'),
      hash('version: 1\n', {}, found('floor: {mode: enforce, notChecked: fail, rules: {no-sudo: error}}\n')),
      hash('version: 1\n', {}, found('floor: {rules: {no-sudo: warning}}\n')),
      hash('version: 1\n', {}, found('flor: {}\n')),
      hash('version: 1\n', {}, { state: 'unreadable', reason: 'is refused' }),
      hash(own, { 'acme/p:a.yml': 'mode: report\n' }),
      hash(own),
    ]);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('not where an organisation has nothing to say', async () => {
    const plain = await hash('version: 1\n');
    expect(await hash('version: 1\n', {}, found('version: 1\n'))).toBe(plain);
    expect(await hash('version: 1\n', {}, { state: 'absent', reason: 'is not there' })).toBe(plain);
    expect(await hash('version: 1\n', {}, { state: 'hidden', reason: 'cannot be seen' })).toBe(plain);
  });
});

test('while a floor cannot be understood, a repository that only reports does not pass', async () => {
  const invalid: OutsideAnswer = {
    state: 'found',
    file: { path: 'acme/.github:gitops-warden.yml', text: 'x: 1\n' },
  };
  const { policy, problems } = await resolved('mode: report\n', {}, invalid);
  expect(problems).not.toEqual([]);
  expect(policy.mode).toBe('enforce');
  expect((await resolved('mode: report\n')).policy.mode).toBe('report');
});

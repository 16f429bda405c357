import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { Finding } from '../../src/engine/finding.ts';
import { review } from '../../src/engine/review.ts';
import type { FileRule, ManifestRule, RepositoryRule } from '../../src/engine/rule.ts';
import { changeOf, commitOf, type ChangeParts } from '../support/change-fixture.ts';
import { policyWith, ruleOf } from '../support/rule-fixture.ts';

const PRIVILEGED = ruleOf(`id: no-privileged
scope: manifest
target: container
message: "Container \`{container}\` of {kind} \`{name}\` is privileged."
schema:
  type: object
  properties:
    securityContext:
      type: object
      properties:
        privileged:
          enum: [false, null]
`);

const pod = (name: string, containers: readonly string[]): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n${containers.join('')}`;
const container = (name: string, privileged: boolean | 'yes'): string =>
  `    - name: ${name}\n      securityContext:\n        privileged: ${privileged}\n`;

function findingsOf(parts: ChangeParts, rules = [PRIVILEGED], policy = DEFAULT_POLICY): readonly Finding[] {
  return review(changeOf(parts), rules, policy).findings;
}

function brief(findings: readonly Finding[]): unknown[] {
  return findings.map((one) => [
    one.introduced ? 'new' : 'old',
    one.subject.type === 'file'
      ? `${one.subject.path}:${one.subject.range?.start.line ?? '-'}`
      : one.subject.type,
  ]);
}

describe('a schema rule', () => {
  test('flags the value on its line and names the container', () => {
    const head = { 'a.yaml': pod('web', [container('one', false), container('two', 'yes')]) };
    const [finding, ...rest] = findingsOf({ head });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      ruleId: 'no-privileged',
      severity: 'error',
      introduced: true,
      message: 'Container `two` of Pod `web` is privileged. Mend it.',
      subject: {
        path: 'a.yaml',
        range: { start: { line: 12, column: 21 }, end: { line: 12, column: 24 } },
        object: { apiVersion: 'v1', kind: 'Pod', namespace: null, name: 'web' },
      },
    });
  });

  test('a healthy object is silent, and the change passes', () => {
    const report = review(
      changeOf({ head: { 'a.yaml': pod('web', [container('one', false)]) } }),
      [PRIVILEGED],
      DEFAULT_POLICY,
    );
    expect(report.findings).toEqual([]);
    expect(report.conclusion).toBe('success');
    expect(report.stats).toMatchObject({ files: 1, manifests: 1 });
  });
});

describe('introduced or existing', () => {
  const bad = pod('web', [container('one', true)]);

  test('what the base has is existing and does not block', () => {
    const report = review(
      changeOf({ base: { 'a.yaml': bad }, head: { 'a.yaml': `# a new comment\n${bad}` } }),
      [PRIVILEGED],
      DEFAULT_POLICY,
    );
    expect(brief(report.findings)).toEqual([['old', 'a.yaml:10']]);
    expect(report.conclusion).toBe('success');
  });

  test('a second offender in the same file is new', () => {
    const head = { 'a.yaml': pod('web', [container('zero', true), container('one', true)]) };
    expect(brief(findingsOf({ base: { 'a.yaml': bad }, head }))).toEqual([
      ['new', 'a.yaml:9'],
      ['old', 'a.yaml:12'],
    ]);
  });

  test('a copy of the object is new: findings are counted', () => {
    const head = { 'a.yaml': `${bad}---\n${bad}` };
    const findings = findingsOf({ base: { 'a.yaml': bad }, head });
    expect(findings.map((one) => one.introduced)).toEqual([true, false]);
    expect(new Set(findings.map((one) => one.fingerprint)).size).toBe(2);
  });

  test('a renamed file keeps its findings, a copied one does not', () => {
    const renamed = findingsOf({
      base: { 'a.yaml': bad },
      head: { 'b.yaml': bad },
      renames: { 'a.yaml': 'b.yaml' },
    });
    expect(brief(renamed)).toEqual([['old', 'b.yaml:9']]);
    const copied = findingsOf({ base: { 'a.yaml': bad }, head: { 'a.yaml': bad, 'b.yaml': bad } });
    expect(brief(copied)).toEqual([['new', 'b.yaml:9']]);
  });

  test('a file moved out of an excluded folder brings its findings in', () => {
    const policy = { ...DEFAULT_POLICY, exclude: ['docs/**'] };
    const parts = {
      base: { 'docs/a.yaml': bad },
      head: { 'apps/a.yaml': bad },
      renames: { 'docs/a.yaml': 'apps/a.yaml' },
    };
    expect(brief(findingsOf(parts, [PRIVILEGED], policy))).toEqual([['new', 'apps/a.yaml:9']]);
  });

  test('another value in the same place is new', () => {
    const rule = ruleOf('id: no-plain\nscope: manifest\ncode: true\n', {
      scope: 'manifest',
      judge: (manifest) => [
        { pointer: ['data', 'key'], judged: (manifest.value['data'] as { key: unknown }).key },
      ],
    });
    const secret = (value: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  key: ${value}\n`;
    const parts = (head: string): ChangeParts => ({
      base: { 's.yaml': secret('dummy') },
      head: { 's.yaml': head },
    });
    expect(findingsOf(parts(`# x\n${secret('dummy')}`), [rule])[0]?.introduced).toBe(false);
    expect(findingsOf(parts(secret('real')), [rule])[0]?.introduced).toBe(true);
  });

  test('so is another value that the same schema refuses', () => {
    const [worse] = findingsOf({
      base: { 'a.yaml': bad },
      head: { 'a.yaml': bad.replace('privileged: true', 'privileged: always') },
    });
    expect(worse?.introduced).toBe(true);
  });

  test('in a scan everything is new', () => {
    const report = review(changeOf({ base: null, head: { 'a.yaml': bad } }), [PRIVILEGED], DEFAULT_POLICY);
    expect(report.base).toBeNull();
    expect(report.findings[0]?.introduced).toBe(true);
  });

  test('fingerprints survive comments, moved lines, reordered containers and documents', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(names, names, fc.nat(5), (containers, pods, comments) => {
        const noise = '# comment\n'.repeat(comments);
        const file = (podNames: readonly string[], containerNames: readonly string[]): string =>
          podNames
            .map(
              (name) =>
                noise +
                pod(
                  `p-${name}`,
                  containerNames.map((one) => container(`c-${one}`, true)),
                ),
            )
            .join('---\n');
        const prints = (text: string): string[] =>
          findingsOf({ head: { 'a.yaml': text } })
            .map((one) => one.fingerprint)
            .sort();
        const before = prints(file(pods, containers).replaceAll('# comment\n', ''));
        expect(prints(file([...pods].reverse(), [...containers].reverse()))).toEqual(before);
        expect(new Set(before).size).toBe(pods.length * containers.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('past versions', () => {
  const rule = ruleOf('id: no-token\nscope: file\nhistory: true\ncode: true\n', {
    scope: 'file',
    judge: (file) => {
      const found = /token: (\S+)/.exec(file.text ?? '');
      return found === null ? [] : [{ judged: found[1] }];
    },
  } satisfies FileRule);
  const past = (
    content: string,
    commit = 'c'.repeat(40),
  ): { commit: string; path: string; content: string } => ({
    commit,
    path: 'a.yaml',
    content,
  });

  test('what only a commit has is found with that commit', () => {
    const findings = findingsOf({ head: { 'a.yaml': 'a: 1\n' }, past: [past('token: abc\n')] }, [rule]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      introduced: true,
      subject: { commit: 'c'.repeat(40), path: 'a.yaml' },
    });
  });

  test('it is named once, with the first commit, and not again when the head has it', () => {
    const twice = [past('token: abc\n'), past('token: abc\nx: 1\n', 'd'.repeat(40))];
    expect(
      findingsOf({ head: { 'a.yaml': 'a: 1\n' }, past: twice }, [rule]).map((one) => one.subject.commit),
    ).toEqual(['c'.repeat(40)]);
    const standing = findingsOf({ head: { 'b.yaml': 'token: abc\n' }, past: twice }, [rule]);
    expect(standing.map((one) => one.subject.commit)).toEqual([null]);
  });

  test('what the base had already is not blamed on the change', () => {
    const parts = {
      base: { 'a.yaml': 'token: abc\n' },
      head: { 'a.yaml': 'a: 1\n' },
      past: [past('token: abc\nx: 1\n')],
    };
    expect(findingsOf(parts, [rule])).toEqual([]);
  });

  test('rules without history do not look there', () => {
    const bad = pod('web', [container('one', true)]);
    expect(findingsOf({ head: { 'a.yaml': 'a: 1\n' }, past: [past(bad)] })).toEqual([]);
  });
});

describe('other scopes', () => {
  test('a repository rule compares both trees', () => {
    const rule = ruleOf('id: has-owner\nscope: repository\ncode: true\nmessage: "No owner for `{path}`."\n', {
      scope: 'repository',
      judge: (files, context) =>
        context.snapshot.paths.has('OWNERS') ? [] : [...files.keys()].map((path) => ({ path })),
    } satisfies RepositoryRule);
    const parts = { base: { OWNERS: 'x', 'a.yaml': 'a: 1\n' }, head: { 'a.yaml': 'a: 1\n' } };
    expect(brief(findingsOf(parts, [rule]))).toEqual([['new', 'a.yaml:-']]);
    expect(brief(findingsOf({ base: parts.head, head: { 'a.yaml': 'a: 2\n' } }, [rule]))).toEqual([
      ['old', 'a.yaml:-'],
    ]);
  });

  test('commits and pushes', () => {
    const signed = ruleOf(
      'id: signed\nscope: commit\ncode: true\nmessage: "Commit `{commit}` (`{subject}`)."\n',
      {
        scope: 'commit',
        judge: (commit) => (commit.signature.state === 'unsigned' ? [{}] : []),
      },
    );
    const direct = ruleOf('id: direct\nscope: push\ncode: true\nmessage: "`{pusher}` to `{ref}`."\n', {
      scope: 'push',
      judge: () => [{}],
    });
    const push = {
      ref: 'refs/heads/main',
      before: 'b'.repeat(40),
      after: 'a'.repeat(40),
      forced: false,
      deleted: false,
      pusher: 'eve',
    };
    const findings = findingsOf(
      { head: {}, commits: [commitOf({ sha: 'f'.repeat(40), subject: 'x' })], push },
      [signed, direct],
    );
    expect(findings.map((one) => one.message)).toEqual([
      '`eve` to `refs/heads/main`. Mend it.',
      'Commit `ffffffffffff` (`x`). Mend it.',
    ]);
  });
});

describe('what could not be judged', () => {
  const crashing = ruleOf('id: crash\nscope: manifest\ncode: true\n', {
    scope: 'manifest',
    judge: (manifest) => {
      throw new TypeError(`cannot read ${JSON.stringify(manifest.value)}`);
    },
  } satisfies ManifestRule);
  const secretValue = ['correct', 'horse', 'battery'].join('-');

  test('a rule that throws is a failure, quotes nothing, and the other rules run', () => {
    const head = { 'a.yaml': `${pod('web', [container('one', true)])}  x: ${secretValue}\n` };
    const report = review(changeOf({ head }), [crashing, PRIVILEGED], DEFAULT_POLICY);
    expect(report.failures).toEqual([
      {
        ruleId: 'crash',
        path: 'a.yaml',
        reason: 'the rule stopped with TypeError; this is a fault of the rule',
      },
    ]);
    expect(report.findings).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain(secretValue);
  });

  test.each([
    ['deep nesting', '['.repeat(1000)],
    ['broken YAML that no rule reports', 'a: [\n'],
    ['bytes that are no text', new Uint8Array([0x61, 0x80, 0x81])],
  ])('%s fails closed', (_name, content) => {
    const report = review(changeOf({ head: { 'a.yaml': content } }), [PRIVILEGED], DEFAULT_POLICY);
    expect(report.notChecked).toEqual([{ path: 'a.yaml', reason: expect.any(String), blocks: true }]);
    expect(report.conclusion).toBe('failure');
    const lenient = review(changeOf({ head: { 'a.yaml': content } }), [PRIVILEGED], {
      ...DEFAULT_POLICY,
      notChecked: 'warn',
    });
    expect(lenient.conclusion).toBe('success');
    expect(lenient.notChecked).toHaveLength(1);
  });

  test('an excluded file need not be readable', () => {
    const policy = { ...DEFAULT_POLICY, exclude: ['a.yaml'] };
    expect(review(changeOf({ head: { 'a.yaml': 'a: [\n' } }), [PRIVILEGED], policy).notChecked).toEqual([]);
  });

  test.each([
    [
      'a chart',
      { 'chart/Chart.yaml': 'name: x\n', 'chart/templates/a.yaml': 'a: {{ .x }}\n' },
      'chart/templates/a.yaml',
    ],
    ['Go template actions', { 'a.yaml': 'a: {{ .Values.x }}\n{{ if }}\n' }, 'a.yaml'],
    ['Jinja', { 'a.yaml': '{% for x in y %}\na: 1\n{% endfor %}\n' }, 'a.yaml'],
  ])('a template is named, and is no failure: %s', (_name, head, path) => {
    const report = review(changeOf({ head }), [PRIVILEGED], DEFAULT_POLICY);
    expect(report.notChecked.map((one) => [one.path, one.blocks])).toEqual([[path, false]]);
    expect(report.conclusion).toBe('success');
  });

  test('a comment with braces makes no template', () => {
    const report = review(
      changeOf({ head: { 'a.yaml': '# {{ x }}\na: [\n' } }),
      [PRIVILEGED],
      DEFAULT_POLICY,
    );
    expect(report.notChecked[0]?.blocks).toBe(true);
  });

  test('JSON that is no manifest may be as loose as it likes', () => {
    const report = review(
      changeOf({ head: { 'tsconfig.json': '{ // comment\n "a": 1, }\n' } }),
      [PRIVILEGED],
      DEFAULT_POLICY,
    );
    expect(report.notChecked).toEqual([]);
  });

  test('UTF-16 with a byte order mark is read as the cluster reads it', () => {
    const text = pod('web', [container('one', true)]);
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    expect(findingsOf({ head: { 'a.yaml': utf16 } })).toHaveLength(1);
  });
});

describe('the verdict', () => {
  const bad = { 'a.yaml': pod('web', [container('one', true)]) };

  test('errors block, warnings do not, report mode passes and says so, off is off', () => {
    const verdict = (policy = DEFAULT_POLICY): [string, boolean, number] => {
      const report = review(changeOf({ head: bad }), [PRIVILEGED], policy);
      return [report.conclusion, report.reportOnly, report.findings.length];
    };
    expect(verdict()).toEqual(['failure', false, 1]);
    expect(verdict(policyWith({ 'no-privileged': 'warning' }))).toEqual(['success', false, 1]);
    expect(verdict(policyWith({}, { mode: 'report' }))).toEqual(['success', true, 1]);
    expect(verdict(policyWith({ 'no-privileged': 'off' }))).toEqual(['success', false, 0]);
  });

  test('problems in the configuration of the base fail the change', () => {
    const configProblems = [{ path: 'p', line: 3, message: 'm' }];
    const report = review(changeOf({ head: {} }), [], DEFAULT_POLICY, { configProblems });
    expect(report.conclusion).toBe('failure');
  });

  test('names from the repository cannot leave their code span or the line', () => {
    const name = '"`@team\\n\\u202e<b>"';
    const [finding] = findingsOf({ head: { 'a.yaml': pod('web', [container(name, true)]) } });
    expect(finding?.message).toBe(
      "Container `'@team\\u{a}\\u{202e}<b>` of Pod `web` is privileged. Mend it.",
    );
  });
});

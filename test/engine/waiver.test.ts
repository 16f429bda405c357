import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { createValueDigest } from '../../src/engine/fingerprint.ts';
import type { Report } from '../../src/engine/report.ts';
import { review } from '../../src/engine/review.ts';
import type { Waiver, WaiverScope } from '../../src/engine/waiver.ts';
import { changeOf, commitOf, type ChangeParts } from '../support/change-fixture.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const PRIVILEGED = ruleOf(`id: no-privileged
scope: manifest
target: container
schema: {properties: {securityContext: {properties: {privileged: {enum: [false, null]}}}}}
`);
const TAG = ruleOf(`id: no-latest
scope: manifest
target: container
schema: {properties: {image: {not: {pattern: ':latest$'}}}}
`);
const NEVER = ruleOf(`id: no-host
waivable: false
scope: manifest
target: podSpec
schema: {properties: {hostNetwork: {enum: [false]}}}
`);
const SECRET = ruleOf(`id: no-word
category: secrets
scope: manifest
schema: {properties: {word: false}}
`);
const RULES = [PRIVILEGED, TAG, NEVER, SECRET];

const DIGEST = createValueDigest(new Uint8Array(32));
const TODAY = '2027-03-10';

const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n${spec}`;
const container = (image = 'web:1', privileged = true): string =>
  `  containers:\n    - name: web\n      image: ${image}\n      securityContext: {privileged: ${String(privileged)}}\n`;
const BAD = { 'apps/web.yaml': pod(container()) };

function judge(parts: ChangeParts, waivers: readonly Waiver[] = [], policy = DEFAULT_POLICY): Report {
  return review(changeOf(parts), RULES, policy, { waivers, today: TODAY, digest: DIGEST });
}

function waiver(scope: WaiverScope, more: Partial<Waiver> = {}): Waiver {
  return { scope, reason: 'The old agent.', approver: 'ada', until: TODAY, origin: 'file', ...more };
}
const ofRule = (ruleId = 'no-privileged', ...paths: string[]): WaiverScope => ({
  type: 'rule',
  ruleId,
  paths,
});

const left = ({ findings }: Report): string[] => findings.map(({ ruleId }) => ruleId);
const setAside = ({ waived }: Report): string[] => waived.map(({ finding }) => finding.ruleId);

describe('a waiver', () => {
  test('of a rule sets its findings aside, on its last day too, and they stay in the report', () => {
    const report = judge({ head: BAD }, [waiver(ofRule())]);
    expect(report.conclusion).toBe('success');
    expect(left(report)).toEqual([]);
    expect(report.waived).toMatchObject([
      { reason: 'The old agent.', approver: 'ada', until: TODAY, origin: 'file', scope: 'rule' },
    ]);
    expect(report.waived[0]?.finding.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each<[string, WaiverScope, boolean]>([
    ['of another rule', ofRule('no-latest'), false],
    ['of the rule in these paths', ofRule('no-privileged', 'other/**', 'apps/*'), true],
    ['of the rule in other paths', ofRule('no-privileged', 'other/**'), false],
    ['of another finding', { type: 'finding', fingerprint: 'f'.repeat(32), digest: null }, false],
  ])('%s', (_, scope, isCovered) => {
    expect(judge({ head: BAD }, [waiver(scope)]).conclusion).toBe(isCovered ? 'success' : 'failure');
  });

  test('of one finding holds for it alone, and with a digest for its value alone', () => {
    const [finding] = judge({ head: { 'a.yaml': pod(container('web:latest', false)) } }).findings;
    const { fingerprint = '', valueDigest = '' } = finding ?? {};
    const own = waiver({ type: 'finding', fingerprint, digest: valueDigest });
    const same = judge({ head: { 'a.yaml': pod(container('web:latest', false)) } }, [own]);
    expect([same.conclusion, same.waived[0]?.scope]).toEqual(['success', 'finding']);
    const other = { 'a.yaml': pod(container('evil:latest', false)) };
    expect(judge({ head: other }, [own]).conclusion).toBe('failure');
    const whatever = waiver({ type: 'finding', fingerprint, digest: null });
    expect(judge({ head: other }, [whatever]).conclusion).toBe('success');
    expect(judge({ head: { 'b.yaml': pod(container('web:latest', false)) } }, [whatever]).conclusion).toBe(
      'failure',
    );
  });

  test('that has ended does not count, and the finding says so and whom to ask', () => {
    const report = judge({ head: BAD }, [waiver(ofRule(), { until: '2027-03-09' })]);
    expect(report.conclusion).toBe('failure');
    expect(report.findings[0]?.message).toMatch(
      /The waiver for it ended on 2027-03-09\. `ada` gave it: .* waiver file/,
    );
    expect(report.findings[0]?.lapsed).toEqual({ approver: 'ada', until: '2027-03-09', origin: 'file' });
  });

  test('the one that ends last counts', () => {
    const old = waiver(ofRule(), { until: '2026-01-01', approver: 'old' });
    const renewed = waiver(ofRule(), { until: '2028-01-01', approver: 'new' });
    const endless = waiver(ofRule(), { until: null, approver: 'endless' });
    expect(judge({ head: BAD }, [old, renewed]).waived[0]?.approver).toBe('new');
    expect(judge({ head: BAD }, [endless, renewed, old]).waived[0]?.approver).toBe('endless');
  });

  test('an approver cannot end the code span in which his name stands', () => {
    const report = judge({ head: BAD }, [waiver(ofRule(), { until: '2026-01-01', approver: 'a`b\n@c' })]);
    expect(report.findings[0]?.message).toContain("`a'b\\u{a}@c` gave it");
  });

  test('of a rule that cannot be waived does not count: by the rule itself, by the policy, for all', () => {
    const host = { 'a.yaml': pod('  hostNetwork: true\n  containers: []\n') };
    const report = judge({ head: host }, [waiver(ofRule('no-host'))]);
    expect(report.conclusion).toBe('failure');
    expect(report.findings[0]?.message).toContain('findings of this rule cannot be waived here');
    for (const unwaivable of [['no-privileged'], ['*']]) {
      const policy = { ...DEFAULT_POLICY, waivers: { ...DEFAULT_POLICY.waivers, unwaivable } };
      expect(judge({ head: BAD }, [waiver(ofRule())], policy).conclusion).toBe('failure');
    }
  });

  test('does not touch what was there before, which blocks nobody', () => {
    const base = BAD;
    const head = { 'apps/web.yaml': pod(container('web:2')) };
    const report = judge({ base, head }, [waiver(ofRule())]);
    expect([left(report), setAside(report)]).toEqual([['no-privileged'], []]);
  });

  test('waives no failure and nothing that was not checked', () => {
    const broken = { ...PRIVILEGED, definition: { ...PRIVILEGED.definition, schema: null } };
    const report = review(changeOf({ head: BAD }), [broken], DEFAULT_POLICY, {
      waivers: [waiver(ofRule())],
      today: TODAY,
    });
    expect([report.conclusion, report.failures.length]).toEqual(['failure', 1]);
  });

  test('in paths covers nothing that stands in no file', () => {
    const signed = ruleOf('id: signed\nscope: commit\ncode: true\n', {
      scope: 'commit',
      judge: () => [{}],
    });
    const change = changeOf({ head: {}, commits: [commitOf({ sha: 'c'.repeat(40) })] });
    const run = (...paths: string[]): string =>
      review(change, [signed], DEFAULT_POLICY, {
        waivers: [waiver(ofRule('signed', ...paths))],
        today: TODAY,
      }).conclusion;
    expect([run('**'), run()]).toEqual(['failure', 'success']);
  });
});

describe('a comment gitops-warden:ignore', () => {
  const tagged = (image: string, comment: string): Record<string, string> => ({
    'a.yaml': pod(`  containers:\n    - name: web\n      image: ${image} ${comment}\n`),
  });
  const IGNORE = '# gitops-warden:ignore no-latest the vendor publishes no other tag';

  test('that a change brings does not count, and the finding says how to have it accepted', () => {
    const report = judge({ base: {}, head: tagged('web:latest', IGNORE) });
    expect([report.conclusion, setAside(report)]).toEqual(['failure', []]);
    const [finding] = report.findings;
    expect(finding?.message).toContain('The comment `gitops-warden:ignore` on line 7 is not in force yet');
    expect(finding?.message).toContain(`/warden waive ${finding?.fingerprint.slice(0, 12) ?? ''} because`);
  });

  test('that the base has for this finding holds for another value', () => {
    const report = judge({ base: tagged('web:latest', IGNORE), head: tagged('v2/web:latest', IGNORE) });
    expect(report.conclusion).toBe('success');
    expect(report.waived).toMatchObject([
      { origin: 'inline', until: null, reason: 'the vendor publishes no other tag' },
    ]);
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    [
      'was for another finding',
      tagged('web:latest', IGNORE),
      {
        'a.yaml': pod(`  containers:\n    - name: other\n      image: web:latest ${IGNORE}\n`),
      },
    ],
    ['is new on a value that is new', tagged('web:latest', ''), tagged('v2/web:latest', IGNORE)],
    ['is gone from the head', tagged('web:latest', IGNORE), tagged('v2/web:latest', '')],
    [
      'names another rule',
      tagged('web:latest', '# gitops-warden:ignore no-other the vendor has no tag'),
      tagged('v2/web:latest', '# gitops-warden:ignore no-other the vendor has no tag'),
    ],
    [
      'stands in a string',
      tagged(`"web:latest"`, ''),
      {
        'a.yaml': pod(
          `  note: "# gitops-warden:ignore no-latest because it should be"\n  containers:\n    - name: web\n      image: v2/web:latest\n`,
        ),
      },
    ],
  ])('does not count when it %s', (_, base, head) => {
    expect(judge({ base, head }).conclusion).toBe('failure');
  });

  test('needs a reason, and says so', () => {
    const bare = '# gitops-warden:ignore no-latest';
    const report = judge({ base: tagged('web:latest', bare), head: tagged('v2/web:latest', bare) });
    expect(report.findings[0]?.message).toContain('why this may stay');
  });

  test('above the line, with other comments in between, means the next line', () => {
    const above = (image: string): Record<string, string> => ({
      'a.yaml': pod(`  containers:\n    - name: web\n      ${IGNORE}\n      # TODO\n      image: ${image}\n`),
    });
    expect(judge({ base: above('web:latest'), head: above('v2/web:latest') }).conclusion).toBe('success');
    const behind = (image: string): Record<string, string> => ({
      'a.yaml': pod(`  containers:\n    - name: web ${IGNORE}\n      image: ${image}\n`),
    });
    expect(judge({ base: behind('web:latest'), head: behind('v2/web:latest') }).conclusion).toBe('failure');
  });

  test('counts in a scan, where nobody excuses a change of his own', () => {
    const report = judge({ base: null, head: tagged('web:latest', IGNORE) });
    expect([report.conclusion, setAside(report)]).toEqual(['success', ['no-latest']]);
  });

  test('cannot turn an accepted dummy into a real secret', () => {
    const word = (text: string): Record<string, string> => ({
      'a.yaml': `apiVersion: v1\nkind: Note\nmetadata: {name: n}\nword: ${text} # gitops-warden:ignore no-word it is a dummy only\n`,
    });
    const report = judge({ base: word('dummy'), head: word('real') });
    expect(report.conclusion).toBe('failure');
    expect(report.findings[0]?.message).toContain('cannot be set aside by a comment');
    expect(judge({ base: null, head: word('dummy') }).conclusion).toBe('success');
  });

  test('does not count for a rule that cannot be waived', () => {
    const host = (more: string): Record<string, string> => ({
      'a.yaml': pod(
        `  hostNetwork: ${more} # gitops-warden:ignore no-host the node agent needs it\n  containers: []\n`,
      ),
    });
    expect(judge({ base: null, head: host('true') }).conclusion).toBe('failure');
  });

  test('a waiver sets aside what a comment does not', () => {
    const head = tagged('web:latest', IGNORE);
    expect(judge({ base: {}, head }, [waiver(ofRule('no-latest'))]).conclusion).toBe('success');
  });
});

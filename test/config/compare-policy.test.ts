import { describe, expect, test } from '@jest/globals';
import { comparePolicies } from '../../src/config/compare/compare-policy.ts';
import { opposite } from '../../src/config/compare/difference.ts';
import { applyFloor, toPolicy } from '../../src/config/policy.ts';
import type { PolicyFile } from '../../src/engine/policy-file.ts';
import { POLICY_SCHEMA } from '../../src/engine/policy-file.ts';
import { settingOf, type PolicyDifference } from '../../src/engine/policy-difference.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const RULES = [
  ruleOf('id: signed-commits\nseverity: warning\nscope: commit\ncode: true\n'),
  ruleOf('id: loose\nseverity: info\nprofiles: {strict: error, essential: off}\nscope: file\ncode: true\n'),
  ruleOf('id: firm\nseverity: error\nscope: file\ncode: true\n'),
];
const definitions = new Map(RULES.map(({ definition }) => [definition.id, definition]));

/** Small pieces of policies, several for each setting; what a test needs is made of some of them. */
const PIECES: readonly PolicyFile[] = [
  { profile: 'strict' },
  { profile: 'essential' },
  { mode: 'report' },
  { notChecked: 'warn' },
  { rules: { loose: 'error' } },
  { rules: { loose: 'off', firm: { exclude: ['a/**', 'b/**'] } } },
  { rules: { firm: { severity: 'warning', exclude: ['b/**'] } } },
  { rules: { firm: { overrides: [{ environments: ['production'], severity: 'info' }] } } },
  {
    rules: {
      firm: {
        overrides: [
          { kinds: ['v1/Secret'], severity: 'error' },
          { environments: ['production'], severity: 'off' },
        ],
      },
    },
  },
  { rules: { loose: { parameters: { limit: 3 } } } },
  { rules: { loose: { parameters: { limit: 4 } } } },
  { exclude: ['docs/**'] },
  { environments: { production: { paths: ['prod/**'], clusters: ['a'] } } },
  { environments: { production: { paths: ['prod/**', 'live/**'], kubernetes: ['1.34'] }, qa: {} } },
  { kubernetes: ['1.33'] },
  { kubernetes: ['1.33', '1.34'] },
  { branches: { protected: ['release/*'] } },
  { signatures: { require: 'signed' } },
  { signatures: { require: 'allowed-signer', groups: { a: ['a@b.c'] }, signers: ['a'], webFlow: 'merges' } },
  { signatures: { paths: [{ paths: ['x'], groups: ['a'] }], groups: { a: ['d@e.f'] }, webFlow: 'always' } },
  { signatures: { identity: 'author', github: { verdict: false, accountKeys: true }, tags: ['v*'] } },
  {
    signatures: { identity: 'both', userPresence: 'optional', expiredKeys: 'now', retiredKeys: 'at-signing' },
  },
  { signatures: { keys: { openpgp: 'elsewhere' } } },
  { secrets: { exclude: ['samples/**'], kinds: { a: 'off', '*': 'warning' }, decodeDepth: 2 } },
  { secrets: { kinds: { a: 'error' }, entropy: { a: 3 }, inlineAllow: true, baseline: 'known.json' } },
  { secrets: { entropy: { a: 4 }, inlineAllow: false, baseline: 'other.json', rules: ['more.toml'] } },
  { secrets: { allow: [{ fingerprint: `hmac:${'0'.repeat(32)}`, reason: 'r' }] } },
  { secrets: { corrections: { anchoredAllowlists: false } } },
  { waivers: { maxDays: 30, unwaivable: ['loose'], allow: { permission: 'admin' } } },
  { waivers: { maxDays: 400, unwaivable: ['*'], allow: { users: ['ada'] } } },
  { pushes: { allow: { users: ['ada', 7], apps: ['renovate'] } } },
  { comments: { limit: 5 }, reports: { codeScanning: true } },
  { posture: { dashboard: 'never', accept: { 'secret-scanning': 'Our own scanner does it.' } } },
];

const compare = (before: PolicyFile, after: PolicyFile): PolicyDifference[] =>
  comparePolicies(toPolicy(before), toPolicy(after), definitions);

/** As tests read it: the setting, what becomes of it, and from what to what. */
const told = (differences: readonly PolicyDifference[]): string[] =>
  differences.map((one) => `${settingOf(one)} ${one.effect}: ${one.before ?? '-'} > ${one.after ?? '-'}`);

const mirrored = (differences: readonly PolicyDifference[]): string[] =>
  told(
    differences.map((one) => ({
      ...one,
      effect: opposite(one.effect),
      before: one.after,
      after: one.before,
    })),
  ).sort();

/** All pieces, and pairs of them in one file where they do not speak of the same section. */
const FILES: readonly PolicyFile[] = [
  {},
  ...PIECES,
  ...PIECES.flatMap((a) => PIECES.map((b): PolicyFile => ({ ...a, ...b }))),
];

/** A number that looks random and is the same in every run. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

describe('two policies', () => {
  test('that are alike differ in nothing', () => {
    for (const file of FILES) expect(told(compare(file, structuredClone(file)))).toEqual([]);
  });

  test('that are not differ in something, and what is weaker one way is stricter the other', () => {
    const random = numbers(7);
    const pick = (): PolicyFile => FILES[(random.next().value as number) % FILES.length] ?? {};
    for (let run = 0; run < 2_000; run += 1) {
      const [a, b] = [pick(), pick()];
      const there = compare(a, b);
      expect({ a, b, told: told(there).sort() }).toEqual({ a, b, told: mirrored(compare(b, a)) });
    }
  });

  test.each(PIECES.map((piece) => [JSON.stringify(piece), piece] as const))('%s is told', (_name, piece) => {
    // Another `production` than the usual one; a setting that says what holds anyway is no difference.
    expect(compare({}, piece).length).toBeGreaterThan(0);
  });

  test('every setting of a policy is among the pieces, and so compared', () => {
    const settings = Object.keys(POLICY_SCHEMA.properties).filter(
      (name) => !['version', 'extends'].includes(name),
    );
    expect([...new Set(PIECES.flatMap((piece) => Object.keys(piece)))].sort()).toEqual(settings.sort());
  });
});

describe('which one is the weaker', () => {
  test.each<[PolicyFile, PolicyFile, string]>([
    [{ profile: 'strict' }, { profile: 'recommended' }, 'profile weaker: strict > recommended'],
    [{}, { mode: 'report' }, 'mode weaker: enforce > report'],
    [{ rules: { firm: 'error' } }, {}, ''],
    [{ rules: { firm: 'error' } }, { rules: { firm: 'off' } }, 'rules.firm.severity weaker: error > off'],
    [{}, { rules: { firm: { exclude: ['x'] } } }, 'rules.firm.exclude weaker: - > x'],
    [
      {},
      { rules: { firm: { overrides: [{ paths: ['x'], severity: 'info' }] } } },
      'rules.firm.overrides weaker: - > paths x: info',
    ],
    [
      { rules: { loose: { overrides: [{ paths: ['x'], severity: 'error' }] } } },
      {},
      'rules.loose.overrides weaker: paths x: error > -',
    ],
    [{ kubernetes: ['1.33', '1.34'] }, { kubernetes: ['1.34'] }, 'kubernetes weaker: 1.33 > -'],
    [
      { environments: { production: { paths: ['a', 'b'] } } },
      { environments: { production: { paths: ['a'] } } },
      'environments.production.paths weaker: b > -',
    ],
    [
      { environments: { qa: { paths: ['a'] } }, rules: { firm: quietInQa() } },
      { environments: { qa: { paths: ['a', 'b'] } }, rules: { firm: quietInQa() } },
      'environments.qa.paths other: - > b',
    ],
    [
      {},
      { signatures: { github: { accountKeys: true } } },
      'signatures.github.accountKeys weaker: false > true',
    ],
    [{}, { secrets: { decodeDepth: 0 } }, 'secrets.decodeDepth weaker: 5 > 0'],
    [{ secrets: { kinds: { '*': 'off' } } }, {}, 'secrets.kinds.* stricter: off > error'],
    [
      { secrets: { entropy: { a: 3 } } },
      { secrets: { entropy: { a: 4 } } },
      'secrets.entropy.a weaker: 3 > 4',
    ],
  ])('%j, then %j', (before, after, expected) => {
    expect(told(compare(before, after)).join('\n')).toBe(expected);
  });

  test('a floor that holds lets nothing become weaker', () => {
    const floor: PolicyFile = { mode: 'enforce', rules: { firm: 'error' }, notChecked: 'fail' };
    const raised = (file: PolicyFile) =>
      applyFloor(
        toPolicy(file),
        floor,
        RULES.map((rule) => rule.definition),
      );
    const weak: PolicyFile = {
      mode: 'report',
      rules: { firm: { severity: 'off', exclude: ['x'] } },
      notChecked: 'warn',
    };
    expect(told(comparePolicies(raised({}), raised(weak), definitions))).toEqual([]);
    expect(told(comparePolicies(toPolicy({}), toPolicy(weak), definitions)).length).toBeGreaterThan(2);
  });
});

function quietInQa(): NonNullable<PolicyFile['rules']>[string] {
  return { overrides: [{ environments: ['qa'], severity: 'info' }] };
}

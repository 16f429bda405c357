import { describe, expect, test } from '@jest/globals';
import { applyFloor, DEFAULT_POLICY, toPolicy } from '../../src/config/policy.ts';
import { readPolicyFile, type PolicyFile } from '../../src/engine/policy-file.ts';
import { mayBeWaived } from '../../src/engine/waiver-policy.ts';

const NOBODY = { permission: null, roles: [], teams: [], users: [], codeOwners: false };
const waiversOf = (own: PolicyFile, floor: PolicyFile = {}): (typeof DEFAULT_POLICY)['waivers'] =>
  applyFloor(toPolicy(own), floor, []).waivers;

describe('the policy on waivers', () => {
  test('without one, maintainers give them, for 90 days', () => {
    expect(DEFAULT_POLICY.waivers).toEqual({
      approvers: [{ ...NOBODY, permission: 'maintain' }],
      maxDays: 90,
      unwaivable: [],
    });
    expect(waiversOf({ waivers: { maxDays: 7 } }).approvers).toEqual([{ ...NOBODY, permission: 'maintain' }]);
  });

  test('who is named takes the place of the default; nobody can be named', () => {
    expect(waiversOf({ waivers: { allow: { teams: ['security'] } } }).approvers).toEqual([
      { ...NOBODY, teams: ['security'] },
    ]);
    expect(waiversOf({ waivers: { allow: {} } }).approvers).toEqual([NOBODY]);
  });

  test('the floor makes it stricter and never weaker', () => {
    const own = { waivers: { allow: { users: ['ada'] }, maxDays: 30, unwaivable: ['no-x'] } };
    const floor: PolicyFile = {
      waivers: { allow: { permission: 'admin' }, maxDays: 365, unwaivable: ['no-y'] },
    };
    expect(waiversOf(own, floor)).toEqual({
      approvers: [
        { ...NOBODY, users: ['ada'] },
        { ...NOBODY, permission: 'admin' },
      ],
      maxDays: 30,
      unwaivable: ['no-x', 'no-y'],
    });
    expect(waiversOf(own, { waivers: { maxDays: 5 } }).maxDays).toBe(5);
    expect(waiversOf(own, {})).toEqual(waiversOf(own));
  });

  test.each<[string, RegExp]>([
    ['waivers: {allow: {permission: read}}', /must be one of `write`, `maintain`, `admin`/],
    ['waivers: {allow: {team: [x]}}', /unknown key `team`.*did you mean `teams`/],
    ['waivers: {allow: {users: ["a b"]}}', /pattern/],
    ['waivers: {allow: {teams: ["a/b/c"]}}', /pattern/],
    ['waivers: {maxDays: 0}', />= 1/],
    ['waivers:\n  unwaivable:\n    - no-x\n    - no-z', /there is no rule `no-z`/],
  ])('%s is a mistake', (text, message) => {
    const { problems } = readPolicyFile('p.yml', text, new Map([['no-x', new Map()]]));
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
    expect(problems[0]?.line).toBe(text.split('\n').length);
  });
});

test.each<[readonly string[], boolean, boolean]>([
  [[], true, true],
  [[], false, false],
  [['no-x'], true, false],
  [['no-y'], true, true],
  [['*'], true, false],
])('with %j unwaivable, a rule that is waivable: %s, may be waived: %s', (unwaivable, waivable, may) => {
  expect(mayBeWaived({ unwaivable }, { id: 'no-x', waivable })).toBe(may);
});

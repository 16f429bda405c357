import { describe, expect, test } from '@jest/globals';
import { applyFloor, DEFAULT_POLICY, toPolicy } from '../../src/config/policy.ts';
import { levelOf } from '../../src/engine/active-rules.ts';
import { readPolicyFile, type PolicyFile } from '../../src/engine/policy-file.ts';
import type { SignaturePolicy } from '../../src/engine/policy.ts';
import { ruleOf } from '../support/rule-fixture.ts';

const RULES = new Map([['signed-commits', new Map()]]);
const { definition } = ruleOf('id: signed-commits\nscope: commit\nseverity: warning\ncode: true\n');

function read(text: string): PolicyFile {
  const { value, problems } = readPolicyFile('p.yml', text, RULES);
  if (value === null) throw new Error(JSON.stringify(problems));
  return value;
}

const signaturesOf = (text: string): SignaturePolicy =>
  toPolicy(read(`signatures:\n  ${text.replaceAll('\n', '\n  ')}\n`)).signatures;
const raised = (own: string, floor: string): SignaturePolicy =>
  applyFloor(toPolicy(read(`signatures: ${own}\n`)), read(`signatures: ${floor}\n`), [definition]).signatures;

describe('the section signatures', () => {
  test('has defaults, and groups are resolved', () => {
    expect(toPolicy({}).signatures).toEqual(DEFAULT_POLICY.signatures);
    const read = signaturesOf(
      'groups: {a: [x@y.z], b: ["*@b.c", "github:bot[bot]"]}\nsigners: [a, q@r.s]\npaths: [{paths: ["p/**"], groups: [a, b]}]',
    );
    expect(read.signers).toEqual([['x@y.z', 'q@r.s']]);
    expect(read.paths).toEqual([
      { paths: ['p/**'], groups: ['a', 'b'], signers: ['x@y.z', '*@b.c', 'github:bot[bot]'] },
    ]);
  });

  test.each([
    ['require: verified', 'error'],
    ['require: none', undefined],
    ['groups: {a: [x@y.z]}\n  paths: [{paths: [p], groups: [a]}]', 'error'],
  ])('%s makes the rule an error, or leaves it', (text, severity) => {
    expect(toPolicy(read(`signatures:\n  ${text}\n`)).rules.get('signed-commits')?.severity).toBe(severity);
  });

  test.each([
    [
      'signers: [platfrom]\n  groups: {platform: [a@b.c]}',
      2,
      /`platfrom` is neither a group nor a signer; did you mean `platform`/,
    ],
    ['signers: [someone]', 2, /neither a group nor a signer; write an address/],
    ['groups: {a: [nobody]}', 2, /`nobody` names no signer/],
    ['groups: {"a@b.c": [a@b.c]}', 2, /cannot be the name of a group/],
    ['paths: [{paths: [p], groups: [gone]}]', 2, /there is no group `gone`/],
    ['paths: [{groups: [a]}]', 2, /lacks `paths`/],
    ['signers: []', 2, /must NOT have fewer than 1 items/],
    ['require: allowed', 2, /must be one of/],
    ['identiy: none', 2, /unknown key `identiy`.*did you mean `identity`/],
    ['keys: {openpgp: /etc/keys}', 2, /must match pattern/],
    ['keys: {openpgp: ../keys}', 2, /no place in the repository/],
    ['keys: {openpgp: .github/allowed_signers/x}', 2, /stands in, the place of other keys/],
    ['groups: {a: ["SHA256:short"]}', 2, /names no signer/],
  ] as const)('%j: a problem with its line', (text, line, message) => {
    const { problems } = readPolicyFile('p.yml', `signatures:\n  ${text}\n`, RULES);
    expect(problems[0]?.message).toMatch(message);
    expect(problems[0]?.line).toBe(line);
  });
});

describe('a requirement, and a rule that would not enforce it', () => {
  const problemsOf = (text: string) => readPolicyFile('p.yml', text, RULES).problems;

  test.each([
    [
      'off',
      'require: allowed-signer',
      '`off`, so nothing that `signatures.require: allowed-signer` asks for',
    ],
    ['warning', 'require: signed', '`warning`, so nothing that `signatures.require: signed` asks for'],
    ['{severity: info}', 'require: verified', '`info`, so nothing'],
    [
      'info',
      'groups: {a: [a@b.c]}\n  paths: [{paths: [x], groups: [a]}]',
      'that `signatures.paths` asks for',
    ],
  ])('signed-commits: %s beside %s', (level, section, says) => {
    const problems = problemsOf(`rules:\n  signed-commits: ${level}\nsignatures:\n  ${section}\n`);
    expect(problems).toEqual([{ path: 'p.yml', line: 2, message: expect.stringContaining(says) }]);
  });

  test.each([
    ['error', 'require: signed'],
    ['{exclude: [docs]}', 'require: signed'],
    ['off', 'require: none'],
    ['warning', 'identity: none'],
  ])('signed-commits: %s beside %s is fine', (level, section) => {
    expect(problemsOf(`rules:\n  signed-commits: ${level}\nsignatures:\n  ${section}\n`)).toEqual([]);
  });
});

describe('the floor', () => {
  test.each<[string, string, string, keyof SignaturePolicy, unknown]>([
    [
      'the stricter requirement holds',
      '{require: signed}',
      '{require: allowed-signer}',
      'require',
      'allowed-signer',
    ],
    [
      'a stricter repository stays',
      '{require: allowed-signer}',
      '{require: signed}',
      'require',
      'allowed-signer',
    ],
    [
      'both lists of signers count',
      '{signers: [a@b.c]}',
      '{signers: [d@e.f]}',
      'signers',
      [['a@b.c'], ['d@e.f']],
    ],
    ['identities add up', '{identity: author}', '{identity: committer}', 'identity', 'both'],
    ['an identity cannot be given up', '{identity: none}', '{identity: committer}', 'identity', 'committer'],
    ['what is silent changes nothing', '{identity: none}', '{require: signed}', 'identity', 'none'],
    [
      'GitHub may be ruled out',
      '{github: {verdict: true}}',
      '{github: {verdict: false}}',
      'githubVerdict',
      false,
    ],
    ['and not ruled in', '{github: {verdict: false}}', '{github: {verdict: true}}', 'githubVerdict', false],
    [
      'account keys may be ruled out',
      '{github: {accountKeys: true}}',
      '{github: {accountKeys: false}}',
      'githubAccountKeys',
      false,
    ],
    ['web-flow is kept to merges', '{webFlow: always}', '{webFlow: merges}', 'webFlow', 'merges'],
    ['or less', '{webFlow: never}', '{webFlow: merges}', 'webFlow', 'never'],
    [
      'and kept out by a floor that asks for signers',
      '{webFlow: always}',
      '{require: allowed-signer}',
      'webFlow',
      'never',
    ],
    [
      'a touch is asked for',
      '{userPresence: optional}',
      '{userPresence: required}',
      'userPresence',
      'required',
    ],
    ['expired keys', '{expiredKeys: at-signing}', '{expiredKeys: now}', 'expiredKeys', 'now'],
    ['retired keys', '{retiredKeys: at-signing}', '{retiredKeys: now}', 'retiredKeys', 'now'],
    ['nothing is loosened', '{expiredKeys: now}', '{expiredKeys: at-signing}', 'expiredKeys', 'now'],
  ])('%s', (_name, own, floor, setting, wanted) => {
    expect(raised(own, floor)[setting]).toEqual(wanted);
  });

  test('paths of both apply, and its places of keys win', () => {
    const own =
      '{groups: {a: [a@b.c]}, paths: [{paths: [x], groups: [a]}], keys: {openpgp: mine, x509: roots}}';
    const floor = '{groups: {a: [d@e.f]}, paths: [{paths: [y], groups: [a]}], keys: {openpgp: theirs}}';
    const { paths, keys } = raised(own, floor);
    expect(paths.map(({ signers }) => signers)).toEqual([['a@b.c'], ['d@e.f']]);
    expect(keys).toMatchObject({
      openpgp: 'theirs',
      x509: 'roots',
      allowedSigners: '.github/allowed_signers',
    });
  });

  test('switching the rule off does not help against it', () => {
    const own = toPolicy(read('rules: {signed-commits: off}\n'));
    const policy = applyFloor(own, read('signatures: {require: signed}\n'), [definition]);
    expect(levelOf(definition, policy)).toBe('error');
    expect(policy.rules.get('signed-commits')?.enforced).toBe(true);
  });
});

import { describe, expect, test } from '@jest/globals';
import { readSopsConfig, sopsConfigPathsFor } from '../../src/manifests/sops-config.ts';

/** The index of the rule that is chosen for a path. */
function chosen(rules: string, file: string, config = '.sops.yaml'): number | null {
  return readSopsConfig(config, rules).ruleFor(file)?.index ?? null;
}

describe('which creation rule is chosen', () => {
  const anchored = 'creation_rules:\n- {path_regex: ^secrets/.*, age: a}\n- {path_regex: \\.yaml$, age: b}\n';
  test.each([
    ['the first that matches', anchored, 'secrets/db.yaml', 0],
    ['a later one', anchored, 'apps/secrets/db.yaml', 1],
    ['none', anchored, 'apps/db.json', null],
    ['unanchored', 'creation_rules:\n- path_regex: ecret\n', 'a/b/secrets/x', 0],
    ['a missing pattern matches everything', 'creation_rules:\n- age: a\n- path_regex: x\n', 'x', 0],
    ['an empty pattern too', 'creation_rules:\n- path_regex: ""\n', 'x', 0],
    ['flags as Go writes them', 'creation_rules:\n- path_regex: ((?i)(SECRET))\n', 'my-secret.yaml', 0],
    ['an unknown key changes nothing', 'creation_rules:\n- {pathregex: x, age: a}\n', 'y', 0],
    ['no rules', 'stores: {}\n', 'x', null],
    ['rules that are null', 'creation_rules:\n', 'x', null],
    ['an invalid pattern behind the match', 'creation_rules:\n- path_regex: x\n- path_regex: (\n', 'x', 0],
    [
      'an invalid pattern before the match stops',
      'creation_rules:\n- path_regex: (\n- path_regex: x\n',
      'x',
      null,
    ],
    [
      "anchors under a key of one's own",
      'keys: [&a age1]\ncreation_rules:\n- {path_regex: x, age: *a}\n',
      'x',
      0,
    ],
  ])('%s', (_name, rules, file, expected) => {
    expect(chosen(rules, file)).toBe(expected);
  });

  test('the path is taken from the folder of the configuration', () => {
    const rules = 'creation_rules:\n- path_regex: ^secrets/\n';
    expect(chosen(rules, 'clusters/a/secrets/db.yaml', 'clusters/a/.sops.yaml')).toBe(0);
    expect(chosen(rules, 'clusters/a/secrets/db.yaml')).toBeNull();
  });
});

test('the nearest configuration comes first', () => {
  expect(sopsConfigPathsFor('a/b/c.yaml')).toEqual(['a/b/.sops.yaml', 'a/.sops.yaml', '.sops.yaml']);
  expect(sopsConfigPathsFor('c.yaml')).toEqual(['.sops.yaml']);
});

describe('recipients of a rule', () => {
  const recipients = (rule: string): string[] =>
    readSopsConfig('.sops.yaml', `creation_rules:\n- ${rule}\n`)
      .ruleFor('x')
      ?.recipients.map(({ type, id }) => `${type} ${id}`) ?? [];

  test.each([
    ['a string with commas', 'age: "a1, a2 ,,a3"', ['age a1', 'age a2', 'age a3']],
    ['a list', 'age: [a1, a2]', ['age a1', 'age a2']],
    ['the same one twice', 'age: [a1, a1]', ['age a1']],
    ['key_groups hide flat keys', '{age: a1, key_groups: [{age: [b1]}, {pgp: [aa]}]}', ['age b1', 'pgp AA']],
    ['empty key_groups do not', '{age: a1, key_groups: []}', ['age a1']],
    [
      'merged groups',
      '{key_groups: [{merge: [{age: [a1]}, {merge: [{age: [a2]}]}], age: [a3]}]}',
      ['age a1', 'age a2', 'age a3'],
    ],
    ['PGP fingerprints with spaces', 'pgp: "85d7 7543"', ['pgp 85D77543']],
    ['a KMS key with a role', 'kms: arn:aws:kms:k+arn:aws:iam:r', ['kms arn:aws:kms:k']],
    ['SSH keys without their comment', 'age: ["ssh-ed25519 AAAA ada@example.com"]', ['age ssh-ed25519 AAAA']],
    [
      'the other services',
      '{gcp_kms: g, azure_keyvault: "https://v/keys/k/1", hc_vault_transit_uri: "https://h/v1/sops/keys/k/", hckms: [r:k]}',
      ['gcp_kms g', 'azure_kv https://v/keys/k/1', 'hc_vault https://h/v1/sops/keys/k', 'hckms r:k'],
    ],
    [
      'the other services in groups',
      '{key_groups: [{kms: [{arn: a}], gcp_kms: [{resource_id: g}], azure_keyvault: [{vaultUrl: "https://v", key: k, version: "1"}], hc_vault: [h], hckms: [{key_id: r}]}]}',
      ['kms a', 'gcp_kms g', 'hckms r', 'azure_kv https://v/keys/k/1', 'hc_vault h'],
    ],
    ['misspelt keys are ignored, as SOPS does', '{keygroups: [{age: [a1]}], ages: x}', []],
  ])('%s', (_name, rule, expected) => {
    expect(recipients(rule)).toEqual(expected);
  });
});

describe('what SOPS refuses', () => {
  const problems = (text: string): string[] =>
    readSopsConfig('.sops.yaml', text).problems.map(
      ({ index, message, range }) => `${String(index)} ${message} :${range.start.line}`,
    );

  test.each([
    ['creation_rules: {}\n', ['null `creation_rules` is not a list :1']],
    [
      'creation_rules:\n- path_regex: a\n- path_regex: (?!a)\n',
      ['1 `path_regex` is not a valid regular expression :3'],
    ],
    [
      'creation_rules:\n- encrypted_regex: "["\n',
      ['0 `encrypted_regex` is not a valid regular expression :2'],
    ],
    [
      'creation_rules:\n- encrypted_regex: a\n  encrypted_suffix: b\n',
      ['0 more than one of `encrypted_suffix`, `encrypted_regex` :2'],
    ],
    ['creation_rules:\n- encrypted_regex: ^(data | stringData)$\n  unknown: 1\n', []],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});

test('what a rule encrypts', () => {
  const scope = (rule: string) =>
    readSopsConfig('.sops.yaml', `creation_rules:\n- ${rule}\n`).ruleFor('x')?.scope;
  expect(scope('{encrypted_regex: ^data$}')?.(['data', 'password'])).toBe(true);
  expect(scope('{encrypted_regex: ^data$}')?.(['metadata', 'name'])).toBe(false);
  expect(scope('{unencrypted_regex: ^meta}')?.(['spec', 'metadata'])).toBe(false);
  expect(scope('{unencrypted_regex: ^meta}')?.(['spec', 'x'])).toBe(true);
  expect(scope('{encrypted_suffix: _s}')?.(['a_s', 'b'])).toBe(true);
  expect(scope('{unencrypted_suffix: _u}')?.(['a_unencrypted'])).toBe(true);
  expect(scope('{}')?.(['a_unencrypted', 'b'])).toBe(false);
  expect(scope('{}')?.(['a'])).toBe(true);
  expect(scope('{encrypted_comment_regex: x}')).toBeNull();
});

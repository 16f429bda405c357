// What healthy repositories do, and must not be bothered about.
import { describe, expect, test } from '@jest/globals';
import { ageRecipient, ciphertext, sopsSecret, sopsYaml, yamlMetadata } from '../support/sops-fixture.ts';
import { findingsOf, foundIn } from './judge.ts';

const [ops, dev] = [ageRecipient(), ageRecipient()];
const rule = (...lines: string[]): string => `creation_rules:\n  - ${lines.join('\n    ')}\n`;
const everyYaml = rule('path_regex: .*.yaml', 'encrypted_regex: ^(data|stringData)$', `age: ${ops}`);

describe('no finding, whether scanned or new', () => {
  const secret = (data: string): string => `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n${data}`;
  const secretMode = 'encrypted_regex: ^(data|stringData)$';
  test.each<[string, Record<string, string>]>([
    [
      'a rule that matches thousands of plain files',
      {
        '.sops.yaml': everyYaml,
        ...Object.fromEntries(
          Array.from({ length: 2000 }, (_, index) => [
            `apps/${index}/values.yaml`,
            `replicas: ${index}\nimage: web\npasswordSecretRef: {name: db, key: password}\n`,
          ]),
        ),
      },
    ],
    [
      'a rule that leaves the recipients to the command line',
      {
        '.sops.yaml': rule('encrypted_regex: ^(data|stringData)$'),
        'a.yaml': sopsSecret('a', ['k'], [ops, dev]),
      },
    ],
    [
      'a part that is plain by the mode of the file',
      { '.sops.yaml': rule(`age: ${ops}`), 'a.yaml': sopsSecret('a', ['k'], [ops]) },
    ],
    [
      'no configuration',
      { 'a.yaml': sopsYaml(['password'], { recipients: [ops] }), 'b.sops.json': JSON.stringify({}) },
    ],
    [
      'a configuration without rules',
      {
        '.sops.yaml': 'stores: {yaml: {indent: 2}}\n',
        'a.yaml': sopsYaml(['password'], { recipients: [ops] }),
      },
    ],
    [
      'plain values by their suffix',
      {
        '.sops.yaml': rule(`age: ${ops}`),
        'a.yaml': `token_unencrypted: a1B2c3D4e5F6\npassword: ${ciphertext()}\n${yamlMetadata({ recipients: [ops] })}`,
      },
    ],
    [
      'substitutions of Flux',
      { '.sops.yaml': everyYaml, 'a.yaml': secret('stringData: {url: "${URL}", password: "${PASSWORD}"}\n') },
    ],
    [
      'an empty Secret',
      {
        '.sops.yaml': everyYaml,
        'a.yaml': secret('data: {}\n'),
        'b.yaml': secret('stringData: {k: ""}\n'),
        'c.yaml': secret('type: Opaque\n'),
      },
    ],
    [
      'what SOPS itself leaves plain',
      {
        '.sops.yaml': everyYaml,
        'a.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  empty: ""\n  none: null\n  k: ${ciphertext()}\n${yamlMetadata({ recipients: [ops], mode: secretMode })}`,
      },
    ],
    [
      'what SOPS itself leaves plain in values',
      {
        '.sops.yaml': rule(`age: ${ops}`),
        'a.yaml': `empty: ""\nnone: null\nmap: {}\nlist: []\nk: ${ciphertext()}\n${yamlMetadata({ recipients: [ops] })}`,
      },
    ],
    [
      'a placeholder',
      {
        '.sops.yaml': rule('path_regex: secrets/', `age: ${ops}`),
        'secrets/a.yaml': 'password: <your password>\n',
      },
    ],
    [
      'an encrypted file of a chart',
      {
        '.sops.yaml': everyYaml,
        'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
        'charts/web/values.yaml': 'password: ""\nexistingSecret: db\n',
      },
    ],
    [
      'documents encrypted one by one',
      {
        '.sops.yaml': everyYaml,
        'a.yaml': `${sopsSecret('a', ['k'], [ops])}---\n${sopsSecret('b', ['k'], [ops])}`,
      },
    ],
    [
      'a plain document beside an encrypted one',
      {
        '.sops.yaml': everyYaml,
        'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n---\n${sopsSecret('b', ['k'], [ops])}`,
      },
    ],
    [
      'a sample beside the encrypted file',
      {
        '.sops.yaml': rule('path_regex: \\.sops\\.yaml$', `age: ${ops}`),
        'a.sops.yaml': sopsYaml(['password'], { recipients: [ops] }),
        'a.example.yaml': 'password: changeme\n',
        'a.yaml': 'resources: []\n',
      },
    ],
    [
      'a text about SOPS',
      { 'docs/sops.md': `Values look like ${ciphertext()}.\n\n    sops:\n      mac: ${ciphertext(128)}\n` },
    ],
    [
      'a value named sops',
      { '.sops.yaml': everyYaml, 'values.yaml': 'sops:\n  enabled: true\n  age: [x]\n' },
    ],
  ])('%s', (_name, head) => {
    expect(foundIn(head)).toEqual([]);
    expect(foundIn(head, { 'README.md': 'x' })).toEqual([]);
  });
});

test('what drifted before is not held against who touches the file', () => {
  const value = ciphertext();
  const config = rule(`age: ${dev}`, 'encrypted_regex: ^(user|password)$');
  const file = (user: string): string =>
    `user: ${user}\npassword: ${value}\n${yamlMetadata({ recipients: [ops], mode: 'encrypted_regex: ^password$' })}`;
  const [before, after] = [file('ada'), file('bob')];
  expect(
    foundIn({ '.sops.yaml': config, 'a.yaml': after }, { '.sops.yaml': config, 'a.yaml': before }),
  ).toEqual([]);
});

test('a healthy repository of 5,000 files', () => {
  const files: Record<string, string> = { '.sops.yaml': everyYaml };
  for (let index = 0; index < 2500; index += 1) {
    const name = `clusters/c${index % 20}/apps/a${index}`;
    files[`${name}/deployment.yaml`] =
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a${index}}\nspec: {template: {spec: {containers: [{name: a, image: "r/a:1.${index}", env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]}]}}}\n`;
    files[`${name}/${index % 5 === 0 ? 'secret' : 'service'}.yaml`] =
      index % 5 === 0
        ? sopsSecret(`a${index}`, ['password', 'token'], [ops])
        : `apiVersion: v1\nkind: Service\nmetadata: {name: a${index}}\nspec: {ports: [{port: 80}]}\n`;
  }
  expect(findingsOf({ base: null, head: files }).map(({ message }) => message)).toEqual([]);
});

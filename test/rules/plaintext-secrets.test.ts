import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/engine/finding.ts';
import type { Files } from '../support/change-fixture.ts';
import { ageRecipient, ciphertext, sopsYaml } from '../support/sops-fixture.ts';
import { placesOf, reviewed } from './secret-fixture.ts';

const fake = 'hunter' + '2-' + 'correct-horse';
const b64 = (text: string): string => Buffer.from(text).toString('base64');
const secret = (body: string, type = 'Opaque', meta = ''): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: db${meta}}\ntype: ${type}\n${body}`;

function messages(head: Files, base: Files = {}): string[] {
  return reviewed({ base, head }).findings.map(({ message }) => message);
}

describe('a message says what it is and where it is rotated', () => {
  const pem =
    `-----BEGIN PRIVATE` + ` KEY-----\n${fake.replaceAll('-', '').repeat(6)}\n-----END PRIVATE KEY-----\n`;
  const login = JSON.stringify({ auths: { 'r.example.com': { auth: b64(`robot:${fake}`) } } });
  test.each([
    [
      secret(`stringData: {.dockerconfigjson: '${login}'}\n`, 'kubernetes.io/dockerconfigjson'),
      'a login for a container registry',
      'settings of the registry',
    ],
    [
      secret(`data: {tls.crt: '', tls.key: ${b64(pem)}}\n`, 'kubernetes.io/tls'),
      'the private key of a certificate',
      'issued for a new key',
    ],
    [
      secret(`stringData: {password: ${fake}}\n`, 'kubernetes.io/basic-auth'),
      'a login',
      'the service that it opens',
    ],
    [
      secret(`data: {token-secret: ${b64(fake)}}\n`, 'bootstrap.kubernetes.io/token'),
      'a bootstrap token',
      'kubeadm token delete',
    ],
    [secret(`stringData: {AWS_SECRET_ACCESS_KEY: ${fake}}\n`), 'an AWS access key', 'aws iam'],
    [secret(`stringData: {anything: ${fake}}\n`), 'a secret value', 'where it was issued'],
    [
      secret(
        `stringData: {password: ${fake}}\n`,
        'Opaque',
        ', labels: {argocd.argoproj.io/secret-type: repo-creds}',
      ),
      "Argo CD's login for a Git or Helm repository",
      'at the host of that repository',
    ],
    [
      secret(
        `stringData: {config: '{"bearerToken": "${fake}"}'}\n`,
        'Opaque',
        ', labels: {argocd.argoproj.io/secret-type: cluster}',
      ),
      "Argo CD's login for a cluster",
      'argocd cluster rotate-auth',
    ],
    [
      secret(`stringData: {server.secretkey: ${fake}}\n`).replace('name: db', 'name: argocd-secret'),
      'the key with which Argo CD signs its sessions',
      'restarting `argocd-server`',
    ],
    [
      secret(`stringData: {url: "postgres://app:${fake}@db/app"}\n`),
      'a URL with credentials',
      'the service that it opens',
    ],
    [
      secret(`stringData: {key.json: '{"type": "service_account", "private_key": "${fake}"}'}\n`),
      'a Google Cloud service account key',
      'gcloud iam',
    ],
  ])('%#: %s', (text, what, rotate) => {
    const [message = '', ...rest] = messages({ 'a.yaml': text });
    expect(rest).toEqual([]);
    expect(message).toContain(`: ${what}`);
    expect(message).toContain(rotate);
    expect(message).toContain('`sops --encrypt');
    expect(message).toContain('kubeseal');
    expect(message).toContain('ExternalSecret');
    expect(message).not.toContain(fake);
  });

  test('a caller can name kinds by their format, where the place does not', () => {
    const kindOf = (value: string): string | null => (value === fake ? 'a token of the moon' : null);
    const say = (text: string): string =>
      reviewed({ head: { 'a.yaml': text } }, { kindOf })
        .findings.map(({ message }) => message)
        .join();
    expect(say(secret(`data: {anything: ${b64(fake)}}\n`))).toContain(': a token of the moon. ');
    expect(say(secret(`stringData: {password: ${fake}}\n`, 'kubernetes.io/basic-auth'))).toContain(
      ': a login. ',
    );
    expect(
      say(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {API_TOKEN: ${fake}}\n`),
    ).toContain('holds a token of the moon in plain text');
  });

  test('with a creation rule, the command alone', () => {
    const text = secret(`stringData: {password: ${fake}}\n`);
    const [message] = messages({
      '.sops.yaml': 'creation_rules: [{path_regex: nowhere, age: age1x}]\n',
      'a b.yaml': text,
    });
    expect(message).toContain("run `sops --encrypt --in-place 'a b.yaml'`.");
  });
});

describe('one secret, one finding', () => {
  test('a file that was encrypted and is not any more', () => {
    const base = { 'a.yaml': sopsYaml(['password'], { recipients: [ageRecipient()] }) };
    const found = placesOf(reviewed({ base, head: { 'a.yaml': `password: ${fake}\n` } }));
    expect(found).toEqual(['sops-file-not-encrypted a.yaml:1']);
  });
  test('a Secret that a creation rule covers', () => {
    const found = placesOf(
      reviewed({
        head: {
          '.sops.yaml': 'creation_rules: [{path_regex: secret, age: age1x}]\n',
          'secret.yaml': secret(`stringData:\n  password: ${fake}\n  token: ${fake}\n`),
        },
      }),
    );
    expect(found.filter((place) => place.endsWith('secret.yaml:6'))).toHaveLength(1);
    expect(found.filter((place) => place.endsWith('secret.yaml:7'))).toEqual([
      'no-plaintext-secret secret.yaml:7',
    ]);
  });
  test('a private key in a Secret', () => {
    const pem =
      `-----BEGIN PRIVATE` + ` KEY-----\n${fake.replaceAll('-', '').repeat(6)}\n-----END PRIVATE KEY-----`;
    const text = secret(`stringData:\n  tls.key: |\n${pem.replaceAll(/^/gm, '    ')}\n`);
    expect(placesOf(reviewed({ head: { 'a.yaml': text } }))).toEqual(['no-plaintext-secret a.yaml:6']);
  });
  test('a Secret within another object is no second finding', () => {
    const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  s.yaml: |\n${secret(`stringData:\n  password: ${fake}\n`).replaceAll(/^/gm, '    ')}\n`;
    expect(placesOf(reviewed({ head: { 'a.yaml': map } }))).toEqual(['no-plaintext-secret a.yaml:11']);
  });
});

describe('in every commit', () => {
  test.each([
    ['no-plaintext-secret', 'a.yaml', secret(`stringData: {password: ${fake}}\n`)],
    [
      'no-credential-in-manifest',
      'a.yaml',
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {DB_PASSWORD: ${fake}}\n`,
    ],
    ['no-credential-in-file', 'chart/values.yaml', `password: ${fake}\n`],
    ['no-credential-in-file', '.env', `DB_PASSWORD=${fake}\n`],
  ])('%s in %s', (ruleId, path, content) => {
    const report = reviewed({
      head: { [path]: '# nothing\n' },
      past: [{ commit: '1'.repeat(40), path, content }],
    });
    expect(report.findings.map((one) => [one.ruleId, one.introduced])).toEqual([[ruleId, true]]);
    expect(report.findings[0]?.message).toContain('In commit `111111111111`');
    expect(report.conclusion).toBe('failure');
  });

  test('a dummy that becomes a real one is introduced, and a real one that stays is not', () => {
    const file = (value: string): Files => ({ 'chart/values.yaml': `other: 1\npassword: ${value}\n` });
    const states = (base: Files, head: Files): boolean[] =>
      reviewed({ base, head }).findings.map(({ introduced }) => introduced);
    expect(states(file('changeme'), file(fake))).toEqual([true]);
    expect(states(file(fake), { 'chart/values.yaml': `more: 1\n\npassword: ${fake}\n` })).toEqual([false]);
    expect(states(file(fake), file(`${fake}2`))).toEqual([true]);
    expect(states(file(fake), file('""'))).toEqual([]);
  });
});

describe('however it is written', () => {
  const text = secret(`stringData:\n  password: ${fake}\n`);
  const utf16 = (littleEndian: boolean): Uint8Array => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    return littleEndian ? bytes : bytes.swap16();
  };
  test.each<[string, string | Uint8Array]>([
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${text}`],
    ['UTF-16, little endian', utf16(true)],
    ['UTF-16, big endian', utf16(false)],
    ['behind other documents', `a: b\n---\n${text}`],
    ['a tag', text.replace(fake, `!!str ${fake}`)],
    ['a block', text.replace(fake, `>-\n    ${fake}`)],
    ['an alias', text.replace('stringData:', 'x: &a {password: '.concat(fake, '}\nstringData: *a\ny:'))],
    [
      'a merge key',
      text.replace('stringData:', 'x: &a {password: '.concat(fake, '}\nstringData: {<<: *a}\ny:')),
    ],
  ])('%s', (_name, content) => {
    const found = reviewed({ head: { 'a.yaml': content } }).findings.filter(
      ({ ruleId }) => ruleId === 'no-plaintext-secret',
    );
    expect(found).toHaveLength(1);
  });

  test('a key that stands twice is read as the cluster reads it, and said to be there twice', () => {
    const twice = secret(`stringData:\n  password: "\${P}"\n  password: ${fake}\n`);
    expect(placesOf(reviewed({ head: { 'a.yaml': twice } }))).toEqual([
      'no-plaintext-secret a.yaml:7',
      'valid-yaml a.yaml:7',
    ]);
  });

  test('large values and many keys', () => {
    const large = secret(`stringData:\n  blob: ${fake.repeat(30_000)}\n`);
    expect(placesOf(reviewed({ head: { 'a.yaml': large } }))).toEqual(['no-plaintext-secret a.yaml:6']);
    const many = secret(
      `stringData:\n${Array.from({ length: 2_000 }, (_, index) => `  k${index}: ${fake}${index}\n`).join('')}`,
    );
    expect(placesOf(reviewed({ head: { 'a.yaml': many } }))).toHaveLength(2_000);
  });

  test('bombs and prototypes', () => {
    const bomb = `a: &a [x, x]\n${'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [*${'abcdefgh'[index] ?? ''}, *${'abcdefgh'[index] ?? ''}]\n`)
      .join('')}`;
    reviewed({ head: { 'values.yaml': `${bomb}password: ${fake}\n` } });
    const odd = secret(`stringData:\n  __proto__: ${fake}\n  constructor: ${fake}\n  toString: ${fake}\n`);
    expect(placesOf(reviewed({ head: { 'a.yaml': odd } }))).toEqual(
      [6, 7, 8].map((line) => `no-plaintext-secret a.yaml:${line}`),
    );
  });
});

test('no message, suggestion or relation holds a value', () => {
  const head: Files = {
    'a.yaml': secret(
      `stringData:\n  password: ${fake}\n  url: https://u:${fake}@h/x\n  f.yaml: |\n    password: ${fake}\n`,
    ),
    'b.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  p.env: |\n    PASSWORD=${fake}\n    URL=postgres://a:${fake}@b/c\n`,
    'c.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec:\n  containers:\n    - name: a\n      args: ["--password=${fake}", "sh -c 'PGPASSWORD=${fake} x'"]\n      env: [{name: P_TOKEN, value: ${fake}}]\n`,
    'values.yaml': `password: ${fake}\n`,
    '.env': `DB_PASSWORD=${fake}\n`,
    'kustomization.yaml': `secretGenerator: [{name: x, literals: [password=${fake}], envs: [x.properties]}]\n`,
    'x.properties': `password=${fake}\n`,
    config: `{"auths": {"r.example.com": {"auth": "${b64(`u:${fake}`)}"}}}`,
    'g.yaml': `apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: g}\nfiles: [a.yaml]\nsecretFrom: [{literals: [a=${fake}]}]\n`,
    's.yaml': `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec:\n  encryptedData: {password: ${fake}}\n  template: {data: {password: ${fake}}}\n`,
    'e.yaml': secret(`stringData:\n  password: ${ciphertext()}${fake}\n`),
  };
  const { findings } = reviewed({ head });
  const ruleIds = new Set(findings.map((one: Finding) => one.ruleId));
  expect([...ruleIds]).toEqual(
    expect.arrayContaining([
      'no-plaintext-secret',
      'no-credential-in-manifest',
      'no-credential-in-file',
      'valid-sops-reference',
      'no-plain-secret-beside-sealed-secret',
    ]),
  );
  const printed = JSON.stringify(findings);
  for (const part of [fake, b64(fake), b64(`u:${fake}`), 'correct-horse', 'hunter' + '2'])
    expect(printed).not.toContain(part);
});

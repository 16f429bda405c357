import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sealedValueDefect } from '../../src/manifests/sealed-secret.ts';
import { hasProgram } from '../support/programs.ts';
import { placesOf, reviewed } from './secret-fixture.ts';

const real = hasProgram('kubeseal') && spawnSync('openssl', ['version']).status === 0;
const describeReal = real ? describe : describe.skip;
const SCOPES = ['strict', 'namespace-wide', 'cluster-wide'] as const;
const SECRET =
  'apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: staging}\nstringData: {password: made-up, empty: ""}\n';

describeReal('what kubeseal writes', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'sealed-'));
  const sealed = new Map<string, string>();

  const seal = (certificate: string, scope: string, format = 'yaml'): string => {
    const { status, stdout, stderr } = spawnSync(
      'kubeseal',
      ['--cert', certificate, '--scope', scope, '--format', format],
      {
        input: SECRET,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };

  beforeAll(() => {
    for (const bits of ['2048', '3072', '4096']) {
      const certificate = path.join(directory, `${bits}.pem`);
      const made = spawnSync('openssl', [
        ...[
          'req',
          '-x509',
          '-newkey',
          `rsa:${bits}`,
          '-nodes',
          '-keyout',
          path.join(directory, `${bits}.key`),
        ],
        ...['-out', certificate, '-days', '10', '-subj', '/CN=test'],
      ]);
      if (made.status !== 0) throw new Error(made.stderr.toString());
      for (const scope of SCOPES) sealed.set(`${bits} ${scope}`, seal(certificate, scope));
      sealed.set(`${bits} json`, seal(certificate, 'strict', 'json'));
    }
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const text = (scope: string, bits = '2048'): string => sealed.get(`${bits} ${scope}`) ?? '';

  test('has no finding, in each scope, format and key size', () => {
    for (const [name, content] of sealed) {
      const file = name.endsWith('json') ? 'a.json' : 'a.yaml';
      expect({ name, found: placesOf(reviewed({ head: { [file]: content } })) }).toEqual({ name, found: [] });
    }
  });

  test('the key that opens it is found', () => {
    const key = readFileSync(path.join(directory, '2048.key'), 'utf8');
    const certificate = readFileSync(path.join(directory, '2048.pem')).toString('base64');
    const backup =
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: k\n  labels: {sealedsecrets.bitnami.com/sealed-secrets-key: active}\n' +
      `type: kubernetes.io/tls\ndata:\n  tls.crt: ${certificate}\n  tls.key: ${Buffer.from(key).toString('base64')}\n`;
    expect(placesOf(reviewed({ head: { 'k.yaml': backup } }))).toEqual(['no-sealed-secrets-key k.yaml:9']);
    const plain = backup.replace(
      /\ndata:\n.*\n.*\n/,
      `\ndata: {tls.crt: ${certificate}}\nstringData:\n  tls.key: |\n${key.trim().replaceAll(/^/gm, '    ')}\n`,
    );
    expect(placesOf(reviewed({ head: { 'k.yaml': plain } }))).toEqual(['no-sealed-secrets-key k.yaml:9']);
  });

  test.each([
    ['strict', 'name: db', 'name: other', true],
    ['strict', 'namespace: staging', 'namespace: production', true],
    ['namespace-wide', 'name: db', 'name: other', false],
    ['namespace-wide', 'namespace: staging', 'namespace: production', true],
    ['cluster-wide', 'name: db', 'name: other', false],
    ['cluster-wide', 'namespace: staging', 'namespace: production', false],
    ['cluster-wide', 'cluster-wide: "true"', 'namespace-wide: "true"', true],
    ['namespace-wide', 'namespace-wide: "true"', 'namespace-wide: "false"', true],
  ])('%s, %s becomes %s', (scope, from, to, broken) => {
    const head = { 'a.yaml': text(scope).replaceAll(from, to) };
    const found = placesOf(reviewed({ base: { 'a.yaml': text(scope) }, head }));
    expect(found.map((place) => place.replace(/:\d+$/, ''))).toEqual(
      broken ? ['sealed-secret-scope-changed a.yaml'] : [],
    );
  });

  test('a renamed file and a reformatted one are the same', () => {
    const base = { 'a.yaml': text('strict') };
    expect(
      placesOf(reviewed({ base, head: { 'b.yaml': text('strict') }, renames: { 'a.yaml': 'b.yaml' } })),
    ).toEqual([]);
    expect(placesOf(reviewed({ base, head: { 'a.yaml': `# comment\n${text('strict')}` } }))).toEqual([]);
  });

  test('every value that is cut anywhere is reported, and none other', () => {
    const [, value = ''] = /password: (\S+)/.exec(text('strict')) ?? [];
    const bytes = Buffer.from(value, 'base64');
    expect(sealedValueDefect(value)).toBeNull();
    for (let length = 0; length < value.length; length += 7) {
      // A cut that takes less than the tag leaves a text that only the key can tell.
      const left = Buffer.from(value.slice(0, length), 'base64').length;
      const detectable = length % 4 !== 0 || left < 2 + 256 + 16;
      expect({ length, defect: sealedValueDefect(value.slice(0, length)) !== null }).toEqual({
        length,
        defect: detectable,
      });
    }
    expect(bytes.readUInt16BE(0)).toBe(256);
  });
});

test('a value that was never sealed is a readable one', () => {
  const text =
    'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec:\n  encryptedData:\n    password: made-up-and-plain\n';
  const report = reviewed({ head: { 'a.yaml': text } });
  expect(placesOf(report)).toEqual(['no-plaintext-secret a.yaml:6']);
  expect(report.findings[0]?.message).toContain(
    'SealedSecret `db` keeps `password` in plain text under `spec.encryptedData`',
  );
});

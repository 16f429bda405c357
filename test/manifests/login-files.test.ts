import { expect, test } from '@jest/globals';
import { credentialsInLoginFile } from '../../src/manifests/credentials/login-files.ts';

const fake = 'hunter' + '2-correct-horse';
const found = (path: string, text: string): string[] | null =>
  credentialsInLoginFile(path, text)?.map(
    ({ range, value }) => `${range.start.line}:${range.start.column} ${value}`,
  ) ?? null;

test('a file that is named for nothing is left to others, and so is a sample', () => {
  for (const path of [
    'app/netrc.md',
    'values.yaml',
    '.env.example',
    'x/.npmrc.dist',
    'env',
    '.environment',
    'aws/credentials',
  ])
    expect(found(path, `password=${fake}`)).toBeNull();
});

test.each([
  ['words in any layout', `machine\n  a\n  login b\n  password\n    ${fake}\n`, [`5:5 ${fake}`]],
  ['the words themselves as names', `machine password login password password ${fake}`, [`1:42 ${fake}`]],
  ['a macro that never ends', `macdef x\npassword ${fake}`, []],
  ['a comment behind', `machine a login b # password ${fake}`, []],
])('netrc: %s', (_name, text, expected) => {
  expect(found('home/.netrc', text)).toEqual(expected);
});

test.each([
  ['h:1:d:u:p\\:w\\\\0rd', ['1:9 p:w\\0rd']],
  ['h:1:d:u', []],
  ['h:1:d:u:', []],
  [`h:1:d:u:\${PGPASSWORD}`, []],
])('pgpass: %s', (text, expected) => {
  expect(found('.pgpass', text)).toEqual(expected);
});

test('npmrc: a login is judged by what is in it', () => {
  const login = (text: string): string => `//r.example.com/:_auth=${Buffer.from(text).toString('base64')}`;
  expect(found('.npmrc', login(`u:${fake}`))).toHaveLength(1);
  expect(found('.npmrc', login('u:${TOKEN}'))).toEqual([]);
  expect(found('.npmrc', login('u:'))).toEqual([]);
});

test('what is long, deep or unfinished costs no time', () => {
  const started = performance.now();
  found('x.tfvars', '/*\n'.repeat(300_000));
  found('x.tfvars', '\n'.repeat(300_000));
  found('.netrc', '"'.repeat(300_000));
  found('.netrc', '"\\'.repeat(150_000));
  found('.pgpass', '\\'.repeat(300_000));
  found('.npmrc', 'a:'.repeat(150_000));
  found('.npmrc', `//x/:_auth=${' '.repeat(300_000)}x`);
  expect(performance.now() - started).toBeLessThan(20_000);
});

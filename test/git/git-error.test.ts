import { describe, expect, test } from '@jest/globals';
import { kindOfFailure, scrub } from '../../src/git/git-error.ts';

describe('scrub', () => {
  test('removes secrets, the user part of addresses and control characters', () => {
    const secret = ['s3', 'cr3t'].join('');
    const said = `fatal: unable to access 'https://bot:${secret}@example.org/a.git/'\n\u001b[31mred ${secret}\n`;
    expect(scrub(said, [secret])).toBe(
      "fatal: unable to access 'https://***@example.org/a.git/'; [31mred ***",
    );
    expect(scrub(`https://user:${secret}@h/x`)).not.toContain(secret);
  });

  test('an empty secret changes nothing', () => {
    expect(scrub('fatal: no', [''])).toBe('fatal: no');
  });

  test('is bounded', () => {
    expect(scrub('x'.repeat(100_000)).length).toBeLessThan(1_100);
  });
});

test.each([
  ["fatal: could not read Username for 'https://example.org': terminal prompts disabled", 'auth'],
  ["fatal: Authentication failed for 'https://example.org/a.git/'", 'auth'],
  ["fatal: unable to access 'https://h/a.git/': The requested URL returned error: 403", 'auth'],
  ["remote: Repository not found.\nfatal: repository 'https://h/a.git/' not found", 'not-found'],
  ["fatal: couldn't find remote ref refs/heads/gone", 'not-found'],
  ['fatal: remote error: upload-pack: not our ref 1111', 'not-found'],
  ["fatal: unable to access 'https://h/a.git/': The requested URL returned error: 301", 'not-found'],
  ["fatal: unable to access 'https://h/a.git/': The requested URL returned error: 502", 'network'],
  ["fatal: unable to access 'https://h/a.git/': Could not resolve host: h", 'network'],
  ['fatal: early EOF\nfatal: fetch-pack: invalid index-pack output', 'network'],
  ['error: object file objects/12/3 is empty\nfatal: loose object 123 is corrupt', 'corrupt'],
  ['error: cannot lock ref', 'corrupt'],
  ['fatal: something else', 'failed'],
  // A remote cannot make us throw a healthy mirror away.
  ['remote: error: object file is corrupt\nfatal: something else', 'failed'],
])('%s', (stderr, kind) => {
  expect(kindOfFailure(stderr)).toBe(kind);
});

import { describe, expect, test } from '@jest/globals';
import {
  expectNoSecretAnywhere,
  SECRETS,
  current,
  leaksOf,
  letters,
  plain,
  reviewed,
  token,
} from './leak-review.ts';

describe('what a change brings', () => {
  test('a token blocks, with its kind, its length and a fingerprint, and never itself', async () => {
    const secret = token();
    const report = await reviewed({}, [{ 'a.yaml': `a: 1\ntoken: ${secret}\n` }]);
    expect(leaksOf(report)).toEqual(['a.yaml:2 github-pat error']);
    expect(report.conclusion).toBe('failure');
    const finding = report.findings.find((one) => one.secret);
    expect(finding?.secret).toMatchObject({ kind: 'github-pat', length: 40 });
    expect(finding?.secret?.fingerprint).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(finding?.message).toContain('GitHub personal access token');
    expect(finding?.message).toContain('https://docs.github.com/');
  });

  test('a token that a later commit removes is reported with the commit that added it', async () => {
    const secret = token();
    const report = await reviewed({}, [{ 'a.yaml': `a: ${secret}\n` }, { 'a.yaml': 'a: 1\n' }]);
    expect(leaksOf(report)).toEqual(['a.yaml:1 github-pat error past']);
    expect(report.conclusion).toBe('failure');
    const message = report.findings.find((one) => one.secret)?.message ?? '';
    expect(message).toMatch(
      /rotate it\. Then rewrite the branch without it, with `git rebase -i [0-9a-f]{12}\^`/,
    );
    const [fingerprint = ''] = /hmac:[0-9a-f]{32}/.exec(message) ?? [];
    expect(message).toContain(
      `or have it accepted: \`${fingerprint}\` with a reason under \`secrets: {allow: …}\``,
    );
  });

  test('the ways to accept a secret of the past are ways', async () => {
    const secret = token();
    const commits = [{ 'a.yaml': `b: 1\na: ${secret}\n` }, { 'a.yaml': 'a: 1\n' }];
    const first = await reviewed({}, commits, { secrets: plain });
    const line = /`(a\.yaml:[^`]*)` in `\.gitleaksignore`/.exec(
      first.findings.find((one) => one.secret)?.message ?? '',
    )?.[1];
    expect(line).toBe('a.yaml:github-pat:2');
    current().remove();
    const accepted = await reviewed({ '.gitleaksignore': `${line ?? ''}\n` }, commits, { secrets: plain });
    expect(leaksOf(accepted)).toEqual([]);
    expect(accepted.waived.map((one) => one.approver)).toEqual(['.gitleaksignore']);
    expect(accepted.conclusion).toBe('success');
  });

  test('what the base has is not blamed on the change, in its place and moved', async () => {
    const secret = token();
    const report = await reviewed({ 'a.yaml': `token: ${secret}\n` }, [
      { 'a.yaml': `# moved\nb: 1\ntoken: ${secret}\n` },
    ]);
    expect(leaksOf(report)).toEqual(['a.yaml:3 github-pat error existing']);
    expect(report.conclusion).toBe('success');
  });

  test('another token in the place of an old one is new', async () => {
    const report = await reviewed({ 'a.yaml': `token: ${token()}\n` }, [{ 'a.yaml': `token: ${token()}\n` }]);
    expect(leaksOf(report)).toEqual(['a.yaml:1 github-pat error']);
  });

  test('the same value elsewhere in the head is listed, as it is and in base64', async () => {
    const secret = token();
    const encoded = Buffer.from(secret).toString('base64');
    const elsewhere = {
      'old/b.yaml': `x: 1\nkey: ${secret}\n`,
      'old/c.yaml': `key: ${encoded}\n`,
      'old/d.yaml': 'key: 1\n',
    };
    const report = await reviewed(elsewhere, [{ 'a.yaml': `token: ${secret}\n` }]);
    const related = report.findings.find((one) => one.secret)?.related ?? [];
    expect(related.map(({ location }) => `${location.path}:${location.range?.start.line}`).sort()).toEqual([
      'old/b.yaml:2',
      'old/c.yaml:1',
    ]);
  });

  test('what the search for copies leaves out is said', async () => {
    const secret = token();
    const others = Array.from({ length: 52 }, () => token());
    const places = Array.from({ length: 30 }, (_, index) => [`old/${index}.yaml`, `a: ${secret}\n`] as const);
    const report = await reviewed(
      { ...Object.fromEntries(places), 'large.txt': `${'x'.repeat(1024 * 1024)}\n` },
      [{ 'a.yaml': [secret, ...others].map((one, index) => `a${index}: ${one}\n`).join('') }],
    );
    expect(report.notChecked).toEqual([
      {
        path: '.',
        reason: expect.stringMatching(/^only the first 50 .* 3 not$/) as unknown,
        blocks: false,
      },
      {
        path: '.',
        reason: expect.stringMatching(/: 1 left out/) as unknown,
        blocks: false,
      },
      {
        path: '.',
        reason: expect.stringMatching(/^no more than 20 places .*1 of those/) as unknown,
        blocks: false,
      },
    ]);
    expect(report.findings.find((one) => one.secret)?.related.length).toBe(20);
  });

  test('a private key is reported once, by its own rule', async () => {
    const body = Array.from({ length: 5 }, () => letters(64)).join('\n');
    SECRETS.push(body.slice(0, 40));
    const report = await reviewed({}, [
      { 'key.pem': `${['-----BEGIN', 'PRIVATE KEY-----'].join(' ')}\n${body}\n-----END PRIVATE KEY-----\n` },
    ]);
    expect(report.findings.map((one) => one.ruleId).filter((id) => id !== 'signed-commits')).toEqual([
      'no-private-key',
    ]);
  });

  test('an archive is said not to be looked into, and does not block', async () => {
    const report = await reviewed({}, [{ 'chart.bin': Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) }]);
    expect(report.notChecked).toEqual([expect.objectContaining({ path: 'chart.bin', blocks: false })]);
    expect(report.conclusion).toBe('success');
  });
});

test('no report, in any format, holds one of the secrets', expectNoSecretAnywhere);

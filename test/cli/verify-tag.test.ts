import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from '@jest/globals';
import { sshKey } from '../signatures/support/programs.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';
import { CLI, type Result } from './store-fixture.ts';

afterAll(removeFolders);

const CARL = 'carl@example.org';
const [key, stranger] = [sshKey(), sshKey()];

function repository(policy: string, signers = `${CARL} ${key.publicKey}\n`): GitFixture {
  const fixture = createGitFixture();
  fixture.commit({ '.github/gitops-warden.yml': policy, '.github/allowed_signers': signers });
  const sign = (file: string): string[] => ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${file}`];
  fixture.git([...sign(key.file), 'tag', '-s', '-m', 'Good', 'good']);
  fixture.git([...sign(stranger.file), 'tag', '-s', '-m', 'Strange', 'strange']);
  fixture.git(['tag', '-a', '-m', 'Plain', 'plain']);
  fixture.git(['tag', 'light']);
  fixture.git(['update-ref', 'refs/tags/other', 'refs/tags/good']);
  return fixture;
}

function run({ directory }: GitFixture, ...args: string[]): Result {
  const all = [CLI, 'verify-tag', '--repo', directory, '--base', 'main', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('verify-tag', () => {
  test('says of each tag whether it is signed as the policy asks', () => {
    const fixture = repository('signatures: {require: allowed-signer}\n');
    expect(run(fixture, 'good')).toMatchObject({ status: 0, stderr: '' });
    const { status, stdout } = run(
      fixture,
      ...['--format', 'json', 'good', 'refs/tags/good', 'strange', 'plain', 'light', 'other'],
    );
    expect(status).toBe(1);
    const { tags } = JSON.parse(stdout) as {
      tags: { name: string; accepted: boolean; signature: { state: string } | null }[];
    };
    expect(tags.map(({ name, accepted, signature }) => [name, accepted, signature?.state])).toEqual([
      ['good', true, 'valid'],
      ['refs/tags/good', true, 'valid'],
      ['strange', false, 'unknown-key'],
      ['plain', false, 'unsigned'],
      ['light', false, undefined],
      ['other', false, 'bad-signature'],
    ]);
    expect(run(fixture, 'light').stdout).toContain('no annotated tag, so nothing could be signed');
  });

  test('takes any sound signature where that is all the policy asks', () => {
    const fixture = repository('signatures: {require: signed}\n');
    expect(run(fixture, 'strange').status).toBe(0);
    expect(run(fixture, 'plain').status).toBe(1);
  });

  test('gives no verdict under a configuration that cannot be used', () => {
    const fixture = repository('signatures: {require: allowed-signer}\n', '# nobody\n');
    const { status, stdout, stderr } = run(fixture, 'good');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('.github/allowed_signers names no key');
    expect(run(repository(''), 'nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no tag'),
    });
  });
});

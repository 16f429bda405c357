import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createGitFixture, removeFolders } from '../support/git-fixture.ts';

const CLI = path.resolve(import.meta.dirname, '../../src/cli.ts');
const FILE = '.github/gitops-warden/waivers.yml';
const entry = (until: string): string =>
  `  - {rule: no-privileged-container, paths: [apps/**], reason: The old agent., approver: ada, until: ${until}}\n`;
afterAll(removeFolders);

function run(
  files: Record<string, string>,
  ...args: string[]
): { status: number | null; stdout: string; stderr: string } {
  const fixture = createGitFixture();
  fixture.commit({ 'README.md': 'x', ...files });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [CLI, 'waivers', '--repo', fixture.directory, ...args],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

test('gitops-warden waivers lists what holds, and exits with 0', () => {
  const { status, stdout } = run({ [FILE]: `waivers:\n${entry('2099-01-01')}` });
  expect(stdout).toMatch(
    /^in force +2099-01-01 +no-privileged-container in apps\/\*\* +ada +The old agent\.$/m,
  );
  expect(status).toBe(0);
  expect(run({})).toMatchObject({ status: 0, stdout: expect.stringContaining('no waivers') });
});

test('exits with 1 when one has ended, for a job that reminds people', () => {
  const { status, stdout } = run(
    { [FILE]: `waivers:\n${entry('2099-01-01')}${entry('2020-01-01')}` },
    '--format',
    'json',
  );
  const { waivers } = JSON.parse(stdout) as { waivers: { inForce: boolean; until: string }[] };
  expect(waivers.map(({ inForce, until }) => [inForce, until])).toEqual([
    [true, '2099-01-01'],
    [false, '2020-01-01'],
  ]);
  expect(status).toBe(1);
});

test('exits with 2 for a file that cannot be read, and names each mistake', () => {
  const { status, stderr } = run({
    [FILE]: 'waivers:\n  - {rule: no-such-rule, reason: The old agent., approver: a, until: 2027-01-01}\n',
  });
  expect(stderr).toContain(`${FILE}:2: there is no rule`);
  expect(status).toBe(2);
});

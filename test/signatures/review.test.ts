import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Commit, Signature } from '../../src/engine/change.ts';
import type { Report } from '../../src/engine/report.ts';
import { openRepository } from '../../src/git/repository.ts';
import { NOTHING_OUTSIDE } from '../../src/pipeline/outside-policy.ts';
import { policyAt, reviewRepository, type ReviewRequest } from '../../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import type { Witness } from '../../src/pipeline/verify-commits.ts';
import { groupCommits } from '../../src/report/commit-groups.ts';
import { toJsonReport } from '../../src/report/json.ts';
import {
  createGitFixture,
  fixtureEnvironment,
  removeFolders,
  temporaryFolder,
  type FixtureFile,
  type GitFixture,
} from '../support/git-fixture.ts';
import { GpgHome, sshKey, stopPrograms, type SshKeyFile } from './support/programs.ts';
import { keyringOf } from './support/verdict.ts';

afterAll(() => {
  stopPrograms();
  removeFolders();
});

const rules = await loadRuleSet();
const POLICY = '.github/gitops-warden.yml';
const SIGNERS = '.github/allowed_signers';
/** The fixture's committer. */
const CARL = 'carl@example.org';

let carl: SshKeyFile;
let eve: SshKeyFile;
beforeAll(() => {
  carl = sshKey();
  eve = sshKey();
});

const lineOf = (name: string, key: SshKeyFile): string => `${name} ${key.publicKey}\n`;

/** A repository with a policy and keys on main, on a branch `work` that left it. */
function repository(
  policy: string,
  signers: string | null,
  more: Record<string, FixtureFile> = {},
): GitFixture {
  const fixture = createGitFixture();
  fixture.commit({
    'apps/web.yaml': 'a: 1\n',
    'clusters/production/web.yaml': 'a: 1\n',
    ...(policy === '' ? {} : { [POLICY]: policy }),
    ...(signers === null ? {} : { [SIGNERS]: signers }),
    ...more,
  });
  fixture.branch('work');
  return fixture;
}

async function review(fixture: GitFixture, request: Partial<ReviewRequest> = {}): Promise<Report> {
  const opened = await openRepository(fixture.directory);
  try {
    const base = await opened.resolve('main');
    const head = await opened.resolve('work');
    return (await reviewRepository({ repository: opened, base, head, rules, ...request })).report;
  } finally {
    opened.close();
  }
}

const states = (report: Report): string[] => report.commits.map(({ signature }) => signature.state);
const found = (report: Report, rule = 'signed-commits'): string[] =>
  report.findings
    .filter(({ ruleId, introduced }) => introduced && ruleId === rule)
    .map(({ message }) => message);

const ALLOWED = 'signatures: {require: allowed-signer}\n';

describe('keys on the base branch', () => {
  test('decide: their owners pass, and nobody else', async () => {
    const fixture = repository(ALLOWED, lineOf(CARL, carl));
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    expect(await review(fixture)).toMatchObject({ conclusion: 'success', configProblems: [] });
    fixture.commit({ 'apps/web.yaml': 'a: 3\n' }, 'Three', { sign: eve });
    fixture.commit({ 'apps/web.yaml': 'a: 4\n' }, 'Four');
    const report = await review(fixture);
    expect(report.conclusion).toBe('failure');
    expect(states(report)).toEqual(['valid', 'unknown-key', 'unsigned']);
    expect(found(report)).toHaveLength(2);
    expect(toJsonReport(report).commits.map(({ signature }) => signature)).toEqual([
      { state: 'valid', kind: 'ssh', signer: CARL, reason: null },
      {
        state: 'unknown-key',
        kind: 'ssh',
        signer: eve.fingerprint,
        reason: 'it fits the content, and its key is not named here',
      },
      { state: 'unsigned', kind: null, signer: null, reason: null },
    ]);
  });

  test('a change to them is judged under the old ones, and pointed out', async () => {
    const fixture = repository(ALLOWED, lineOf(CARL, carl));
    fixture.commit({ [SIGNERS]: lineOf(CARL, carl) + lineOf(CARL, eve) }, 'Let me in', { sign: eve });
    const report = await review(fixture);
    expect(states(report)).toEqual(['unknown-key']);
    expect(report.conclusion).toBe('failure');
    expect(found(report, 'signers-changed').join()).toContain(
      `\`${CARL}\` gains the right to sign with \`${eve.fingerprint}\``,
    );
    const line = report.findings.find(({ ruleId }) => ruleId === 'signers-changed')?.subject;
    expect(line).toMatchObject({ type: 'file', path: SIGNERS, range: { start: { line: 2 } } });
  });

  test('are those of the tip of the base, not of where the branch left it', async () => {
    const fixture = repository(ALLOWED, lineOf(CARL, eve));
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    expect(states(await review(fixture))).toEqual(['unknown-key']);
    fixture.checkout('main');
    fixture.commit({ [SIGNERS]: lineOf(CARL, carl) });
    const report = await review(fixture);
    expect(states(report)).toEqual(['valid']);
    // Nothing about keys is new in the branch.
    expect(found(report, 'signers-changed')).toEqual([]);
  });

  test('are part of what a verdict is bound to', async () => {
    const fixture = repository(ALLOWED, lineOf(CARL, carl));
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    const hashAt = async (rev: string): Promise<string> => {
      const opened = await openRepository(fixture.directory);
      try {
        return (await policyAt(opened, rev, rules, NOTHING_OUTSIDE)).hash;
      } finally {
        opened.close();
      }
    };
    const { policy } = await review(fixture);
    expect(await hashAt('main')).toBe(policy.hash);
    fixture.checkout('main');
    fixture.commit({ [SIGNERS]: lineOf(CARL, eve) });
    expect(await hashAt('main')).not.toBe(policy.hash);
    expect(await hashAt('main')).toBe((await review(fixture)).policy.hash);
  });

  test('can stand elsewhere', async () => {
    const fixture = repository(
      'signatures:\n  require: verified\n  keys: {allowedSigners: keys/ssh}\n',
      null,
      { 'keys/ssh': lineOf(CARL, carl) },
    );
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    expect(states(await review(fixture))).toEqual(['valid']);
  });

  test('a broken line is a problem with its line; the other lines hold; a repair passes', async () => {
    const fixture = repository(ALLOWED, `nonsense\n${lineOf(CARL, carl)}`);
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    const report = await review(fixture);
    expect(report.configProblems).toEqual([{ path: SIGNERS, line: 1, message: 'names a signer and no key' }]);
    expect(states(report)).toEqual(['valid']);
    expect(report.conclusion).toBe('failure');
    fixture.git(['reset', '--hard', '--quiet', 'main']);
    fixture.commit({ [SIGNERS]: lineOf(CARL, carl) }, 'Mend', { sign: carl });
    expect(await review(fixture)).toMatchObject({ conclusion: 'success', configProblems: [] });
    // Something else beside it, or another mistake, is no repair.
    fixture.commit({ 'apps/web.yaml': 'a: 3\n' }, 'And more', { sign: carl });
    expect((await review(fixture)).conclusion).toBe('failure');
    fixture.git(['reset', '--hard', '--quiet', 'main']);
    fixture.commit({ [SIGNERS]: `other nonsense\n${lineOf(CARL, carl)}` }, 'Break', { sign: carl });
    expect((await review(fixture)).conclusion).toBe('failure');
  });

  test('an empty list is a mistake: no pass for anybody, and no lock without a key', async () => {
    for (const signers of [null, '# nobody yet\n']) {
      const fixture = repository(ALLOWED, signers);
      fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
      const report = await review(fixture);
      expect(report.conclusion).toBe('failure');
      expect(report.configProblems.map(({ path: file }) => file)).toEqual([SIGNERS]);
      expect(report.configProblems[0]?.message).toMatch(/^names no key/);
      fixture.git(['reset', '--hard', '--quiet', 'main']);
      fixture.commit({ [SIGNERS]: lineOf(CARL, carl) }, 'First signer');
      const repair = await review(fixture);
      expect(repair).toMatchObject({ conclusion: 'success', configProblems: [] });
      // Under the defaults an unsigned commit warns.
      expect(found(repair)).toHaveLength(1);
    }
    const floor = { path: 'floor.yml', text: ALLOWED };
    const fixture = repository('', null);
    fixture.commit({ [SIGNERS]: lineOf(CARL, eve) }, 'Let me in', { sign: eve });
    // The floor holds even then.
    expect((await review(fixture, { floor })).conclusion).toBe('failure');
  });

  test('beyond a thousand files of a kind it is said that no more are read', async () => {
    const notes = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`.github/openpgp-keys/${String(at)}/README.md`, 'x']),
    );
    const fixture = repository(ALLOWED, lineOf(CARL, carl), notes);
    const last = Object.keys(notes).sort().at(-1);
    const few = await review(fixture);
    expect(few.configProblems).toEqual([
      { path: last, line: null, message: expect.stringContaining('more than 1000 files of its kind') },
    ]);
    expect(few.conclusion).toBe('failure');
  });

  test('who was shut out cannot let himself in while there are no keys', async () => {
    const REVOKED = '.github/revoked_signers';
    const bases: (string | null)[] = [null, lineOf(CARL, eve)];
    for (const signers of bases) {
      const fixture = repository(ALLOWED, signers, { [REVOKED]: `${eve.publicKey}\n` });
      fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two');
      // A key that is revoked is no key.
      expect((await review(fixture)).configProblems[0]?.message).toMatch(/^names no key/);
      const attempts: Record<string, FixtureFile>[] = [
        { [SIGNERS]: `${lineOf(CARL, eve)}# again\n` },
        { [SIGNERS]: `${lineOf(CARL, eve)}# again\n`, [REVOKED]: null },
        { [SIGNERS]: lineOf(CARL, carl), [REVOKED]: '# nobody\n' },
      ];
      for (const files of attempts) {
        fixture.git(['reset', '--hard', '--quiet', 'main']);
        fixture.commit(files, 'Let me in', { sign: eve });
        const report = await review(fixture);
        expect([Object.keys(files), report.conclusion]).toEqual([Object.keys(files), 'failure']);
        expect(report.configProblems.length).toBeGreaterThan(0);
      }
      expect((await review(fixture)).configProblems).toEqual([
        {
          path: REVOKED,
          line: 1,
          message: `lists ${eve.fingerprint} as revoked, and a change that mends the configuration cannot take that back. Mend it first`,
        },
      ]);
      fixture.git(['reset', '--hard', '--quiet', 'main']);
      fixture.commit({ [SIGNERS]: lineOf(CARL, carl) }, 'Another signer');
      expect(await review(fixture)).toMatchObject({ conclusion: 'success', configProblems: [] });
    }
  });

  test('a key file behind a link is none', async () => {
    const fixture = repository(ALLOWED, lineOf(CARL, carl), { 'other/keys': lineOf(CARL, eve) });
    fixture.commit({ [SIGNERS]: { link: '../other/keys' } }, 'Link', { sign: carl });
    const report = await review(fixture);
    expect(report.conclusion).toBe('failure');
    expect(report.notChecked).toContainEqual(expect.objectContaining({ path: SIGNERS, blocks: true }));
    fixture.git(['branch', '--force', 'main', 'work']);
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: eve });
    expect((await review(fixture)).configProblems[0]).toMatchObject({ path: SIGNERS });
  });
});

describe('who may sign what', () => {
  const policy = `signatures:
  require: signed
  groups:
    platform: [${CARL}]
  paths:
    - paths: ['clusters/production/**']
      groups: [platform]
`;
  const both = (): string => lineOf(CARL, carl) + lineOf(`dev@example.org,${CARL}`, eve);
  const onlyCarl = policy.replace(`[${CARL}]`, '["SHA256:KEY"]');
  const withKey = (): string => onlyCarl.replace('SHA256:KEY', carl.fingerprint);

  test('a commit that touches a guarded path, and one that does not', async () => {
    const fixture = repository(withKey(), both());
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Elsewhere', { sign: eve });
    fixture.commit({ 'clusters/production/web.yaml': 'a: 2\n' }, 'Production', { sign: eve });
    fixture.commit({ 'clusters/production/web.yaml': 'a: 3\n' }, 'Production again', { sign: carl });
    fixture.commit({ 'clusters/production/web.yaml': null }, 'Deleted', { sign: eve });
    const report = await review(fixture);
    expect(states(report)).toEqual(['valid', 'signer-not-allowed', 'valid', 'signer-not-allowed']);
    expect(found(report)).toHaveLength(2);
    expect(found(report)[0]).toContain(
      "touches 'clusters/production/web.yaml', which only 'platform' may sign",
    );
  });

  test('a rename out of a guarded path, and a change that is undone again', async () => {
    const fixture = repository(withKey(), both());
    fixture.commit({ 'clusters/production/web.yaml': null, 'apps/old.yaml': 'a: 1\n' }, 'Move out', {
      sign: eve,
    });
    fixture.commit({ 'clusters/production/web.yaml': 'a: 1\n', 'apps/old.yaml': null }, 'Move back', {
      sign: eve,
    });
    expect(states(await review(fixture))).toEqual(['signer-not-allowed', 'signer-not-allowed']);
  });

  describe('links and submodules', () => {
    const guarding = (glob: string): string => withKey().replace('clusters/production/**', glob);
    const module = 'a'.repeat(40);
    const bump = (fixture: GitFixture, folder: string, to: string): void => {
      fixture.git(['update-index', '--add', '--cacheinfo', `160000,${to},${folder}`]);
      const sign = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${eve.file}`];
      fixture.git([...sign, 'commit', '--quiet', '-S', '--message', `Bump ${folder}`]);
    };
    const guardedBy = async (fixture: GitFixture): Promise<(readonly string[])[]> =>
      (await review(fixture)).commits.map(({ guarded }) => guarded ?? []);

    test.each([
      ['clusters/prod/**', 'clusters/prod'],
      ['clusters/prod/*.yaml', 'clusters/prod'],
      ['clusters/prod/web/**', 'clusters'],
      ['{clusters,infrastructure}/*/web.yaml', 'clusters/prod'],
      ['**/prod/**', 'clusters/prod'],
      ['**/prod/**', 'elsewhere'],
    ])('%s: a link or submodule at %s stands for a folder', async (glob, place) => {
      const folder = { 'other/web.yaml': 'a: 1\n', 'evil/web.yaml': 'a: 2\n' };
      const up = '../'.repeat(place.split('/').length - 1);
      const fixture = repository(guarding(glob), both(), folder);
      fixture.git(['rm', '-r', '--quiet', 'clusters']);
      fixture.commit({ [place]: { link: `${up}other` } }, 'Link', { sign: carl });
      fixture.git(['branch', '--force', 'main', 'work']);
      fixture.commit({ [place]: { link: `${up}evil` } }, 'Turn', { sign: eve });
      expect(await guardedBy(fixture)).toEqual([[place]]);
      expect(states(await review(fixture))).toEqual(['signer-not-allowed']);
      fixture.git(['rm', '--quiet', place]);
      fixture.git(['reset', '--quiet', '--hard', 'main']);
      fixture.git(['rm', '--quiet', place]);
      bump(fixture, place, module);
      fixture.git(['branch', '--force', 'main', 'work']);
      bump(fixture, place, 'b'.repeat(40));
      expect(await guardedBy(fixture)).toEqual([[place]]);
    });

    test.each([
      ['clusters/production/**', 'clusters/staging'],
      ['clusters/production/*.yaml', 'clusters/production/deeper'],
      ['clusters/production', 'clusters/production-2'],
    ])('%s: what stands at %s cannot hold it', async (glob, place) => {
      const fixture = repository(guarding(glob), both());
      bump(fixture, place, module);
      expect(await guardedBy(fixture)).toEqual([[]]);
    });

    test('a link that leads to a file is a file', async () => {
      const files = { 'apps/common.yaml': 'a: 1\n', 'apps/other.yaml': 'a: 1\n' };
      const fixture = repository(guarding('**/secrets.yaml'), both(), files);
      fixture.commit({ 'apps/link.yaml': { link: 'common.yaml' } }, 'New', { sign: eve });
      fixture.commit({ 'apps/link.yaml': { link: 'other.yaml' } }, 'Turn', { sign: eve });
      fixture.commit({ 'apps/link.yaml': { link: '../clusters' } }, 'To a folder', { sign: eve });
      fixture.commit({ 'apps/link.yaml': { link: 'common.yaml' } }, 'Back again', { sign: eve });
      fixture.commit({ 'apps/link.yaml': { link: '/etc' } }, 'Out of it', { sign: eve });
      expect(await guardedBy(fixture)).toEqual([
        [],
        [],
        ['apps/link.yaml'],
        ['apps/link.yaml'],
        ['apps/link.yaml'],
      ]);
    });
  });

  test('an unsigned commit to a guarded path is refused even where nothing else is asked', async () => {
    const fixture = repository(withKey().replace('require: signed', 'require: none'), both());
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Elsewhere');
    fixture.commit({ 'clusters/production/web.yaml': 'a: 2\n' }, 'Production');
    const report = await review(fixture);
    expect(report.commits.map(({ guarded }) => guarded ?? [])).toEqual([
      [],
      ['clusters/production/web.yaml'],
    ]);
    expect(report.conclusion).toBe('failure');
  });

  describe('merges', () => {
    const diverge = (): GitFixture => {
      const fixture = repository(withKey(), both());
      fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Work', { sign: eve });
      fixture.checkout('main');
      fixture.commit({ 'clusters/production/web.yaml': 'a: 9\n' }, 'By the platform team', { sign: carl });
      fixture.checkout('work');
      return fixture;
    };
    const merge = (
      fixture: GitFixture,
      strategy: readonly string[],
      files: Record<string, string> = {},
    ): void => {
      fixture.git(['merge', '--quiet', '--no-ff', '--no-commit', ...strategy, 'main']);
      fixture.write(files);
      fixture.git(['add', '--all', '.']);
      const sign = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${eve.file}`];
      fixture.git([...sign, 'commit', '--quiet', '-S', '--message', 'Merge main']);
    };

    test('that takes over what the base changed touches nothing of it', async () => {
      const fixture = diverge();
      merge(fixture, []);
      expect(states(await review(fixture))).toEqual(['valid', 'valid']);
    });

    test('that changes a guarded path by itself', async () => {
      const fixture = diverge();
      merge(fixture, [], { 'clusters/production/web.yaml': 'a: 666\n' });
      expect(states(await review(fixture))).toEqual(['valid', 'signer-not-allowed']);
    });

    test('that adds a file to a guarded path', async () => {
      const fixture = diverge();
      merge(fixture, [], { 'clusters/production/new.yaml': 'a: 666\n' });
      expect(states(await review(fixture))).toEqual(['valid', 'signer-not-allowed']);
    });

    test('of two histories that had joined before, which gives back what one of them had dropped', async () => {
      const fixture = repository(withKey(), both());
      fixture.branch('a', 'main');
      fixture.commit({ 'clusters/production/web.yaml': 'a: 9\n' }, 'A', { sign: carl });
      fixture.branch('b', 'main');
      fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'B', { sign: carl });
      fixture.git(['merge', '--quiet', '--no-ff', '--strategy', 'ours', '-m', 'Without A', 'a']);
      fixture.git(['branch', '--force', 'main']);
      fixture.git(['checkout', '--quiet', '-B', 'work', 'a']);
      const sign = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${eve.file}`];
      fixture.git([...sign, 'merge', '--quiet', '--no-ff', '-S', '-m', 'With B', 'b~1']);
      merge(fixture, ['--strategy', 'ours']);
      expect(fixture.git(['merge-base', '--all', 'HEAD^1', 'HEAD^2']).split('\n')).toHaveLength(2);
      // The base's side had dropped it as against one of the commits in which both parted, and not as against the other.
      expect(states(await review(fixture))).toEqual(['valid', 'signer-not-allowed']);
    });

    describe('of a file that both sides changed', () => {
      const lines = (changes: Record<number, string> = {}): string =>
        Array.from({ length: 9 }, (_, index) => `${changes[index] ?? `a${String(index)}: 1`}\n`).join('');
      const PATH = 'clusters/production/web.yaml';
      const joined = (merged: string, ours = lines({ 1: 'mine: 2' }), theirs = lines({ 7: 'theirs: 2' })) => {
        const fixture = repository(withKey(), both(), { [PATH]: lines() });
        fixture.commit({ [PATH]: ours }, 'Work', { sign: carl });
        fixture.checkout('main');
        fixture.commit({ [PATH]: theirs }, 'Meanwhile', { sign: carl });
        fixture.checkout('work');
        merge(fixture, ['--strategy', 'ours'], { [PATH]: merged });
        return fixture;
      };

      test.each([
        ['takes over both', lines({ 1: 'mine: 2', 7: 'theirs: 2' }), 'valid'],
        ['leaves out one', lines({ 7: 'theirs: 2' }), 'signer-not-allowed'],
        ['leaves out the other', lines({ 1: 'mine: 2' }), 'signer-not-allowed'],
        ['leaves out both', lines(), 'signer-not-allowed'],
        ['adds something', lines({ 1: 'mine: 2', 4: 'evil: 2', 7: 'theirs: 2' }), 'signer-not-allowed'],
        ['moves one', lines({ 1: 'mine: 2', 6: 'theirs: 2' }), 'signer-not-allowed'],
      ])('and %s', async (_name, merged, state) => {
        expect(states(await review(joined(merged)))).toEqual(['valid', state]);
      });

      test.each<[string, string, string, string, string]>([
        [
          'in the same lines',
          lines({ 1: 'mine: 2' }),
          lines({ 1: 'theirs: 2' }),
          lines({ 1: 'settled: 2' }),
          'signer-not-allowed',
        ],
        [
          'in lines that touch',
          lines({ 1: 'mine: 2' }),
          lines({ 2: 'theirs: 2' }),
          lines({ 1: 'mine: 2', 2: 'theirs: 2' }),
          'signer-not-allowed',
        ],
        [
          'the same in one place, and each in another',
          lines({ 1: 'mine: 2', 4: 'same: 2' }),
          lines({ 4: 'same: 2', 7: 'theirs: 2' }),
          lines({ 1: 'mine: 2', 4: 'same: 2', 7: 'theirs: 2' }),
          'valid',
        ],
        [
          'by taking lines out, and adding some without a line feed at the end',
          lines().replace('a1: 1\n', ''),
          `${lines()}last: 1`,
          `${lines().replace('a1: 1\n', '')}last: 1`,
          'valid',
        ],
      ])('%s', async (_name, ours, theirs, merged, state) => {
        const fixture = joined(merged, ours, theirs);
        expect(states(await review(fixture))).toEqual(['valid', state]);
        // As git itself merges.
        fixture.git(['reset', '--quiet', '--hard', 'HEAD^']);
        const { status } = spawnSync('git', ['merge', '--no-commit', '--no-ff', 'main'], {
          cwd: fixture.directory,
          env: fixtureEnvironment(),
        });
        expect(status === 0).toBe(state === 'valid');
        if (status === 0) expect(readFileSync(path.join(fixture.directory, PATH), 'utf8')).toBe(merged);
      });
    });

    test('that drops what the base changed', async () => {
      const fixture = diverge();
      merge(fixture, ['--strategy', 'ours']);
      expect(states(await review(fixture))).toEqual(['valid', 'signer-not-allowed']);
    });
  });

  test('lists of signers: by address, pattern, group, key, and none', async () => {
    const cases: [string, string][] = [
      [`signers: ['${CARL}']`, 'valid'],
      ["signers: ['*@example.org']", 'valid'],
      ["signers: ['*@elsewhere.org']", 'signer-not-allowed'],
      ['groups: {team: [ada@example.org]}\n  signers: [team]', 'signer-not-allowed'],
      [`groups: {team: [ada@example.org, ${CARL}]}\n  signers: [team]`, 'valid'],
      [`signers: ['${carl.fingerprint}']`, 'valid'],
      [`signers: ['${eve.fingerprint}']`, 'signer-not-allowed'],
      ["signers: ['github:carl']", 'signer-not-allowed'],
      [`signers: ['principal:${CARL}']`, 'valid'],
      ["signers: ['principal:*@example.org']", 'signer-not-allowed'],
      ['userPresence: required', 'valid'],
    ];
    for (const [setting, state] of cases) {
      const fixture = repository(
        `signatures:\n  require: allowed-signer\n  ${setting}\n`,
        lineOf(CARL, carl),
      );
      fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
      const report = await review(fixture);
      expect([setting, report.configProblems, ...states(report)]).toEqual([setting, [], state]);
    }
  });

  test('whose address must be that of the signer', async () => {
    const cases: [string, string, string][] = [
      ['committer', CARL, 'valid'],
      ['committer', 'ada@example.org', 'identity-mismatch'],
      ['author', 'ada@example.org', 'valid'],
      ['author', CARL, 'identity-mismatch'],
      ['both', CARL, 'identity-mismatch'],
      ['both', '*@example.org', 'valid'],
      ['both', `!ada@example.org,*@example.org`, 'identity-mismatch'],
      ['none', 'somebody', 'valid'],
      ['committer', 'somebody', 'identity-mismatch'],
    ];
    for (const [identity, principals, state] of cases) {
      const fixture = repository(
        `signatures: {require: verified, identity: ${identity}}\n`,
        lineOf(principals, carl),
      );
      fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
      expect([identity, principals, ...states(await review(fixture))]).toEqual([identity, principals, state]);
    }
  });

  test('addresses in whatever case they are written', async () => {
    const guarded = `signatures:
  require: allowed-signer
  groups: {platform: ['${CARL}']}
  paths: [{paths: ['clusters/**'], groups: [platform]}]
`;
    const cases: [string, string][] = [
      ['Carl@Example.org', 'valid'],
      // These keep the key from signing as Carl, whom the group names.
      [`*@example.org,!${CARL}`, 'identity-mismatch'],
      ['*@example.org,!CARL@example.org', 'identity-mismatch'],
      ['*@example.org,!Carl@*', 'identity-mismatch'],
    ];
    for (const [principals, state] of cases) {
      const fixture = repository(guarded, lineOf(principals, eve));
      fixture.commit({ 'clusters/production/web.yaml': 'a: 2\n' }, 'Production', { sign: eve });
      expect([principals, ...states(await review(fixture))]).toEqual([principals, state]);
    }
    // A name that the same line takes back names nobody.
    const fixture = repository(
      guarded.replace('allowed-signer\n', 'allowed-signer\n  identity: none\n'),
      lineOf(`dev@example.org,${CARL},!CARL@example.org`, eve),
    );
    fixture.commit({ 'clusters/production/web.yaml': 'a: 2\n' }, 'Production', { sign: eve });
    expect(states(await review(fixture))).toEqual(['signer-not-allowed']);
  });
});

test('the command of a finding is that of its group, and runs', async () => {
  const fixture = repository(ALLOWED, lineOf(CARL, carl));
  fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'One', { sign: carl });
  fixture.commit({ 'apps/web.yaml': 'a: 3\n' }, 'Two');
  const command = /`(git rebase [^`]*)`/;
  const commandsOf = async (): Promise<(string | undefined)[]> => {
    const report = await review(fixture);
    const { groups } = groupCommits(report.findings, report);
    const own = found(report).map((message) => command.exec(message)?.[1]);
    expect(new Set(own)).toEqual(new Set(groups.flatMap(({ mending }) => mending?.commands[0] ?? [])));
    return own;
  };
  expect(await commandsOf()).toEqual([
    `git rebase --exec 'git commit --amend --no-edit --allow-empty -S' ${fixture.git(['rev-parse', '--short=12', 'HEAD^'])}`,
  ]);
  fixture.checkout('main');
  fixture.commit({ 'apps/other.yaml': 'a: 2\n' });
  fixture.checkout('work');
  fixture.merge('main', 'Catch up');
  const [, rebase] = await commandsOf();
  expect(rebase).toContain('--rebase-merges');
  fixture.git(['config', 'gpg.format', 'ssh']);
  fixture.git(['config', 'user.signingKey', carl.file]);
  execFileSync('sh', ['-c', rebase ?? ''], {
    cwd: fixture.directory,
    env: fixtureEnvironment(),
    stdio: 'pipe',
  });
  const report = await review(fixture);
  expect([report.conclusion, ...states(report)]).toEqual(['success', 'valid', 'valid', 'valid']);
  expect(report.commits.at(-1)?.parents).toHaveLength(2);
});

test.each(['SSH', 'OpenPGP'])('the commands of a report for %s mend it, whatever is wrong', async (name) => {
  const gpg = new GpgHome();
  const fingerprint = gpg.generate(`Carl <${CARL}>`, 'ed25519');
  const fixture = repository(
    'signatures: {require: allowed-signer, identity: both}\n',
    name === 'SSH' ? lineOf(CARL, carl) : lineOf('dev@example.org', carl),
    { '.github/openpgp-keys/carl.asc': gpg.export(fingerprint) },
  );
  fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, '# Not signed');
  fixture.commit({}, 'Without changes', { sign: eve, empty: true });
  fixture.commit({ 'apps/web.yaml': 'a: 3\n' }, 'Of somebody else', { sign: gpg.sign(fingerprint) });
  const before = await review(fixture);
  expect(states(before)).toEqual(['unsigned', 'unknown-key', 'identity-mismatch']);
  expect(before.commits[2]?.signature.reason).toBe(
    `the key may sign for \`${CARL}\`, and not for the author \`ada@example.org\``,
  );
  const [group] = groupCommits(before.findings, before).groups;
  const { ssh, openpgp, commands, advice } = group!.mending!;
  expect(advice.join(' ')).toMatch(/key files on the base branch.*`user.email`/);
  const script = [...(name === 'SSH' ? ssh : openpgp), commands[0]]
    .join('\n')
    .replace('~/.ssh/id_ed25519.pub', carl.file)
    .replace('KEY_ID', fingerprint);
  // Whoever runs them has only what the commands set.
  const env = Object.fromEntries(
    Object.entries(fixtureEnvironment()).filter(([variable]) => !/^GIT_(?:AUTHOR|COMMITTER)_/.test(variable)),
  );
  fixture.git(['config', 'user.name', 'Carl']);
  fixture.git(['config', 'gpg.program', gpg.program()]);
  execFileSync('sh', ['-e', '-c', script], { cwd: fixture.directory, env, stdio: 'pipe' });
  const report = await review(fixture);
  expect([report.conclusion, ...states(report)]).toEqual(['success', 'valid', 'valid', 'valid']);
  expect(report.commits.map(({ subject }) => subject)).toEqual(before.commits.map(({ subject }) => subject));
});

describe('somebody else as a witness', () => {
  const witnessOf = (
    signature: Pick<Signature, 'state' | 'reason'> | null,
    account: string | null,
    more: Partial<Witness> = {},
  ): Witness => ({
    evidence: (commits) =>
      Promise.resolve(new Map(commits.map(({ sha }) => [sha, { verdict: signature, account, keys: null }]))),
    incomplete: () => Promise.resolve(null),
    ...more,
  });
  const VALID = { state: 'valid', reason: null } as const;
  const signedBy = (policy: string, key: SshKeyFile): GitFixture => {
    const fixture = repository(policy, lineOf(CARL, carl));
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: key });
    return fixture;
  };

  test.each([
    ['signatures: {require: verified}', 'carl', 'valid'],
    ['signatures: {require: verified, github: {verdict: false}}', 'carl', 'unknown-key'],
    ['signatures: {require: allowed-signer}', 'carl', 'unknown-key'],
    ['signatures: {require: allowed-signer, github: {verdict: true}}', 'carl', 'signer-not-allowed'],
    [
      "signatures: {require: allowed-signer, github: {verdict: true}, signers: ['github:Carl']}",
      'carl',
      'valid',
    ],
    [
      "signatures: {require: allowed-signer, github: {verdict: true}, signers: ['github:ada']}",
      'carl',
      'signer-not-allowed',
    ],
    ['signatures: {require: verified}', 'web-flow', 'valid'],
    ['signatures: {require: verified, webFlow: never}', 'web-flow', 'signer-not-allowed'],
    ['signatures: {require: verified, webFlow: merges}', 'web-flow', 'signer-not-allowed'],
    ['signatures: {require: allowed-signer, github: {verdict: true}}', 'web-flow', 'signer-not-allowed'],
    ['signatures: {require: allowed-signer, github: {verdict: true}, webFlow: always}', 'web-flow', 'valid'],
  ])('%s, and %s is valid there: %s', async (policy, account, state) => {
    const report = await review(signedBy(`${policy}\n`, eve), { witness: witnessOf(VALID, account) });
    expect([report.configProblems, ...states(report)]).toEqual([[], state]);
    if (state === 'valid') {
      expect(report.commits[0]?.signature.signer).toBe(account === 'web-flow' ? 'web-flow' : 'github:carl');
    }
  });

  test('a guarded path keeps web-flow out, even where its address is in the group', async () => {
    const policy = `signatures:\n  require: verified\n  groups: {team: ['${CARL}']}\n  paths: [{paths: ['apps/**'], groups: [team]}]`;
    const as = async (webFlow: string): Promise<Report> =>
      review(signedBy(`${policy}${webFlow}\n`, eve), { witness: witnessOf(VALID, 'web-flow') });
    expect((await as('')).commits[0]?.signature).toMatchObject({
      state: 'signer-not-allowed',
      reason: "GitHub's own key, `web-flow`, may not sign here",
    });
    expect(states(await as('\n  webFlow: always'))).toEqual(['valid']);
  });

  test('web-flow may sign merges', async () => {
    const fixture = repository('signatures: {require: verified, webFlow: merges}\n', lineOf(CARL, carl));
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    fixture.checkout('main');
    fixture.commit({ 'apps/other.yaml': 'a: 2\n' });
    fixture.checkout('work');
    fixture.git(['merge', '--quiet', '--no-ff', '--no-commit', 'main']);
    fixture.git([
      '-c',
      'gpg.format=ssh',
      '-c',
      `user.signingKey=${eve.file}`,
      'commit',
      '--quiet',
      '-S',
      '-m',
      'Merge',
    ]);
    const report = await review(fixture, { witness: witnessOf(VALID, 'web-flow') });
    expect(states(report)).toEqual(['valid', 'valid']);
    expect(report.commits.map(({ signature }) => signature.signer)).toEqual([CARL, 'web-flow']);
  });

  test('web-flow may sign no merge that changes something itself', async () => {
    const fixture = repository('signatures: {require: verified, webFlow: merges}\n', lineOf(CARL, carl));
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    fixture.checkout('main');
    fixture.commit({ 'apps/other.yaml': 'a: 2\n' });
    fixture.checkout('work');
    fixture.git(['merge', '--quiet', '--no-ff', '--no-commit', 'main']);
    fixture.write({ 'apps/evil.yaml': 'a: 3\n' });
    fixture.git(['add', '-A']);
    const signing = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${eve.file}`];
    fixture.git([...signing, 'commit', '--quiet', '-S', '-m', 'Merge']);
    const report = await review(fixture, { witness: witnessOf(VALID, 'web-flow') });
    expect(states(report)).toEqual(['valid', 'signer-not-allowed']);
  });

  test('is not asked about what is settled, and cannot overrule it', async () => {
    const asked: string[] = [];
    const witness = witnessOf(VALID, 'carl', {
      evidence: (commits) => {
        asked.push(...commits.map(({ subject }) => subject));
        return Promise.resolve(
          new Map(commits.map(({ sha }) => [sha, { verdict: VALID, account: 'carl', keys: null }])),
        );
      },
    });
    const fixture = repository('signatures: {require: verified}\n', lineOf(CARL, carl));
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Known', { sign: carl });
    fixture.commit({ 'apps/web.yaml': 'a: 3\n' }, 'Plain');
    tamper(fixture, 'Tampered');
    fixture.commit({ 'apps/web.yaml': 'a: 5\n' }, 'Unknown', { sign: eve });
    const report = await review(fixture, { witness });
    expect(states(report)).toEqual(['valid', 'unsigned', 'bad-signature', 'valid']);
    expect(asked).toEqual(['Unknown']);
  });

  test.each([
    ['namespaces="file"'],
    ['valid-after="20300101"'],
    ['cert-authority'],
    ['valid-before="20200101"'],
  ])('cannot overrule what the base says of a key: %s', async (option) => {
    const fixture = repository('signatures: {require: verified}\n', `${CARL} ${option} ${carl.publicKey}\n`);
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    const keys = await keyringOf({ [SIGNERS]: `* ${carl.publicKey}\n` });
    const witness = witnessOf(null, null, {
      evidence: (commits) =>
        Promise.resolve(new Map(commits.map(({ sha }) => [sha, { verdict: VALID, account: 'carl', keys }]))),
    });
    expect(states(await review(fixture, { witness }))[0]).toMatch(/^(?:unknown|expired)-key$/);
  });

  test('keys of the account count when the policy says so', async () => {
    const keys = await keyringOf({ [SIGNERS]: `* ${eve.publicKey}\n` });
    const witness = witnessOf(null, 'carl', {
      evidence: (commits) =>
        Promise.resolve(new Map(commits.map(({ sha }) => [sha, { verdict: null, account: 'carl', keys }]))),
    });
    const policy =
      "signatures: {require: allowed-signer, signers: ['github:carl'], github: {accountKeys: true}}\n";
    const report = await review(signedBy(policy, eve), { witness });
    expect(report.commits[0]?.signature).toEqual({
      state: 'valid',
      kind: 'ssh',
      signer: 'github:carl',
      reason: null,
    });
    const stranger = await review(signedBy(policy, sshKey()), { witness });
    expect(states(stranger)).toEqual(['unknown-key']);
  });

  test('what is not verified yet is no pass', async () => {
    const pending = { state: 'unavailable', reason: 'still checking' } as const;
    const report = await review(signedBy('signatures: {require: verified}\n', eve), {
      witness: witnessOf(pending, 'carl'),
    });
    expect(report).toMatchObject({ conclusion: 'failure' });
    expect(states(report)).toEqual(['unavailable']);
  });

  test('a list of commits that may not be complete is no pass', async () => {
    const witness = witnessOf(null, null, {
      incomplete: (commits) => Promise.resolve(`has more than ${String(commits.length)}`),
    });
    const report = await review(signedBy(ALLOWED, carl), { witness });
    expect(report.conclusion).toBe('failure');
    expect(report.notChecked).toContainEqual({ path: '.', reason: 'has more than 1', blocks: true });
  });
});

/** A commit on top whose signature was made over other bytes. */
function tamper(fixture: GitFixture, subject: string): string {
  fixture.commit({ 'apps/web.yaml': `t: ${subject}\n` }, subject, { sign: carl });
  const raw = execFileSync('git', ['cat-file', 'commit', 'HEAD'], {
    cwd: fixture.directory,
    env: fixtureEnvironment(),
  });
  return rewrite(fixture, raw.toString('latin1').replace('\nauthor Ada', '\nauthor Eva'));
}

/** Puts a raw commit in the place of the head. */
function rewrite(fixture: GitFixture, raw: string): string {
  const sha = fixture.git(
    ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'],
    Buffer.from(raw, 'latin1'),
  );
  fixture.git(['reset', '--hard', '--quiet', sha]);
  return sha;
}

describe('bad input', () => {
  const setUp = (): { fixture: GitFixture; raw: string } => {
    const fixture = repository(ALLOWED, lineOf(CARL, carl));
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two', { sign: carl });
    const raw = execFileSync('git', ['cat-file', 'commit', 'HEAD'], {
      cwd: fixture.directory,
      env: fixtureEnvironment(),
    });
    return { fixture, raw: raw.toString('latin1') };
  };

  test.each<[string, (raw: string) => string, string]>([
    ['another author', (raw) => raw.replace('\nauthor Ada', '\nauthor Eva'), 'bad-signature'],
    ['another parent', (raw) => raw.replace(/\nparent (.*)\n/, '\nparent $1\nparent $1\n'), 'bad-signature'],
    ['another message', (raw) => raw.replace('\n\nTwo', '\n\nTwo.'), 'bad-signature'],
    [
      'another tree',
      (raw) => raw.replace(/^tree [0-9a-f]{40}/, 'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904'),
      'bad-signature',
    ],
    ['another date', (raw) => raw.replace(/(committer .*> )\d+/, '$11700009999'), 'bad-signature'],
    [
      'a second signature',
      (raw) => raw.replace(/gpgsig [^]*?\n(?! )/, (header) => header + header),
      'malformed',
    ],
    ['a cut signature', (raw) => raw.replace(/\n -----END SSH SIGNATURE-----/, ''), 'malformed'],
    ['another header', (raw) => raw.replace('\n\nTwo', '\nencoding UTF-8\n\nTwo'), 'bad-signature'],
    [
      'a header in the author',
      (raw) =>
        raw.replace(
          '\nauthor Ada Author',
          `\nauthor Ada\ncommitter Carl Committer <${CARL}> 1 +0000\nauthor x`,
        ),
      'malformed',
    ],
  ])('%s', async (_name, change, state) => {
    const { fixture, raw } = setUp();
    const changed = change(raw);
    expect(changed).not.toBe(raw);
    rewrite(fixture, changed);
    const report = await review(fixture).catch((error: unknown) => error as Error);
    if (report instanceof Error) throw report;
    expect(states(report).at(-1)).toBe(state);
    expect(report.conclusion).toBe('failure');
  });

  test('an author line that holds two addresses names nobody', async () => {
    const fixture = repository(
      'signatures: {require: verified, identity: author}\n',
      lineOf('*@example.org', carl),
    );
    fixture.git(['config', 'user.useConfigOnly', 'false']);
    fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Two');
    const raw = execFileSync('git', ['cat-file', 'commit', 'HEAD'], {
      cwd: fixture.directory,
      env: fixtureEnvironment(),
    }).toString();
    const forged = raw.replace('<ada@example.org>', '<ada@example.org> <boss@example.org>');
    const file = path.join(temporaryFolder(), 'payload');
    writeFileSync(file, forged);
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', carl.file, '-n', 'git', file], { stdio: 'pipe' });
    const armor = execFileSync('cat', [`${file}.sig`])
      .toString()
      .trimEnd();
    rewrite(fixture, forged.replace('\n\n', `\ngpgsig ${armor.split('\n').join('\n ')}\n\n`));
    expect((await review(fixture)).commits[0]?.signature).toMatchObject({
      state: 'identity-mismatch',
      reason: 'its author has no single address that can be read',
    });
  });

  test('a commit of 10 MB is verified like any other', async () => {
    const fixture = repository(ALLOWED, lineOf(CARL, carl));
    const file = path.join(temporaryFolder(), 'message');
    writeFileSync(file, `Large\n\n${'0123456789abcde\n'.repeat(655_360)}`);
    fixture.write({ 'apps/web.yaml': 'a: 2\n' });
    fixture.git(['add', '.']);
    const sign = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${carl.file}`];
    fixture.git([...sign, 'commit', '--quiet', '-S', '--file', file]);
    const report = await review(fixture);
    expect(states(report)).toEqual(['valid']);
    expect(report.commits[0]?.subject).toBe('Large');
  });

  test('replace refs and grafts do not change what is judged', async () => {
    const { fixture } = setUp();
    const good = fixture.head();
    const evil = tamper(fixture, 'Evil');
    expect(states(await review(fixture))).toEqual(['valid', 'bad-signature']);
    // What git shows by default is then the good commit.
    fixture.git(['replace', evil, good]);
    expect(fixture.git(['log', '-1', '--format=%s', evil])).toBe('Two');
    expect(states(await review(fixture))).toEqual(['valid', 'bad-signature']);
    // A graft would hide the commits between.
    fixture.git(['replace', '-d', evil]);
    mkdirSync(path.join(fixture.directory, '.git/info'), { recursive: true });
    writeFileSync(
      path.join(fixture.directory, '.git/info/grafts'),
      `${evil} ${fixture.git(['rev-parse', 'main'])}\n`,
    );
    expect(states(await review(fixture))).toEqual(['valid', 'bad-signature']);
  });

  test('a shallow clone that hides commits is refused, not judged in part', async () => {
    const { fixture } = setUp();
    const head = fixture.head();
    writeFileSync(path.join(fixture.directory, '.git/shallow'), `${head}\n`);
    await expect(review(fixture)).rejects.toThrow(/shallow/);
  });
});

test('every commit counts, far beyond what GitHub lists', async () => {
  const fixture = repository(ALLOWED, lineOf(CARL, carl));
  const base = fixture.git(['rev-parse', 'main']);
  const stream = Array.from({ length: 600 }, (_, index) =>
    [
      'commit refs/heads/work',
      `committer Carl <${CARL}> ${String(1_700_001_000 + index)} +0000`,
      'data 1',
      'x',
      ...(index === 0 ? [`from ${base}`] : []),
      'M 644 inline apps/web.yaml',
      `data ${String(String(index).length)}`,
      String(index),
      '',
    ].join('\n'),
  ).join('');
  fixture.git(['fast-import', '--quiet', '--force'], stream);
  const report = await review(fixture);
  expect(report.commits).toHaveLength(600);
  expect(found(report)).toHaveLength(600);
});

test('a direct push is verified the same way', async () => {
  const fixture = repository(ALLOWED, lineOf(CARL, carl));
  fixture.checkout('main');
  const before = fixture.head();
  fixture.commit({ 'apps/web.yaml': 'a: 2\n' }, 'Signed', { sign: carl });
  const after = fixture.commit({ 'apps/web.yaml': 'a: 3\n' }, 'Not signed');
  const push = { ref: 'refs/heads/main', before, after, forced: false, deleted: false, pusher: 'carl' };
  const report = await review(fixture, { base: before, head: after, push });
  expect(report.commits.map(({ signature }: Commit) => signature.state)).toEqual(['valid', 'unsigned']);
  expect(found(report)).toHaveLength(1);
});

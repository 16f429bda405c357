// Whole reviews of real repositories: the change of `.sops.yaml` as a table, every commit in between, and `sops status`.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Report } from '../../src/engine/report.ts';
import { openRepository } from '../../src/git/repository.ts';
import { reviewRepository } from '../../src/pipeline/review-repository.ts';
import { loadRuleSet } from '../../src/pipeline/rule-set.ts';
import { sopsStatus } from '../../src/pipeline/sops-status.ts';
import { toJsonReport } from '../../src/report/json.ts';
import { createGitFixture, removeFolders, type GitFixture } from '../support/git-fixture.ts';
import { ROOT, run } from '../support/programs.ts';
import { ageRecipient, ciphertext, sopsSecret, sopsYaml, yamlMetadata } from '../support/sops-fixture.ts';

afterAll(removeFolders);

const rules = await loadRuleSet();
const [ops, dev, stranger] = [ageRecipient(), ageRecipient(), ageRecipient()];
const short = (recipient: string): string => `${recipient.slice(0, 12)}…${recipient.slice(-6)}`;
const encrypted = (...recipients: string[]): string => sopsYaml(['password'], { recipients });

async function reviewed(fixture: GitFixture, base: string): Promise<Report> {
  const repository = await openRepository(fixture.directory);
  try {
    return (await reviewRepository({ repository, base, head: fixture.head(), rules })).report;
  } finally {
    repository.close();
  }
}

function found({ findings }: Report): string[] {
  return findings
    .filter(({ introduced, ruleId }) => introduced && ruleId.includes('sops'))
    .map(({ ruleId, subject }) => `${ruleId} ${subject.type === 'file' ? subject.path : ''}`);
}

describe('a change of .sops.yaml', () => {
  const rule = (regex: string, ...recipients: string[]): string =>
    `creation_rules:\n  - path_regex: ${regex}\n    age: ${recipients.join(',')}\n`;
  const files = {
    'prod/a.sops.yaml': encrypted(ops),
    'prod/b.sops.yaml': encrypted(ops),
    'dev/c.sops.yaml': encrypted(ops),
    'dev/values.yaml': 'a: b\n',
    'README.md': 'x\n',
  };

  test('edited: who gains, who loses, what has to be done', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ '.sops.yaml': rule('\\.yaml$', ops), ...files });
    fixture.commit({
      '.sops.yaml': `creation_rules:\n  - path_regex: ^prod/.*.sops.yaml\n    age: ${stranger}\n    frequency: daily\n  - path_regex: ^prod/a\n    age: ${dev}\n`,
    });
    const report = await reviewed(fixture, base);
    expect(report.sops).toEqual({
      configs: [{ path: '.sops.yaml', change: 'edited' }],
      access: [
        {
          recipient: short(stranger),
          change: 'gains',
          files: { count: 2, paths: ['prod/a.sops.yaml', 'prod/b.sops.yaml'] },
        },
        { recipient: short(dev), change: 'gains', files: { count: 0, paths: [] } },
        {
          recipient: short(ops),
          change: 'loses',
          files: { count: 2, paths: ['prod/a.sops.yaml', 'prod/b.sops.yaml'] },
        },
      ],
      rekey: { count: 2, paths: ['prod/a.sops.yaml', 'prod/b.sops.yaml'] },
      reencrypt: { count: 0, paths: [] },
      withoutRule: { count: 1, paths: ['dev/c.sops.yaml'] },
      plainWithoutRule: { count: 1, paths: ['dev/values.yaml'] },
      remarks: [
        { path: '.sops.yaml', line: 4, text: expect.stringContaining('`frequency`') },
        {
          path: '.sops.yaml',
          line: 5,
          text: expect.stringContaining('creation rule 2, which is never used'),
        },
        {
          path: '.sops.yaml',
          line: 2,
          text: expect.stringContaining('the dot before `sops` stands for any character, and nothing says'),
        },
      ],
      incomplete: null,
    });
    expect(found(report)).toEqual(
      expect.arrayContaining([
        'no-weaker-sops-config .sops.yaml',
        'sops-recipients-mismatch prod/a.sops.yaml',
        'valid-sops-config .sops.yaml',
      ]),
    );
    const schema = JSON.parse(readFileSync(path.join(ROOT, 'schemas/report.v1.json'), 'utf8')) as object;
    const validate = new Ajv({ allErrors: true }).compile(schema);
    validate(JSON.parse(JSON.stringify(toJsonReport(report))));
    expect(validate.errors ?? []).toEqual([]);
  });

  test('deleted, and a nested one added', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ '.sops.yaml': rule('\\.sops\\.yaml$', ops), ...files });
    fixture.commit({ 'prod/.sops.yaml': rule('a\\.sops\\.yaml$', ops, stranger), '.sops.yaml': null });
    const { sops, findings } = await reviewed(fixture, base);
    expect(sops?.configs).toEqual([
      { path: '.sops.yaml', change: 'deleted' },
      { path: 'prod/.sops.yaml', change: 'added' },
    ]);
    expect(sops?.withoutRule.paths).toEqual(['dev/c.sops.yaml', 'prod/b.sops.yaml']);
    expect(sops?.rekey.paths).toEqual(['prod/a.sops.yaml']);
    expect(sops?.access).toEqual([
      { recipient: short(stranger), change: 'gains', files: { count: 1, paths: ['prod/a.sops.yaml'] } },
    ]);
    const weaker = findings
      .filter(({ ruleId }) => ruleId === 'no-weaker-sops-config')
      .map(({ message }) => message);
    expect(weaker).toHaveLength(2);
    expect(weaker.join()).toContain('`.sops.yaml` covered 2 files');
  });

  test('that cannot be read is said, and blocks', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ '.sops.yaml': rule('\\.sops\\.yaml$', ops), ...files });
    fixture.commit({ '.sops.yaml': 'creation_rules:\n  - path_regex: [\n' });
    const report = await reviewed(fixture, base);
    expect(report.conclusion).toBe('failure');
    expect(report.sops?.remarks).toEqual([
      { path: '.sops.yaml', line: 1, text: 'cannot be read, so no rule of it was compared' },
    ]);
    expect(
      report.findings.some(
        ({ ruleId, subject }) =>
          ruleId === 'valid-yaml' && subject.type === 'file' && subject.path === '.sops.yaml',
      ),
    ).toBe(true);
  });

  test('no other change has a table', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ '.sops.yaml': rule('\\.sops\\.yaml$', ops), ...files });
    fixture.commit({ 'dev/values.yaml': 'a: c\n' });
    expect((await reviewed(fixture, base)).sops).toBeNull();
  });
});

describe('every commit in between', () => {
  const config = `creation_rules:\n  - path_regex: \\.sops\\.yaml$\n    age: ${ops}\n`;

  test('a new file that was encrypted, then decrypted, then encrypted again', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ '.sops.yaml': config });
    fixture.commit({ 'values.yaml': encrypted(ops) });
    fixture.commit({ 'values.yaml': 'password: in-plain-text\n' });
    fixture.commit({ 'values.yaml': encrypted(ops) });
    const report = await reviewed(fixture, base);
    const past = report.findings.filter(({ ruleId }) => ruleId === 'sops-file-not-encrypted');
    expect(past.map(({ subject }) => subject.commit)).toEqual([fixture.git(['rev-parse', 'HEAD~1'])]);
  });

  test('an edit by hand after a commit of sops', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ '.sops.yaml': config, 'a.sops.yaml': encrypted(ops) });
    const saved = `replicas_unencrypted: 1\n${encrypted(ops)}`;
    fixture.commit({ 'a.sops.yaml': saved });
    fixture.commit({ 'a.sops.yaml': saved.replace(': 1', ': 2') });
    expect(found(await reviewed(fixture, base))).toEqual(['sops-mac-mismatch a.sops.yaml']);
  });

  const password = 'in-plain-text';
  const hidden = `password: ${ciphertext(password.length)}\n${yamlMetadata({ recipients: [ops] })}`;
  const inHistory = (report: Report): unknown[] =>
    report.findings
      .filter(({ ruleId, introduced }) => introduced && ruleId === 'sops-file-not-encrypted')
      .map(({ subject }) => [subject.type === 'file' ? subject.path : '', subject.commit]);

  test.each([
    ['nothing else changed', {}],
    ['something elsewhere changed', { 'other/x.yaml': 'a: 2\n' }],
  ])('decrypted, and restored as it was: %s', async (_name, more) => {
    const fixture = createGitFixture();
    const base = fixture.commit({ 'dir/a.yaml': hidden, 'other/x.yaml': 'a: 1\n' });
    const leak = fixture.commit({ 'dir/a.yaml': `password: ${password}\n`, ...more });
    fixture.commit({ 'dir/a.yaml': hidden });
    const report = await reviewed(fixture, base);
    expect(inHistory(report)).toEqual([['dir/a.yaml', leak]]);
    expect(report.conclusion).toBe('failure');
  });

  test.each(['dir/a.yaml', 'dir/a.sops.yaml'])(
    'new in plain text, and encrypted later as %s',
    async (later) => {
      const fixture = createGitFixture();
      const base = fixture.commit({ 'README.md': 'x\n' });
      const leak = fixture.commit({ 'dir/a.yaml': `password: ${password}\n` });
      fixture.git(['rm', '-q', 'dir/a.yaml']);
      fixture.commit({ [later]: hidden });
      expect(inHistory(await reviewed(fixture, base))).toEqual([['dir/a.yaml', leak]]);
      // What was filled in later only is no leak.
      const other = createGitFixture();
      const before = other.commit({ 'README.md': 'x\n' });
      other.commit({ 'dir/a.yaml': 'password: in-plain\n' });
      other.git(['rm', '-q', 'dir/a.yaml']);
      other.commit({ [later]: hidden });
      expect(inHistory(await reviewed(other, before))).toEqual([]);
    },
  );

  test('removed, and there in plain text under another name', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ 'dir/a.yaml': hidden, 'dir/b.yaml': 'a: 1\n' });
    fixture.git(['rm', '-q', 'dir/a.yaml']);
    const head = fixture.commit({
      'elsewhere/z.yaml': `password: ${password}\n`,
      'dir/b.yaml': 'password: x\n',
    });
    const report = await reviewed(fixture, base);
    expect(inHistory(report)).toEqual([['elsewhere/z.yaml', null]]);
    expect(head).toBe(fixture.head());
  });

  test('an unchanged neighbour is compared with', async () => {
    const fixture = createGitFixture();
    const neighbour = encrypted(ops);
    const base = fixture.commit({
      'x/.sops.yaml': config,
      'x/a.sops.yaml': neighbour,
      'y/a.sops.yaml': neighbour,
    });
    const value = /ENC\[.*\]/.exec(neighbour)?.[0] ?? '';
    fixture.commit({
      'x/b.sops.yaml': `token: ${value}\n${encrypted(ops)}`,
      'x/a.dec.yaml': 'password: in-plain-text\n',
    });
    expect(found(await reviewed(fixture, base)).sort()).toEqual([
      'no-decrypted-sops-copy x/a.dec.yaml',
      'sops-ciphertext-moved x/b.sops.yaml',
    ]);
  });
});

describe('sops status', () => {
  const fixture = createGitFixture();
  const partly = sopsSecret('a', ['password'], [ops]);
  fixture.commit({
    '.sops.yaml': `creation_rules:\n  - path_regex: ^secrets/\n    age: ${ops}\n    encrypted_regex: ^(data|stringData)$\n  - path_regex: \\.yaml$\n    age: ${dev}\n`,
    'secrets/a.yaml': partly,
    'secrets/plain.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: some-value}\n',
    'values.yaml': 'a: b\n',
    'all.yaml': encrypted(dev),
    'drifted.yaml': encrypted(stranger),
    'broken.yaml': `added: by-hand\n${encrypted(dev)}`,
    'other.json': JSON.stringify({ a: 1 }),
    'none.txt': 'x\n',
    'elsewhere/.sops.yaml': 'creation_rules:\n  - path_regex: "("\n',
    'elsewhere/b.yaml': encrypted(dev),
  });

  test('every state', async () => {
    const repository = await openRepository(fixture.directory);
    const status = await sopsStatus(repository, 'HEAD');
    repository.close();
    expect(status.files.map(({ path: file, state, rule, config }) => [file, state, rule, config])).toEqual([
      ['.sops.yaml', 'configuration', null, null],
      ['all.yaml', 'encrypted', 2, '.sops.yaml'],
      ['broken.yaml', 'malformed', 2, '.sops.yaml'],
      ['drifted.yaml', 'drifted', 2, '.sops.yaml'],
      ['elsewhere/.sops.yaml', 'unreadable', null, null],
      ['elsewhere/b.yaml', 'no-rule', null, 'elsewhere/.sops.yaml'],
      ['secrets/a.yaml', 'partly-encrypted', 1, '.sops.yaml'],
      ['secrets/plain.yaml', 'plain', 1, '.sops.yaml'],
    ]);
    expect(status.otherMatches).toBe(1);
    expect(status.files.find(({ path: file }) => file === 'secrets/a.yaml')).toEqual({
      path: 'secrets/a.yaml',
      state: 'partly-encrypted',
      config: '.sops.yaml',
      rule: 1,
      pattern: '^secrets/',
      mode: 'encrypted_regex: ^(data|stringData)$',
      recipients: [short(ops)],
      detail: null,
    });
  });

  test('on the command line, as text and as JSON that its schema describes', () => {
    const cli = path.join(ROOT, 'src/cli.ts');
    const text = run(process.execPath, [cli, 'sops', 'status', '--repo', fixture.directory]);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/^FILE +STATE +RULE +MODE +RECIPIENTS +NOTE\n/);
    expect(text.stdout).toMatch(
      /^drifted\.yaml +drifted +\.sops\.yaml#2 \\\.yaml\$ .*other recipients than its rule says$/m,
    );
    expect(text.stdout).toContain('1 more file that a rule matches is not encrypted');
    const json = run(process.execPath, [
      cli,
      'sops',
      'status',
      '--repo',
      fixture.directory,
      '--format',
      'json',
    ]);
    const schema = JSON.parse(readFileSync(path.join(ROOT, 'schemas/sops-status.v1.json'), 'utf8')) as object;
    const validate = new Ajv({ allErrors: true }).compile(schema);
    validate(JSON.parse(json.stdout));
    expect(validate.errors ?? []).toEqual([]);
    expect(`${text.stdout}${json.stdout}`).not.toContain('some-value');
    expect(
      run(process.execPath, [cli, 'sops', 'status', '--repo', fixture.directory, '--ref', 'nowhere']).status,
    ).toBe(2);
  });
});

describe('what a change has to be compared with stands elsewhere, and untouched', () => {
  const filler = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`apps/${index}/values.yaml`, `a: ${index}\n`]),
  );

  test('a ciphertext of another folder', async () => {
    const fixture = createGitFixture();
    const original = encrypted(ops);
    const base = fixture.commit({ ...filler, 'prod/a/b/db.yaml': original });
    const value = /password: (.*)/.exec(original)?.[1] ?? '';
    const copy = sopsYaml(['other'], { recipients: [ops] }).replace(/other: .*/, `other: ${value}`);
    fixture.commit({ 'dev/x.yaml': copy });
    expect(found(await reviewed(fixture, base))).toContain('sops-ciphertext-moved dev/x.yaml');
  });

  test.each(['prod/decrypted/db.yaml', 'decrypted/prod/db.yaml', 'prod/db.yaml', 'prod/db.dec.yaml'])(
    'the encrypted file of which %s is the copy',
    async (copy) => {
      const fixture = createGitFixture();
      const base = fixture.commit({ ...filler, 'prod/enc/db.sops.yaml': encrypted(ops) });
      fixture.commit({ [copy]: 'password: made-up\n' });
      expect(found(await reviewed(fixture, base))).toContain(`no-decrypted-sops-copy ${copy}`);
      const other = createGitFixture();
      const before = other.commit({ ...filler, 'prod/enc/db.sops.yaml': encrypted(ops) });
      other.commit({ [copy.replace('db', 'dc')]: 'password: made-up\n' });
      expect(found(await reviewed(other, before))).not.toContain(
        `no-decrypted-sops-copy ${copy.replace('db', 'dc')}`,
      );
    },
  );

  test.each([
    [
      'a generator of ksops',
      'apps/1/secrets.yaml',
      'apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: x}\nfiles: [../../prod/db.yaml]\n',
    ],
    [
      'an Application with helm-secrets',
      'argo/app.yaml',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x}\nspec:\n  source: {repoURL: https://git.example.com/x.git, path: charts/x, helm: {valueFiles: ["secrets://../../prod/db.yaml"]}}\n',
    ],
  ])('the plain file that %s names', async (_name, file, text) => {
    const fixture = createGitFixture();
    const base = fixture.commit({ ...filler, 'prod/db.yaml': 'name: made-up\n' });
    fixture.commit({ [file]: text });
    expect(found(await reviewed(fixture, base))).toEqual([`valid-sops-reference ${file}`]);
    const good = createGitFixture();
    const before = good.commit({ ...filler, 'prod/db.yaml': encrypted(ops) });
    good.commit({ [file]: text });
    expect(found(await reviewed(good, before))).toEqual([]);
  });
});

describe('what a later commit took back', () => {
  const original = sopsYaml(['password', 'token'], { recipients: [ops, dev] });
  const edited = original.replace(/password: ENC/, 'new_unencrypted: 1\npassword: ENC');

  test('an edit by hand of a new file: the file is whole again', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ 'README.md': 'x\n' });
    fixture.commit({ 'a.sops.yaml': original });
    fixture.commit({ 'a.sops.yaml': edited });
    expect(found(await reviewed(fixture, base))).toEqual(['sops-mac-mismatch a.sops.yaml']);
    fixture.commit({ 'a.sops.yaml': original });
    expect(found(await reviewed(fixture, base))).toEqual([]);
  });

  test('the same before `sops updatekeys`, on a file of the base and on a new one', async () => {
    const rekeyed = `${original.trimEnd()}\n# keys were updated\n`;
    for (const first of [{ 'a.sops.yaml': original }, { 'README.md': 'x\n' }]) {
      const fixture = createGitFixture();
      const base = fixture.commit(first);
      if (!('a.sops.yaml' in first)) fixture.commit({ 'a.sops.yaml': original });
      fixture.commit({ 'a.sops.yaml': edited });
      fixture.commit({ 'a.sops.yaml': rekeyed });
      expect(found(await reviewed(fixture, base))).toEqual([]);
    }
  });

  test('but not what stays', async () => {
    const fixture = createGitFixture();
    const base = fixture.commit({ 'a.sops.yaml': original });
    fixture.commit({ 'a.sops.yaml': edited });
    fixture.commit({ 'a.sops.yaml': edited.replace('new_unencrypted: 1', 'new_unencrypted: 2') });
    const report = await reviewed(fixture, base);
    expect(found(report)).toEqual(['sops-mac-mismatch a.sops.yaml']);
    expect(report.conclusion).toBe('failure');
  });

  test('what the base itself had broken, when the change restores it', async () => {
    const fixture = createGitFixture();
    const broken = original.replace(/password: ENC.*/, 'password: by-hand');
    const base = fixture.commit({ 'a.sops.yaml': broken });
    fixture.commit({ 'a.sops.yaml': original });
    const report = await reviewed(fixture, base);
    expect(found(report)).toEqual([]);
    // A later edit has the restored version to be compared with.
    fixture.commit({ 'a.sops.yaml': edited });
    expect(found(await reviewed(fixture, base))).toEqual(['sops-mac-mismatch a.sops.yaml']);
  });
});

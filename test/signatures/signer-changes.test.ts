import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signersChanged } from '../../src/rules/signatures/signers-changed.ts';
import { signerChanges } from '../../src/signatures/signer-changes.ts';
import type { RuleContext } from '../../src/engine/rule.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import { removeFolders, temporaryFolder } from '../support/git-fixture.ts';
import { hasProgram } from '../support/programs.ts';
import {
  EC,
  GpgHome,
  sshKey,
  stopPrograms,
  x509Issue,
  x509Revoke,
  x509Root,
  type X509Key,
} from './support/programs.ts';
import { keyringOf } from './support/verdict.ts';

afterAll(() => {
  stopPrograms();
  removeFolders();
});

type Files = Readonly<Record<string, string>>;

/** What is pointed out when some key files take the place of others. */
async function changes(before: Files, after: Files): Promise<string[]> {
  const side = async (files: Files) => ({
    keyring: await keyringOf(files),
    policyPath: 'p.yml',
    policy: {},
  });
  const found = await signerChanges(await side(before), await side(after));
  return found.map(({ kind, who, what }) => `${kind}: ${who}: ${what}`);
}

const onGpg = hasProgram('gpg') ? describe : describe.skip;
const ASC = '.github/openpgp-keys/ada.asc';

onGpg('a change of an OpenPGP key', () => {
  const ADA = 'Ada <ada@example.com>';
  let home: GpgHome;
  let fingerprint: string;
  const clock = { time: '20250301T000000' };
  beforeAll(() => {
    home = new GpgHome();
    fingerprint = home.generate(ADA, 'ed25519', { time: '20250101T000000', expires: '2025-06-30' });
    home.gpg(['--quick-add-uid', fingerprint, 'Ada <ada@work.example>'], { time: '20250102T000000' });
    home.gpg(['--quick-add-key', fingerprint, 'ed25519', 'sign', 'never'], { time: '20250102T000000' });
    home.gpg(['--quick-add-key', fingerprint, 'cv25519', 'encr', 'never'], { time: '20250102T000000' });
  });

  /** Does something to the key in a copy of its home, and says what changed; then the other way round. */
  const doing = async (work: (copy: GpgHome) => void): Promise<[string[], string[]]> => {
    const copy = new GpgHome();
    const secret = home.gpg(['--armor', '--export-secret-keys', fingerprint]).toString();
    copy.gpg(['--import'], { input: secret });
    const before = { [ASC]: home.export(fingerprint) };
    work(copy);
    const after = { [ASC]: copy.export(fingerprint) };
    return [await changes(before, after), await changes(after, before)];
  };
  const mirrored = (lines: readonly string[]): string[] =>
    lines
      .map((line) => line.replace(/^gains|^loses/, (kind) => (kind === 'gains' ? 'loses' : 'gains')))
      .sort();

  test('that was prolonged, or ends earlier', async () => {
    const [longer, shorter] = await doing((copy) =>
      copy.gpg(['--quick-set-expire', fingerprint, '2030-01-01'], clock),
    );
    expect(longer).toContain(`gains: ${ADA}: openpgp:${fingerprint} until 2030-01-01`);
    expect(longer).toContain(`loses: ${ADA}: openpgp:${fingerprint} until 2025-06-30`);
    expect(longer).toHaveLength(4);
    expect([...shorter].sort()).toEqual(mirrored(longer));
  });

  test('that gave up a user id', async () => {
    const [given, back] = await doing((copy) =>
      copy.gpg(['--quick-revoke-uid', fingerprint, 'Ada <ada@work.example>'], clock),
    );
    expect(given).toContain(`loses: Ada <ada@work.example>: openpgp:${fingerprint} until 2025-06-30`);
    expect(given.filter((line) => line.includes(`: ${ADA}: `))).toEqual([]);
    expect([...back].sort()).toEqual(mirrored(given));
  });

  test('whose subkey was revoked', async () => {
    const [revoked, back] = await doing((copy) =>
      copy.gpg(['--command-fd', '0', '--no-batch', '--no-tty', '--edit-key', fingerprint], {
        ...clock,
        input: 'key 1\nrevkey\ny\n0\n\ny\nsave\n',
      }),
    );
    expect(revoked).toHaveLength(1);
    expect(revoked[0]).toMatch(/^loses: .*: the subkey openpgp:[0-9A-F]{40}$/);
    expect(back).toEqual(mirrored(revoked));
  });

  test.each([
    ['0', /^loses/, 3],
    ['3', /, retired$/, 6],
  ])('that was revoked (%s)', async (reason, says, count) => {
    const [revoked, back] = await doing((copy) => {
      const certificate = copy.gpg(
        ['--command-fd', '0', '--no-batch', '--no-tty', '--armor', '--gen-revoke', fingerprint],
        { ...clock, input: `y\n${reason}\n\ny\n` },
      );
      const file = path.join(temporaryFolder(), 'revocation');
      writeFileSync(file, certificate);
      copy.gpg(['--import', file], clock);
    });
    expect(revoked).toHaveLength(count);
    expect(revoked.some((line) => says.test(line))).toBe(true);
    expect([...back].sort()).toEqual(mirrored(revoked));
  });

  test('that says the same in other bytes is silent', async () => {
    // Everybody may certify a key: that gives nobody anything.
    const [more] = await doing((copy) => {
      const eve = copy.generate('Eve <eve@example.com>', 'ed25519', { time: '20250101T000000' });
      copy.gpg(['--local-user', eve, '--quick-sign-key', fingerprint], clock);
    });
    expect(more).toEqual([]);
    const binary = home.gpg(['--export', fingerprint]);
    const armored = { [ASC]: home.export(fingerprint) };
    const side = { keyring: await keyringOf({ [ASC]: binary }), policyPath: 'p.yml', policy: {} };
    expect(await signerChanges({ ...side, keyring: await keyringOf(armored) }, side)).toEqual([]);
  });
});

const onOpenssl = hasProgram('git') ? describe : describe.skip;

onOpenssl('a change of X.509 files', () => {
  const [ROOTS, CRL] = ['.github/x509-roots/root.pem', '.github/x509-roots/root.crl'];
  const pem = (key: X509Key): string => readFileSync(key.certificate, 'utf8');
  let root: X509Key;
  let leaf: X509Key;
  beforeAll(() => {
    root = x509Root('Example Root');
    leaf = x509Issue(root, 'Eve', ['keyUsage=critical,digitalSignature']);
  });
  const files = (list: string | null, extra = ''): Files => ({
    [ROOTS]: `${pem(root)}${extra}`,
    ...(list === null ? {} : { [CRL]: list }),
  });
  const dated = (year: number, revoked: readonly X509Key[] = []): string =>
    x509Revoke(root, revoked, { dates: [`${String(year)}0101000000Z`, '20990101000000Z'] });

  test('a list that is gone, or older', async () => {
    expect(await changes(files(dated(2025)), files(null))).toEqual(['list: CN=Example Root: is gone']);
    expect(await changes(files(dated(2025)), files(dated(2024)))).toEqual([
      'list: CN=Example Root: is of 2024-01-01, and was of 2025-01-01',
    ]);
    // Lists are renewed all the time.
    expect(await changes(files(dated(2024)), files(dated(2025)))).toEqual([]);
    expect(await changes(files(null), files(dated(2025)))).toEqual([]);
  });

  test('a certificate on it, and not any more', async () => {
    const [without, with_] = [files(dated(2025)), files(dated(2025, [leaf]))];
    const [line, ...others] = await changes(without, with_);
    expect(others).toEqual([]);
    expect(line).toMatch(/^loses: certificate 10[0-9a-f]+ of CN=Example Root: a certificate in the list/);
    expect((await changes(with_, without))[0]).toMatch(/^gains: certificate 10/);
    expect(await changes(with_, files(null))).toHaveLength(2);
  });

  test('a root that names nobody', async () => {
    const file = path.join(temporaryFolder(), 'root');
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${file}.key`];
    execFileSync('openssl', ['req', '-x509', ...key, '-subj', '/', '-out', file], { stdio: 'pipe' });
    const found = await changes(files(null), files(null, readFileSync(file, 'utf8')));
    expect(found).toEqual([
      expect.stringMatching(/^gains: a certificate without a name: x509:[0-9A-F]{64} as an authority$/),
    ]);
  });

  test('another intermediate', async () => {
    const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
    const [one, two] = [
      x509Issue(root, 'Between', authority, { key: EC }),
      x509Issue(root, 'Between', authority),
    ];
    const found = await changes(files(null, pem(one)), files(null, pem(two)));
    expect(found).toEqual([
      expect.stringMatching(/^gains: CN=Between: x509:[0-9A-F]{64} as an intermediate authority$/),
      expect.stringMatching(/^loses: CN=Between: x509:[0-9A-F]{64} as an intermediate authority$/),
    ]);
  });
});

test('beyond a hundred changes it is said how many there are more, and settings come first', async () => {
  const key = sshKey();
  const lines = Array.from({ length: 150 }, (_, index) => `u${String(index)}@example.com ${key.publicKey}`);
  const side = { policyPath: 'p.yml', policy: {} };
  const found = await signerChanges(
    { ...side, keyring: await keyringOf({}) },
    {
      ...side,
      policy: { require: 'none' },
      keyring: await keyringOf({ '.github/allowed_signers': lines.join('\n') }),
    },
  );
  const context = {
    policy: DEFAULT_POLICY,
    keys: { changes: found, problems: [] },
  } as unknown as RuleContext;
  const problems = signersChanged.judge(new Map(), context);
  expect(problems).toHaveLength(101);
  expect(problems[0]?.values).toEqual({ who: 'signatures.require', what: 'its default to none' });
  expect(problems.at(-1)).toMatchObject({ path: '.github/allowed_signers', values: { count: '51' } });
});

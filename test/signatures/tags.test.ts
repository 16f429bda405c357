import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SIGNATURES } from '../../src/config/signature-policy.ts';
import type { Signature } from '../../src/engine/change.ts';
import { openRepository } from '../../src/git/repository.ts';
import { verifyTagAt } from '../../src/pipeline/verify-tag.ts';
import type { Keyring } from '../../src/signatures/keyring.ts';
import { readTag } from '../../src/signatures/signed-object.ts';
import {
  createGitFixture,
  fixtureEnvironment,
  removeFolders,
  temporaryFolder,
  type GitFixture,
  type SigningKey,
} from '../support/git-fixture.ts';
import { hasProgram } from '../support/programs.ts';
import { cmsSigner, GpgHome, sshKey, stopPrograms, x509Issue, x509Root } from './support/programs.ts';
import { gitAccepts, keyringOf, NOW, signersOf } from './support/verdict.ts';

afterAll(() => {
  stopPrograms();
  removeFolders();
});

const CARL = 'carl@example.org';

function tagged(key: SigningKey | null, message = 'Release one\n\nWith a body.'): GitFixture {
  const fixture = createGitFixture();
  fixture.commit({ a: '1' });
  const sign =
    key === null
      ? ['tag', '-a']
      : [
          ...['-c', `gpg.format=${key.format}`, '-c', `user.signingKey=${key.file}`],
          ...(key.program === undefined ? [] : ['-c', `gpg.${key.format}.program=${key.program}`]),
          ...['tag', '-s'],
        ];
  fixture.git([...sign, '-m', message, 'v1']);
  return fixture;
}

async function verdict(fixture: GitFixture, keyring: Keyring, name = 'v1'): Promise<Signature | null> {
  const repository = await openRepository(fixture.directory);
  try {
    return await verifyTagAt(repository, name, { keyring, policy: DEFAULT_SIGNATURES, now: NOW });
  } finally {
    repository.close();
  }
}

/** Changes the raw tag and moves the name to the result. */
function retag(fixture: GitFixture, change: (raw: string) => string): void {
  const raw = execFileSync('git', ['cat-file', 'tag', 'v1'], {
    cwd: fixture.directory,
    env: fixtureEnvironment(),
  });
  const changed = Buffer.from(change(raw.toString('latin1')), 'latin1');
  expect(changed.equals(raw)).toBe(false);
  const id = fixture.git(['hash-object', '-t', 'tag', '-w', '--stdin', '--literally'], changed);
  fixture.git(['update-ref', 'refs/tags/v1', id]);
}

describe('signed tags', () => {
  test('SSH: git agrees', async () => {
    const key = sshKey();
    const fixture = tagged(key);
    const lines = `${CARL} ${key.publicKey}\n`;
    const allowed = path.join(temporaryFolder(), 'allowed');
    writeFileSync(allowed, lines);
    expect(await verdict(fixture, await signersOf(lines))).toEqual({
      state: 'valid',
      kind: 'ssh',
      signer: CARL,
      reason: null,
    });
    expect(gitAccepts(fixture, { 'gpg.ssh.allowedSignersFile': allowed }, 'v1', 'verify-tag')).toBe(true);
    retag(fixture, (raw) => raw.replace('Release one', 'Release two'));
    expect((await verdict(fixture, await signersOf(lines)))?.state).toBe('bad-signature');
    expect(gitAccepts(fixture, { 'gpg.ssh.allowedSignersFile': allowed }, 'v1', 'verify-tag')).toBe(false);
  });

  (hasProgram('gpg') ? test : test.skip)('OpenPGP: git agrees', async () => {
    const home = new GpgHome();
    const fingerprint = home.generate(`Carl <${CARL}>`, 'ed25519');
    const fixture = tagged(home.sign(fingerprint));
    const keyring = await keyringOf({ '.github/openpgp-keys/carl.asc': home.export(fingerprint) });
    expect(await verdict(fixture, keyring)).toMatchObject({ state: 'valid', signer: CARL });
    expect(gitAccepts(fixture, { 'gpg.program': home.program() }, 'v1', 'verify-tag')).toBe(true);
  });

  (hasProgram('git') ? test : test.skip)('X.509', async () => {
    const root = x509Root('Example Root');
    const leaf = x509Issue(root, 'Carl', [`subjectAltName=email:${CARL}`]);
    const fixture = tagged(cmsSigner(leaf));
    const keyring = await keyringOf({
      '.github/x509-roots/root.pem': execFileSync('cat', [root.certificate]),
    });
    expect(await verdict(fixture, keyring)).toMatchObject({ state: 'valid', signer: CARL });
  });

  test('who is not the tagger, an unsigned tag, and a name that is no annotated tag', async () => {
    const key = sshKey();
    const fixture = tagged(key);
    expect((await verdict(fixture, await signersOf(`ada@example.org ${key.publicKey}\n`)))?.state).toBe(
      'identity-mismatch',
    );
    expect((await verdict(tagged(null), await signersOf('')))?.state).toBe('unsigned');
    expect(await verdict(fixture, await signersOf(''), 'main')).toBeNull();
    await expect(verdict(fixture, await signersOf(''), 'nothing')).rejects.toThrow(/no tag `nothing`/);
  });

  test('an armor in the message, and one behind the other', async () => {
    const key = sshKey();
    const keyring = await signersOf(`${CARL} ${key.publicKey}\n`);
    const quoting = tagged(
      key,
      'See\n\n-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n\nabove.',
    );
    expect((await verdict(quoting, keyring))?.state).toBe('valid');
    retag(quoting, (raw) => `${raw}${raw.slice(raw.lastIndexOf('-----BEGIN'))}`);
    // The first signature is then part of what the second one would have to be over.
    expect((await verdict(quoting, keyring))?.state).toBe('bad-signature');
    retag(quoting, (raw) => `${raw}trailing words\n`);
    expect((await verdict(quoting, keyring))?.state).toBe('malformed');
  });

  test('header lines that git does not write', async () => {
    const key = sshKey();
    const keyring = await signersOf(`${CARL} ${key.publicKey}\n`);
    const fixture = tagged(key);
    retag(fixture, (raw) => raw.replace('\ntagger', '\ntag v2\ntagger'));
    expect((await verdict(fixture, keyring))?.state).toBe('malformed');
  });
});

test('what is no tag is none', () => {
  expect(readTag(Buffer.from(''))).toBeNull();
  expect(readTag(Buffer.from(`tree ${'a'.repeat(40)}\n\nx`))).toBeNull();
  expect(readTag(Buffer.from(`object ${'a'.repeat(40)}\ntype commit\ntag v1\n\nx`))).toMatchObject({
    name: 'v1',
    tagger: { email: null, seconds: null },
    signature: { state: 'unsigned' },
  });
});

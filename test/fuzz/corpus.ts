import { execFileSync, spawnSync } from 'node:child_process';
import { dearmor, type SignatureKind } from '../../src/signatures/armor.ts';
import { readGitObject } from '../../src/signatures/git-object.ts';
import { readCommitSignature } from '../../src/signatures/signed-object.ts';
import { createHash } from 'node:crypto';
import { createGitFixture, type SigningKey } from '../support/git-fixture.ts';
import { certify, cmsSigner, GpgHome, sshKey, x509Issue, x509Root } from '../signatures/support/programs.ts';
import { rawCommit } from '../signatures/support/verdict.ts';

/** A good signed commit, taken apart. */
export interface Sample {
  readonly name: string;
  readonly kind: SignatureKind;
  readonly raw: Buffer;
  /** The signature below its armor. */
  readonly signature: Buffer;
  /** The header with other bytes in the armor. */
  readonly armor: (bytes: Buffer) => string;
  /** Digest of what was signed. */
  readonly payload: string;
}

const CARL = 'carl@example.org';

/** Signatures of every kind by the real programs, and the keys for them. */
export function makeCorpus(): { samples: Sample[]; keyFiles: { path: string; bytes: Uint8Array }[] } {
  const keys = [sshKey(), sshKey('ecdsa', 256), sshKey('ecdsa', 521), sshKey('rsa', 2048)];
  const [authority, certified] = [sshKey(), sshKey()];
  const root = x509Root('Example Root');
  const leaf = x509Issue(root, 'Carl', [
    `subjectAltName=email:${CARL}`,
    'keyUsage=critical,digitalSignature',
  ]);
  const signers: [string, SigningKey][] = [
    ...keys.map((key, index): [string, SigningKey] => [
      `SSH ${['ed25519', 'ecdsa-256', 'ecdsa-521', 'rsa-2048'][index] ?? ''}`,
      key,
    ]),
    ['SSH ed25519 certificate', certify(authority, certified, ['-n', CARL])],
    ['X.509 ecdsa-256', cmsSigner(leaf)],
  ];
  const keyFiles = [
    {
      path: '.github/allowed_signers',
      bytes: Buffer.from(
        `${keys.map(({ publicKey }) => `${CARL} namespaces="git",valid-after="20200101Z" ${publicKey}\n`).join('')}*@example.org cert-authority ${authority.publicKey}\n`,
      ),
    },
    { path: '.github/x509-roots/root.pem', bytes: execFileSync('cat', [root.certificate]) },
  ];
  if (spawnSync('gpg', ['--version']).status === 0) {
    const home = new GpgHome();
    for (const algorithm of ['ed25519', 'rsa2048', 'nistp256']) {
      const fingerprint = home.generate(`${algorithm} <${CARL}>`, algorithm);
      signers.push([`OpenPGP ${algorithm}`, home.sign(fingerprint)]);
      keyFiles.push({
        path: `.github/openpgp-keys/${algorithm}.asc`,
        bytes: Buffer.from(home.export(fingerprint)),
      });
    }
  }
  return { samples: signers.map(([name, key]) => sampleOf(name, key)), keyFiles };
}

function sampleOf(name: string, key: SigningKey): Sample {
  const fixture = createGitFixture();
  fixture.commit({ a: '1' }, 'Signed', { sign: key });
  const raw = rawCommit(fixture);
  const reading = readCommitSignature(readGitObject(raw), 'sha1');
  if (reading.state !== 'signed') throw new Error('git made no signature');
  const { kind, payload, signature } = reading.parts;
  const text = Buffer.from(signature).toString('latin1');
  const lines = text.trimEnd().split('\n');
  const [first = '', last = ''] = [lines[0], lines.at(-1)];
  // The checksum of an OpenPGP armor is not asked for.
  const body = kind === 'openpgp' ? text.split('\n\n')[1]?.split('\n=')[0] : undefined;
  const bytes = body === undefined ? dearmor(signature) : Buffer.from(body, 'base64');
  return {
    name,
    kind,
    raw,
    signature: bytes ?? Buffer.alloc(0),
    armor: (changed) => {
      const coded = changed.toString('base64').match(/.{1,64}/g) ?? [];
      return `gpgsig ${[first, ...(kind === 'openpgp' ? [''] : []), ...coded, last].join('\n ')}\n`;
    },
    payload: createHash('sha256').update(payload).digest('hex'),
  };
}

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { DEFAULT_SIGNATURES } from '../../../src/config/signature-policy.ts';
import type { Signature } from '../../../src/engine/change.ts';
import type { SignaturePolicy } from '../../../src/engine/policy.ts';
import { DEFAULT_KEY_PLACES } from '../../../src/engine/signature-policy-file.ts';
import { parseCommit } from '../../../src/git/commit-object.ts';
import { authorize } from '../../../src/signatures/authorize.ts';
import { readKeyring, type Keyring } from '../../../src/signatures/keyring.ts';
import { verifySignature, type Verification } from '../../../src/signatures/verify.ts';
import { fixtureEnvironment, type GitFixture } from '../../support/git-fixture.ts';

/** A keyring from files by their path, as they would stand on a base branch. */
export function keyringOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<Keyring> {
  const list = Object.entries(files).map(([path, content]) => ({ path, bytes: Buffer.from(content) }));
  return readKeyring(list, DEFAULT_KEY_PLACES);
}

export function signersOf(lines: string): Promise<Keyring> {
  return keyringOf({ [DEFAULT_KEY_PLACES.allowedSigners]: lines });
}

export function rawCommit(fixture: GitFixture, rev = 'HEAD'): Buffer {
  return execFileSync('git', ['cat-file', 'commit', rev], {
    cwd: fixture.directory,
    env: fixtureEnvironment(),
  });
}

export function parseRaw(raw: Buffer): ReturnType<typeof parseCommit> {
  return parseCommit(objectId('commit', raw), raw, 'sha1');
}

export function objectId(type: string, raw: Buffer): string {
  return createHash('sha1').update(`${type} ${raw.length}\0`).update(raw).digest('hex');
}

/** Real programs sign at the real time. */
export const NOW = new Date();

export async function verifyRaw(raw: Buffer, keyring: Keyring, now = NOW): Promise<Verification> {
  const { signature, people } = parseRaw(raw);
  return verifySignature(signature, people.committer.seconds, keyring, now);
}

/** The signature of a commit as a report shows it. */
export async function signatureOf(
  raw: Buffer,
  keyring: Keyring,
  policy: Partial<SignaturePolicy> = {},
  now = NOW,
): Promise<Signature> {
  const { commit, people } = parseRaw(raw);
  const verification = await verifyRaw(raw, keyring, now);
  const facts = { people, isMerge: commit.parents.length > 1, isPlainMerge: false, guarded: [] };
  return authorize(verification, facts, { ...DEFAULT_SIGNATURES, identity: 'none', ...policy });
}

/** What `git verify-commit` or `git verify-tag` says: whether it accepts. */
export function gitAccepts(
  fixture: GitFixture,
  config: Readonly<Record<string, string>>,
  rev = 'HEAD',
  command = 'verify-commit',
): boolean {
  const options = Object.entries(config).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const result = spawnSync('git', [...options, command, rev], {
    cwd: fixture.directory,
    // Without a Z, OpenSSH reads times as local ones.
    env: { ...fixtureEnvironment(), TZ: 'UTC' },
  });
  return result.status === 0;
}

/** A copy with one bit changed. */
export function flipped(bytes: Uint8Array, at: number, bit = 0): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

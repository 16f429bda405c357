import type { AllowedSigner } from './allowed-signers.ts';
import type { Attestation, Refused } from './attestation.ts';
import type { Keyring } from './keyring.ts';
import { believable } from './moment.ts';
import { literalsOf, matchesPatternList, namesSigner } from './patterns.ts';
import type { SshPublicKey } from './ssh-key.ts';
import { GIT_NAMESPACE, readSshsig } from './sshsig.ts';

/** Options of certificates that say what a login may do, and nothing about signing. */
const LOGIN_OPTIONS: ReadonlySet<string> = new Set(['force-command', 'source-address']);

type Match =
  | { readonly signer: AllowedSigner; readonly names: readonly string[] | null }
  | { readonly state: 'unknown-key' | 'expired-key'; readonly reason: string };

/**
 * Verifies an SSH signature against the allowed signers of the base branch.
 *
 * @param time when it counts as made: seconds since the epoch, the commit's own word
 */
export function verifySsh(
  payload: Uint8Array,
  armor: Uint8Array,
  keyring: Pick<Keyring, 'ssh' | 'revokedSsh'>,
  time: number,
  now: number,
): Attestation {
  const read = readSshsig(armor, payload);
  if (read.state !== 'fits') return { state: read.state, kind: 'ssh', key: read.signer, reason: read.reason };
  const { key, certificate } = read.signer;
  const name = key.fingerprint;
  const blobs = [key.blob, ...(certificate === null ? [] : [certificate.authority.blob])];
  const isNamed = keyring.ssh.some((signer) => blobs.some((blob) => signer.key.blob.equals(blob)));
  const refused = (state: Refused['state'], reason: string): Refused => ({
    state,
    kind: 'ssh',
    key: name,
    reason,
    ...(isNamed ? { isFinal: true } : { userPresent: read.userPresent }),
  });
  const names = [name, ...(certificate === null ? [] : [certificate.authority.fingerprint])];
  if (names.some((one) => keyring.revokedSsh.has(one))) return refused('revoked-key', 'the key is revoked');
  if (certificate !== null) {
    if (!certificate.isAuthentic) return refused('bad-signature', 'its certificate is forged or damaged');
    if (!certificate.isForUsers) return refused('bad-signature', 'its certificate is one of a host');
    const options = certificate.criticalOptions.filter((option) => !LOGIN_OPTIONS.has(option));
    if (options.includes('verify-required') && !read.userVerified) {
      return refused(
        'bad-signature',
        'its certificate asks for a verified user, and the security key saw none',
      );
    }
    if (options.some((option) => option !== 'verify-required')) {
      return refused('unsupported', 'its certificate has a critical option that is not known here');
    }
  }
  const matches = keyring.ssh
    .filter((signer) => belongsTo(signer, read.signer))
    .map((signer) => matchOf(signer, read.signer, time, believable(time * 1000, now * 1000) / 1000));
  const good = matches.flatMap((match) => ('signer' in match ? [match] : []));
  if (good.length === 0) {
    const worst = matches.find((match) => 'state' in match && match.state === 'expired-key') ?? matches[0];
    return worst !== undefined && 'state' in worst
      ? refused(worst.state, worst.reason)
      : refused('unknown-key', `it fits the content, and ${whyUnnamed(isNamed, certificate !== null)}`);
  }
  return {
    state: 'attested',
    kind: 'ssh',
    key: name,
    otherKeys: names.slice(1),
    names: [...new Set(good.flatMap((match) => match.names ?? literalsOf(match.signer.principals)))],
    speaksFor: (identity) =>
      good.some(
        (match) =>
          namesSigner(match.signer.principals, identity) &&
          (match.names?.some((name) => name.toLowerCase() === identity.toLowerCase()) ?? true),
      ),
    source: 'base',
    account: null,
    isWebFlow: false,
    userPresent: read.userPresent,
    expiredSince: good.every((match) => isOver(match.signer, certificate, now)),
    retiredSince: false,
    unverified: [],
  };
}

function whyUnnamed(isNamed: boolean, isCertified: boolean): string {
  if (isCertified) return 'its certificate only counts where its authority is named with `cert-authority`';
  return isNamed
    ? 'its key is named here only as an authority, which signs certificates'
    : 'its key is not named here';
}

function belongsTo(signer: AllowedSigner, { key, certificate }: SshPublicKey): boolean {
  if (signer.isAuthority) {
    return certificate !== null && signer.key.blob.equals(certificate.authority.blob);
  }
  return certificate === null && signer.key.blob.equals(key.blob);
}

/** @param believed `time`, unless that lies in the future: what is only valid from then on is not valid yet */
function matchOf(
  signer: AllowedSigner,
  { certificate }: SshPublicKey,
  time: number,
  believed: number,
): Match {
  if (signer.namespaces !== null && !matchesPatternList(GIT_NAMESPACE, signer.namespaces)) {
    return { state: 'unknown-key', reason: 'its key may sign for other purposes than git' };
  }
  if (signer.validAfter !== null && believed < signer.validAfter) {
    return { state: 'unknown-key', reason: 'its key was not valid yet when the commit was made' };
  }
  if (signer.validBefore !== null && time > signer.validBefore) {
    return { state: 'expired-key', reason: 'its key had expired when the commit was made' };
  }
  if (certificate === null) return { signer, names: null };
  if (BigInt(Math.floor(believed)) < certificate.validAfter) {
    return { state: 'unknown-key', reason: 'its certificate was not valid yet when the commit was made' };
  }
  if (BigInt(time) >= certificate.validBefore) {
    return { state: 'expired-key', reason: 'its certificate had expired when the commit was made' };
  }
  const names = certificate.principals.filter((principal) => namesSigner(signer.principals, principal));
  return names.length === 0
    ? { state: 'unknown-key', reason: 'its certificate names nobody for whom its authority may speak' }
    : { signer, names };
}

function isOver(signer: AllowedSigner, certificate: SshPublicKey['certificate'], now: number): boolean {
  if (signer.validBefore !== null && now > signer.validBefore) return true;
  return certificate !== null && BigInt(Math.floor(now)) >= certificate.validBefore;
}

import type { Signature } from '../engine/change.ts';
import type { SignatureKind } from './armor.ts';
import type { Attested, Refused } from './attestation.ts';
import type { Keyring } from './keyring.ts';
import type { People, SignatureReading } from './signed-object.ts';
import { verifySignature, type Verification } from './verify.ts';

/** What somebody else says of a commit's signature: the server that hosts the repository. */
export interface Evidence {
  /** Its own verdict; null when there is none, or when the policy does not ask for it. */
  readonly verdict: Pick<Signature, 'state' | 'reason'> | null;
  /** The account to which the committer's address belongs. */
  readonly account: string | null;
  /** The public keys of that account; null when the policy does not ask for them. */
  readonly keys: Keyring | null;
}

/** The account under which GitHub signs what is done on its pages. */
const WEB_FLOW = 'web-flow';

/** Whether no key of the base branch settles a signature, so that somebody else may. */
export function isOpen(own: Verification): own is Refused & { readonly kind: SignatureKind } {
  return own.state === 'unknown-key' && own.kind !== null && own.isFinal !== true;
}

/** A signature that no key of the base branch settles, looked at with what somebody else says. */
export async function settle(
  own: Verification,
  reading: SignatureReading,
  { committer }: People,
  { verdict, account, keys }: Evidence,
  now: Date,
): Promise<Verification> {
  if (!isOpen(own)) return own;
  if (keys !== null && account !== null) {
    const withKeys = await verifySignature(reading, committer.seconds, keys, now);
    if (withKeys.state === 'attested') return { ...withKeys, ...asAccount(account, committer.email) };
    if (withKeys.state !== 'unknown-key' && withKeys.state !== 'unsigned') return withKeys;
  }
  if (verdict === null || verdict.state === 'unsigned' || verdict.state === 'signer-not-allowed') return own;
  if (verdict.state !== 'valid') {
    return { state: verdict.state, kind: own.kind, key: own.key, reason: verdict.reason ?? own.reason };
  }
  return {
    state: 'attested',
    kind: own.kind,
    key: own.key ?? 'a key that was not named',
    otherKeys: [],
    ...asAccount(account, committer.email),
    userPresent: own.userPresent ?? true,
    expiredSince: own.expiredSince ?? false,
    retiredSince: false,
    unverified: [],
  };
}

function asAccount(
  account: string | null,
  email: string | null,
): Pick<Attested, 'source' | 'account' | 'names' | 'speaksFor' | 'isWebFlow'> {
  const address = email?.toLowerCase() ?? null;
  return {
    source: 'host',
    account,
    names: address === null ? [] : [address],
    speaksFor: (identity) => identity.toLowerCase() === address,
    isWebFlow: account === WEB_FLOW,
  };
}

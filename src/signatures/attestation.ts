import type { SignatureState } from '../engine/change.ts';
import type { SignatureKind } from './armor.ts';

/** What cryptography and the key files say of a signature, before the policy decides who may sign. */
export type Attestation = Refused | Attested;

export interface Refused {
  readonly state: Exclude<SignatureState, 'valid' | 'unsigned' | 'signer-not-allowed'>;
  readonly kind: SignatureKind | null;
  /** The key as people know it; null when it cannot be told. */
  readonly key: string | null;
  readonly reason: string;
  /** The base branch names the key, and not for this: nobody else can vouch for it. */
  readonly isFinal?: boolean;
  /** What the signature itself shows, whoever vouches for its key: see `Attested`. */
  readonly userPresent?: boolean;
  readonly expiredSince?: boolean;
}

export interface Attested {
  readonly state: 'attested';
  readonly kind: SignatureKind;
  /** The key as people know it: `SHA256:…`, `openpgp:…` or `x509:…`. */
  readonly key: string;
  /** Other names of the key: its certificate authority, a subkey. */
  readonly otherKeys: readonly string[];
  /** Those for whom the key may sign, each by name. */
  readonly names: readonly string[];
  /** Names of the signer that are no addresses, and match no pattern of addresses. */
  readonly uris?: readonly string[];
  /** Whether the key may sign for somebody, by patterns too. */
  readonly speaksFor: (identity: string) => boolean;
  /** Where the key stands, or who vouches for it: the base branch, or the server that hosts the repository. */
  readonly source: 'base' | 'host';
  /** The account whose key it is, by the host's word. */
  readonly account: string | null;
  /** The key is the one with which GitHub signs what is done on its pages. */
  readonly isWebFlow: boolean;
  /** False when a security key was used without anybody touching it. */
  readonly userPresent: boolean;
  /** The key has expired since. */
  readonly expiredSince: boolean;
  /** The key was retired or replaced after it signed. */
  readonly retiredSince: boolean;
  /** What was not verified, as clauses. */
  readonly unverified: readonly string[];
}

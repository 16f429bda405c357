import type { Range } from '../manifests/position.ts';
import type { Related, Severity } from './finding.ts';

/** What a finding may say of a secret: never the secret. */
export interface SecretFacts {
  /** The id of its kind: the rule that found it. */
  readonly kind: string;
  /** In characters. */
  readonly length: number;
  /** Keyed digest of the secret; null without a key. */
  readonly fingerprint: string | null;
}

/** An exception that somebody made before. */
export interface Allowance {
  readonly reason: string;
  readonly approver: string;
  /** ISO 8601 date, or null for no end. */
  readonly until: string | null;
}

/** A credential in one version of a file. */
export interface Leak extends SecretFacts {
  /** Provider and kind. */
  readonly title: string;
  readonly severity: Severity;
  /** Null: the file as a whole, or a place in a file that is no text. */
  readonly range: Range | null;
  /** Offset in the readable text of the file, and length there: of an encoded secret, what encodes it. */
  readonly start: number;
  readonly span: number;
  /** Written in base64, hexadecimal digits or the like. */
  readonly encoded: boolean;
  /** How to revoke or rotate it. */
  readonly advice: string;
  readonly url: string | null;
  readonly allowed: Allowance | null;
  /** The end of an allowance that does not hold any more. */
  readonly expired: string | null;
  /** Why a comment that would allow it does not count; null when there is none, or it counts. */
  readonly unheeded: 'change' | 'policy' | 'floor' | null;
  /** Where else the same value stands. */
  readonly copies: readonly Related[];
}

/** Leaks by {@link leakKey}. A version without an entry was not searched. */
export type Leaks = ReadonlyMap<string, readonly Leak[]>;

/** @param commit of a version that only a commit has */
export function leakKey(path: string, oid: string, commit: string | null): string {
  return JSON.stringify([path, oid, commit]);
}

import type { Range } from '../manifests/position.ts';
import type { SecretFacts } from './leak.ts';
import type { WaiverOrigin } from './waiver.ts';

export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where something stands in the repository. `range` is null when the whole file is meant. */
export interface Location {
  readonly path: string;
  readonly range: Range | null;
}

/** A Kubernetes object by name. Absent parts are null. */
export interface ObjectRef {
  readonly apiVersion: string | null;
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
}

/** What a finding is about. `commit` beside a file: the version of that file in that commit, not the head's. */
export type Subject =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly range: Range | null;
      readonly object: ObjectRef | null;
      readonly commit: string | null;
    }
  | { readonly type: 'commit'; readonly commit: string }
  | { readonly type: 'push'; readonly ref: string; readonly commit: string | null };

export interface Related {
  readonly message: string;
  readonly location: Location;
}

/** Replaces whole lines of the head's file. Lines start at 1, both ends belong to it. */
export interface Suggestion {
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
}

/**
 * What a rule reports. No field can hold a secret value: messages are filled from kinds, names, keys and
 * pointers only, and `fingerprint` is a digest of rule, path, object and pointer.
 */
export interface Finding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly subject: Subject;
  readonly related: readonly Related[];
  readonly suggestion: Suggestion | null;
  /** 32 hex digits; stable while lines move and files are renamed. */
  readonly fingerprint: string;
  /** False when the base has the same finding for the same value. */
  readonly introduced: boolean;
  /** The page of the rule. */
  readonly url: string | null;
  /** Of a finding about a credential. */
  readonly secret?: SecretFacts | null;
  /** Keyed digest of the judged value, so that a waiver holds for this value only. In no report. */
  readonly valueDigest?: string;
  /** The waiver that held for it until it ended. */
  readonly lapsed?: LapsedWaiver;
}

/** A waiver that does not hold any more. */
export interface LapsedWaiver {
  readonly approver: string;
  /** Its last day, as YYYY-MM-DD. */
  readonly until: string;
  readonly origin: WaiverOrigin;
}

import { createHash } from 'node:crypto';
import type { Json, JsonObject } from './job-store.ts';

/** A place in the trail: an entry's number and hash. Number 0 stands before the first entry. */
export interface AuditPoint {
  readonly seq: number;
  /** Hex SHA-256. */
  readonly hash: string;
}

export const TRAIL_START: AuditPoint = { seq: 0, hash: '0'.repeat(64) };

interface AuditFacts {
  /** Who: a login, a user of the operating system, or `gitops-warden` for what the App does by itself. */
  readonly actor: string;
  /** `owner/name`; null for what concerns no single repository. */
  readonly repository: string | null;
  readonly installation: number | null;
  /** What it is about: `pull/7`, `commit/<sha>`, `refs/heads/main`, `job/<id>`. */
  readonly subject: string;
  /** Why, in words. */
  readonly reason: string | null;
  /** The webhook delivery that led to it. */
  readonly delivery: string | null;
}

/** An entry as it stands in the trail, and as it is exported. */
export interface AuditEntry extends AuditFacts {
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  /** One of `AUDIT_ACTIONS`, or of a later version's. */
  readonly action: string;
  readonly detail: JsonObject;
  /** The hash of the entry before. */
  readonly previous: string;
  /** Hex SHA-256 over the canonical JSON of all other fields. */
  readonly hash: string;
}

/** What each action says beside who, what, when and why. Hashes are hex; nothing here may hold a secret. */
export interface AuditDetails {
  readonly verdict: {
    readonly conclusion: string;
    readonly base: string | null;
    readonly head: string | null;
    readonly policyHash: string;
    readonly policySource: string;
    readonly findings: readonly AuditFinding[];
    /** How many rules could not run. */
    readonly failures: number;
    /** How many files could not be judged. */
    readonly notChecked: number;
  };
  readonly 'alert-raised': {
    readonly alert: string;
    readonly before: string | null;
    readonly after: string | null;
    readonly findings: readonly AuditFinding[];
  };
  /** `destination` names where it went, without credentials. */
  readonly 'alert-delivered': {
    readonly alert: string;
    readonly channel: string;
    readonly destination: string;
  };
  readonly 'alert-failed': {
    readonly alert: string;
    readonly channel: string;
    readonly destination: string;
    readonly error: string;
  };
  /** `how` it ended: reverted, put back, or closed by a person. */
  readonly 'alert-ended': { readonly alert: string; readonly how: string };
  /** Somebody opened the issue of an alert again. */
  readonly 'alert-reopened': { readonly alert: string };
  readonly 'policy-changed': { readonly before: string | null; readonly after: string | null };
  readonly 'waiver-requested': AuditWaiver;
  readonly 'waiver-granted': AuditWaiver;
  readonly 'waiver-refused': AuditWaiver;
  readonly 'waiver-expired': AuditWaiver;
  /** What was done to the issue about the settings of GitHub, and which settings were weak or could not be read. */
  readonly posture: {
    readonly issue: string;
    readonly weak: readonly string[];
    readonly unread: readonly string[];
  };
  readonly command: {
    readonly command: string;
    readonly arguments: readonly string[];
    readonly accepted: boolean;
  };
  readonly 'job-dead': AuditJob;
  readonly 'job-retried': AuditJob;
  readonly 'job-dropped': AuditJob;
  /** How much was looked at, and how much of it had been missed. */
  readonly sweep: { readonly examined: number; readonly missed: number };
  /** `upTo` is the last entry that was removed; `before` the time, ISO 8601, that decided. */
  readonly retention: {
    readonly removed: number;
    readonly upTo: { readonly seq: number; readonly hash: string };
    readonly before: string;
  };
  readonly started: { readonly version: string };
  readonly settings: { readonly values: Readonly<Record<string, string | number | boolean | null>> };
}

/** A finding by its identifiers; its message and place are in the report. */
export type AuditFinding = Readonly<{
  ruleId: string;
  fingerprint: string;
  severity: string;
  introduced: boolean;
}>;

/** A finding that is let pass, until an ISO 8601 date or for ever. */
export type AuditWaiver = Readonly<{ ruleId: string; fingerprint: string; until: string | null }>;

export type AuditJob = Readonly<{ key: string; attempts: number; error: string | null }>;

export type AuditAction = keyof AuditDetails;

const ACTIONS: Readonly<Record<AuditAction, true>> = {
  verdict: true,
  'alert-raised': true,
  'alert-delivered': true,
  'alert-failed': true,
  'alert-ended': true,
  'alert-reopened': true,
  'policy-changed': true,
  'waiver-requested': true,
  'waiver-granted': true,
  'waiver-refused': true,
  'waiver-expired': true,
  posture: true,
  command: true,
  'job-dead': true,
  'job-retried': true,
  'job-dropped': true,
  sweep: true,
  retention: true,
  started: true,
  settings: true,
};
export const AUDIT_ACTIONS = Object.keys(ACTIONS) as readonly AuditAction[];

/** What is to be noted; the trail adds number, time and hashes. */
export type NewAuditEntry = {
  [Action in AuditAction]: AuditFacts & { readonly action: Action; readonly detail: AuditDetails[Action] };
}[AuditAction];

/** Characters that an entry keeps of one text. */
export const MAX_TEXT = 1_000;

/**
 * The entry that follows `previous`; long texts are cut, and the last character says so.
 *
 * @throws {TypeError} for numbers that cannot be kept exactly
 */
export function sealedEntry(entry: NewAuditEntry, previous: AuditPoint, at: number): AuditEntry {
  if (!Number.isSafeInteger(entry.installation ?? 0))
    throw new TypeError('An installation has a whole number.');
  const body: Omit<AuditEntry, 'hash'> = {
    seq: previous.seq + 1,
    at: new Date(at).toISOString(),
    action: entry.action,
    actor: kept(entry.actor),
    repository: keptOrNull(entry.repository),
    installation: entry.installation,
    subject: kept(entry.subject),
    reason: keptOrNull(entry.reason),
    detail: keptJson(entry.detail) as JsonObject,
    delivery: keptOrNull(entry.delivery),
    previous: previous.hash,
  };
  return { ...body, hash: hashOf(body) };
}

/** What an entry's hash must be. */
export function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const { seq, at, action, actor, repository, installation, subject, reason, detail, delivery, previous } =
    entry;
  const body = {
    seq,
    at,
    action,
    actor,
    repository,
    installation,
    subject,
    reason,
    detail,
    delivery,
    previous,
  };
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}

/** The one form of a value as of RFC 8785: keys sorted by their UTF-16 units, no white space. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number.');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Both databases keep it as it is: neither NUL nor half a surrogate pair. */
function kept(text: string): string {
  const whole = text.toWellFormed().replaceAll('\0', '\ufffd');
  return whole.length <= MAX_TEXT
    ? whole
    : `${whole.slice(0, MAX_TEXT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function keptOrNull(text: string | null): string | null {
  return text === null ? null : kept(text);
}

function keptJson(value: Json): Json {
  if (typeof value === 'string') return kept(value);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(keptJson);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [kept(key), keptJson(member)]));
}

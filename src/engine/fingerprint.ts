import { createHash, createHmac, randomBytes } from 'node:crypto';
import { asText, isRecord } from '../manifests/manifest.ts';
import type { Pointer } from '../manifests/position.ts';
import type { ObjectRef } from './finding.ts';

/** The keys by which Kubernetes merges lists of maps, the most telling first. */
const MERGE_KEYS = ['name', 'containerPort', 'port', 'mountPath', 'devicePath', 'topologyKey', 'key', 'ip'];

/**
 * Names a place without list indexes, so that it stays the same when items are added or moved:
 * `spec/containers[name=web]/image`. Items without a merge key are all `[]`.
 */
export function stablePointer(root: unknown, pointer: Pointer): string {
  let value = root;
  let text = '';
  for (const step of pointer) {
    if (Array.isArray(value)) {
      value = (value as unknown[])[Number(step)];
      text += `[${mergeKeyOf(value)}]`;
    } else {
      value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
      text += `/${step.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('[', '~2')}`;
    }
  }
  return text;
}

function mergeKeyOf(item: unknown): string {
  if (!isRecord(item)) return '';
  for (const key of MERGE_KEYS) {
    const value = item[key];
    if (asText(value) !== null || typeof value === 'number') return `${key}=${String(value)}`;
  }
  return '';
}

export interface FingerprintParts {
  readonly ruleId: string;
  /** The path in the head: a renamed file keeps its findings. */
  readonly path: string | null;
  readonly object: ObjectRef | null;
  /** What in the file or object: a stable pointer, or another name that outlives a move of lines. */
  readonly place: string;
  /** A commit or push; null for what stands in a tree. */
  readonly commit: string | null;
}

/** 32 hex digits of SHA-256. Versions of an API and line numbers do not enter. */
export function fingerprint(parts: FingerprintParts): string {
  const group = parts.object?.apiVersion?.includes('/') ? (parts.object.apiVersion.split('/')[0] ?? '') : '';
  return digestText(
    JSON.stringify([
      parts.ruleId,
      parts.path,
      parts.object && [group, parts.object.kind, parts.object.namespace, parts.object.name],
      parts.place,
      parts.commit,
    ]),
  );
}

/** Tells apart the second, third … finding that would share a fingerprint. */
export function ordinalFingerprint(base: string, ordinal: number): string {
  return ordinal === 0 ? base : digestText(`${base} ${ordinal}`);
}

function digestText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Keyed digests of judged values: equal values can be told, and nothing can be tried against them from outside. */
export type ValueDigest = (value: unknown) => string;

/** @param key kept secret; a fresh one serves as long as both sides are judged in one process */
export function createValueDigest(key: Uint8Array = randomBytes(32)): ValueDigest {
  const plain = (value: unknown): string =>
    JSON.stringify([value], (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner));
  return (value) => createHmac('sha256', key).update(plain(value)).digest('base64');
}

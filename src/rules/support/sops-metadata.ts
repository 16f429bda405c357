import { isBase64 } from '../../manifests/base64.ts';
import { isTime } from '../../manifests/kubernetes/scalars.ts';
import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { isMac, modesOf } from '../../manifests/sops-crypt.ts';
import { groupsOfMetadata } from '../../manifests/sops-recipients.ts';

/** A fault in the metadata; `reason` continues a sentence about the place. */
export interface MetadataDefect {
  readonly pointer: Pointer;
  readonly reason: string;
}

const ARMOR = /^-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----\s([\s\S]*)\s-----END \1-----$/;

/** What makes metadata unusable, without any key. */
export function metadataDefects(metadata: Readonly<Record<string, unknown>>): MetadataDefect[] {
  const { mac, lastmodified } = metadata;
  const defects: MetadataDefect[] = [];
  if (typeof mac !== 'string' || mac === '') {
    defects.push({ pointer: ['mac'], reason: 'is missing' });
  } else if (!isMac(mac)) {
    defects.push({ pointer: ['mac'], reason: 'is damaged' });
  }
  if (typeof lastmodified !== 'string' || !isTime(lastmodified)) {
    defects.push({ pointer: ['lastmodified'], reason: 'is no time (RFC 3339)' });
  }
  const modes = modesOf(metadata);
  if (modes.length > 1) {
    defects.push({
      pointer: [modes[1]?.kind ?? ''],
      reason: 'stands beside another mode, and only one may be set',
    });
  }
  const version = metadata['version'];
  if ((typeof version !== 'string' || version === '') && typeof version !== 'number') {
    defects.push({ pointer: ['version'], reason: 'is missing' });
  }
  const groups = groupsOfMetadata(metadata);
  if (groups.flat().length === 0) {
    defects.push({ pointer: [], reason: 'names no recipient' });
  }
  const threshold = Number(metadata['shamir_threshold'] ?? 0);
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > Math.max(1, groups.length)) {
    defects.push({ pointer: ['shamir_threshold'], reason: 'asks for more key groups than there are' });
  }
  return [...defects, ...entryDefects(metadata)];
}

/** What every list of recipients has to hold: a wrapped data key, and but for age the time when it was made. */
const LISTS = ['age', 'pgp', 'kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms'];
/** Their data key is wrapped in armored text. */
const ARMORED = new Set(['age', 'pgp']);

function entryDefects(metadata: Readonly<Record<string, unknown>>): MetadataDefect[] {
  const groups: (readonly [Pointer, unknown])[] = [[[], metadata]];
  const nested = metadata['key_groups'];
  if (Array.isArray(nested)) {
    (nested as unknown[]).forEach((group, index) => groups.push([['key_groups', String(index)], group]));
  }
  return groups.flatMap(([prefix, group]) =>
    LISTS.flatMap((type) => {
      const entries = isRecord(group) ? group[type] : undefined;
      if (!Array.isArray(entries)) return [];
      return (entries as unknown[]).flatMap((entry, index) =>
        entryDefect(type, isRecord(entry) ? entry : {}, [...prefix, type, String(index)]),
      );
    }),
  );
}

function entryDefect(
  type: string,
  entry: Readonly<Record<string, unknown>>,
  pointer: Pointer,
): MetadataDefect[] {
  const wrapped = entry['enc'];
  const created = entry['created_at'];
  if (ARMORED.has(type) && !isArmored(wrapped)) {
    return [{ pointer: [...pointer, 'enc'], reason: 'is no complete armored data key' }];
  }
  if (typeof wrapped !== 'string' || wrapped === '') {
    return [{ pointer: [...pointer, 'enc'], reason: 'is missing, and with it the data key' }];
  }
  return type === 'age' || (typeof created === 'string' && isTime(created))
    ? []
    : [{ pointer: [...pointer, 'created_at'], reason: 'is no time (RFC 3339)' }];
}

/** A data key of 32 bytes with nonce and tag; a part of one that is shared among key groups has one byte more. */
const AGE_PAYLOADS = new Set([64, 65]);
const AGE_HEADER = /^age-encryption\.org\/v1\n[\s\S]*?\n--- [A-Za-z0-9+/]{43}\n/;

function isArmored(text: unknown): boolean {
  const [, kind, body = ''] = (typeof text === 'string' ? ARMOR.exec(text.trim()) : null) ?? [];
  if (kind === undefined) return false;
  if (kind === 'PGP MESSAGE')
    return isArmoredBase64(body.replaceAll(/^[A-Za-z][\w-]*: .*$|^=[A-Za-z0-9+/]{4}$/gm, ''));
  if (!isArmoredBase64(body)) return false;
  const bytes = Buffer.from(body, 'base64').toString('latin1');
  if (!bytes.startsWith('age-encryption.org/')) return true;
  const header = AGE_HEADER.exec(bytes)?.[0];
  return header !== undefined && AGE_PAYLOADS.has(bytes.length - header.length);
}

/** Armor may hold blanks, which base64 may not. */
function isArmoredBase64(text: string): boolean {
  const compact = text.replaceAll(/\s/g, '');
  return compact !== '' && isBase64(compact);
}

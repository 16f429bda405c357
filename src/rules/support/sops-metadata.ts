import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { isMac, modesOf } from '../../manifests/sops-crypt.ts';
import { recipientsOfMetadata } from '../../manifests/sops-recipients.ts';

/** A fault in the metadata; `reason` continues a sentence about the place. */
export interface MetadataDefect {
  readonly pointer: Pointer;
  readonly reason: string;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const ARMOR = /^-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----\s[\s\S]*\s-----END \1-----$/;

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
  if (recipientsOfMetadata(metadata).length === 0) {
    defects.push({ pointer: [], reason: 'names no recipient' });
  }
  return [...defects, ...armorDefects(metadata)];
}

function isTime(text: string): boolean {
  return RFC3339.test(text) && !Number.isNaN(Date.parse(text));
}

/** The data key of age and PGP recipients is wrapped in armored text. */
function armorDefects(metadata: Readonly<Record<string, unknown>>): MetadataDefect[] {
  const groups: (readonly [Pointer, unknown])[] = [[[], metadata]];
  const nested = metadata['key_groups'];
  if (Array.isArray(nested)) {
    (nested as unknown[]).forEach((group, index) => groups.push([['key_groups', String(index)], group]));
  }
  return groups.flatMap(([prefix, group]) =>
    ['age', 'pgp'].flatMap((type) => {
      const entries = isRecord(group) ? group[type] : undefined;
      if (!Array.isArray(entries)) return [];
      return (entries as unknown[]).flatMap((entry, index) => {
        const armored = isRecord(entry) ? entry['enc'] : undefined;
        if (typeof armored === 'string' && ARMOR.test(armored.trim())) return [];
        return [
          { pointer: [...prefix, type, String(index), 'enc'], reason: 'is no complete armored data key' },
        ];
      });
    }),
  );
}

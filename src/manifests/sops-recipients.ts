import { isRecord } from './manifest.ts';

export type RecipientType = 'age' | 'pgp' | 'kms' | 'gcp_kms' | 'azure_kv' | 'hc_vault' | 'hckms';

/** Somebody, or a key service, that can decrypt. */
export interface SopsRecipient {
  readonly type: RecipientType;
  readonly id: string;
}

type Settings = Readonly<Record<string, unknown>>;

/** The lists under which a file's metadata keeps its recipients, and how each entry is named. */
const METADATA: Readonly<Record<RecipientType, (entry: Settings) => string>> = {
  age: (entry) => text(entry['recipient']),
  pgp: (entry) => text(entry['fp']),
  kms: (entry) => text(entry['arn']),
  gcp_kms: (entry) => text(entry['resource_id']),
  azure_kv: (entry) =>
    [trimSlash(text(entry['vault_url'])), 'keys', text(entry['name']), text(entry['version'])].join('/'),
  hc_vault: (entry) =>
    [
      trimSlash(text(entry['vault_address'])),
      'v1',
      text(entry['engine_path']),
      'keys',
      text(entry['key_name']),
    ].join('/'),
  hckms: (entry) => text(entry['key_id']),
};
const TYPES = Object.keys(METADATA) as RecipientType[];

/** The recipients of an encrypted file. Flat lists hide `key_groups`, as they do for SOPS. */
export function recipientsOfMetadata(metadata: Settings): SopsRecipient[] {
  return groupsOfMetadata(metadata).flat();
}

/** The recipients of an encrypted file by key group. */
export function groupsOfMetadata(metadata: Settings): SopsRecipient[][] {
  const flat = fromLists(metadata);
  return flat.length > 0 ? [flat] : records(metadata['key_groups']).map(fromLists);
}

function fromLists(group: Settings): SopsRecipient[] {
  return TYPES.flatMap((type) =>
    records(group[type]).map((entry) => ({ type, id: normalize(type, METADATA[type](entry)) })),
  );
}

/** The keys of a creation rule that take recipients outside of `key_groups`. */
const FLAT_KEYS: readonly (readonly [string, RecipientType])[] = [
  ['age', 'age'],
  ['pgp', 'pgp'],
  ['kms', 'kms'],
  ['gcp_kms', 'gcp_kms'],
  ['azure_keyvault', 'azure_kv'],
  ['hc_vault_transit_uri', 'hc_vault'],
  ['hckms', 'hckms'],
];

/** The recipients that a creation rule asks for. A `key_groups` that is not empty hides the flat keys. */
export function recipientsOfRule(rule: Settings): SopsRecipient[] {
  return unique(groupsOfRule(rule).flat());
}

/** The recipients of a creation rule by key group; flat keys make one group. */
export function groupsOfRule(rule: Settings): SopsRecipient[][] {
  const groups = records(rule['key_groups']);
  if (groups.length > 0) return groups.map((group) => unique(fromGroup(group, 0)));
  const flat = FLAT_KEYS.flatMap(([key, type]) =>
    texts(rule[key]).map((id) => ({ type, id: normalize(type, id) })),
  );
  return [unique(flat)];
}

/** Groups may merge groups; a config cannot nest them deeper than its YAML. */
const MAX_MERGES = 20;

function fromGroup(group: Settings, depth: number): SopsRecipient[] {
  if (depth > MAX_MERGES) return [];
  const named = (type: RecipientType, ids: readonly string[]): SopsRecipient[] =>
    ids.filter((id) => id !== '').map((id) => ({ type, id: normalize(type, id) }));
  return [
    ...records(group['merge']).flatMap((merged) => fromGroup(merged, depth + 1)),
    ...named('age', texts(group['age'])),
    ...named('pgp', texts(group['pgp'])),
    ...named(
      'kms',
      records(group['kms']).map((key) => text(key['arn'])),
    ),
    ...named(
      'gcp_kms',
      records(group['gcp_kms']).map((key) => text(key['resource_id'])),
    ),
    ...named(
      'hckms',
      records(group['hckms']).map((key) => text(key['key_id'])),
    ),
    ...named(
      'azure_kv',
      records(group['azure_keyvault']).map((key) =>
        [trimSlash(text(key['vaultUrl'])), 'keys', text(key['key']), text(key['version'])].join('/'),
      ),
    ),
    ...named('hc_vault', texts(group['hc_vault'])),
  ];
}

/** PGP fingerprints may be shortened to their end, and a vault key may leave its version open. */
export function isSameRecipient(a: SopsRecipient, b: SopsRecipient): boolean {
  if (a.type !== b.type) return false;
  if (a.id === b.id) return true;
  if (a.type === 'pgp') {
    const shorter = Math.min(a.id.length, b.id.length);
    return shorter >= 16 && (a.id.endsWith(b.id) || b.id.endsWith(a.id));
  }
  return a.type === 'azure_kv' && (a.id.startsWith(`${b.id}/`) || b.id.startsWith(`${a.id}/`));
}

function normalize(type: RecipientType, id: string): string {
  const trimmed = id.trim();
  switch (type) {
    case 'pgp':
      return trimmed.replaceAll(/\s/g, '').replace(/^0x/i, '').toUpperCase();
    // An SSH key's comment is not part of it.
    case 'age':
      return trimmed.startsWith('ssh-') ? trimmed.split(/\s+/).slice(0, 2).join(' ') : trimmed;
    // `arn+role`: the role only says how to reach the key.
    case 'kms':
      return trimmed.split('+')[0] ?? trimmed;
    default:
      return trimSlash(trimmed);
  }
}

function unique(recipients: readonly SopsRecipient[]): SopsRecipient[] {
  return [...new Map(recipients.map((one) => [`${one.type} ${one.id}`, one])).values()];
}

function records(value: unknown): Settings[] {
  return Array.isArray(value) ? value.filter((item) => isRecord(item)) : [];
}

/** A list, or one string; each with commas between several. */
function texts(value: unknown): string[] {
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  return all
    .flatMap((item) => text(item).split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function trimSlash(value: string): string {
  return value.replace(/\/+$/, '');
}

import { isRecord } from '../manifests/manifest.ts';
import type { Pointer } from '../manifests/position.ts';

/** A key that SOPS ignores without a word. */
export interface UnknownKey {
  readonly pointer: Pointer;
  readonly key: string;
  /** The key that was probably meant. */
  readonly meant: string | null;
}

type Settings = Readonly<Record<string, unknown>>;

const words = (text: string): readonly string[] => text.split(' ');

const ROOT = words('creation_rules destination_rules stores');
const RECIPIENTS = words('age pgp kms gcp_kms azure_keyvault hc_vault_transit_uri hckms plugins key_groups');
const MODES = words(
  'unencrypted_suffix encrypted_suffix unencrypted_regex encrypted_regex unencrypted_comment_regex ' +
    'encrypted_comment_regex mac_only_encrypted',
);
const CREATION = [...words('path_regex aws_profile shamir_threshold timeout'), ...RECIPIENTS, ...MODES];
const DESTINATION = words(
  'path_regex s3_bucket s3_prefix gcs_bucket gcs_prefix vault_path vault_address vault_kv_mount_name ' +
    'vault_kv_version recreation_rule omit_extensions',
);
const GROUP = words('merge age pgp kms gcp_kms azure_keyvault hc_vault hckms plugins');
/** What people write into a rule for other people. */
const REMARKS = /^(?:name|description|comments?|notes?|title|x-.*|_.*)$/i;

/** Every key of a `.sops.yaml` that SOPS does not know, but for remarks and for anchors at the top. */
export function unknownKeysOf(root: unknown): UnknownKey[] {
  if (!isRecord(root)) return [];
  return [
    // A key of one's own holds the anchors in many files: only one that looks like a mistake is meant.
    ...unknown(root, [], ROOT).filter(({ meant }) => meant !== null),
    ...listOf(root['creation_rules']).flatMap(([rule, index]) => inRule(rule, ['creation_rules', index])),
    ...listOf(root['destination_rules']).flatMap(([rule, index]) => {
      const pointer = ['destination_rules', index];
      const inner = rule['recreation_rule'];
      return [
        ...unknown(rule, pointer, DESTINATION),
        ...(isRecord(inner) ? inRule(inner, [...pointer, 'recreation_rule']) : []),
      ];
    }),
  ];
}

function inRule(rule: Settings, pointer: Pointer): UnknownKey[] {
  return [
    ...unknown(rule, pointer, CREATION),
    ...listOf(rule['key_groups']).flatMap(([group, index]) =>
      inGroup(group, [...pointer, 'key_groups', index]),
    ),
  ];
}

function inGroup(group: Settings, pointer: Pointer): UnknownKey[] {
  return [
    ...unknown(group, pointer, GROUP),
    ...listOf(group['merge']).flatMap(([merged, index]) => inGroup(merged, [...pointer, 'merge', index])),
  ];
}

function unknown(map: Settings, pointer: Pointer, known: readonly string[]): UnknownKey[] {
  return Object.keys(map)
    .filter((key) => !known.includes(key) && !REMARKS.test(key) && key !== '<<')
    .map((key) => ({ pointer: [...pointer, key], key, meant: meantBy(key, known) }));
}

/** Names that are right in one place and wrong in another. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  hc_vault_transit_uri: 'hc_vault',
  hc_vault: 'hc_vault_transit_uri',
  azure_kv: 'azure_keyvault',
};

function meantBy(key: string, known: readonly string[]): string | null {
  const other = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : undefined;
  if (other !== undefined && known.includes(other)) return other;
  const plain = simplified(key);
  const same = known.find((one) => simplified(one) === plain);
  if (same !== undefined) return same;
  return plain.length < 5 ? null : (known.find((one) => distance(simplified(one), plain) <= 2) ?? null);
}

function simplified(key: string): string {
  return key
    .slice(0, 60)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
}

/** Letters to add, remove or change between two words. */
function distance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function listOf(value: unknown): (readonly [Settings, string])[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((item, index) =>
    isRecord(item) ? [[item, String(index)] as const] : [],
  );
}

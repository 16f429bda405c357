import { isRecord } from '../manifests/manifest.ts';
import { isPlaceholder } from '../manifests/placeholder.ts';
import type { CreationRule } from '../manifests/sops-config.ts';
import { isSameMode } from '../manifests/sops-crypt.ts';
import {
  groupsOfMetadata,
  isSameRecipient,
  recipientsOfMetadata,
  type SopsRecipient,
} from '../manifests/sops-recipients.ts';
import { scopeUnder, type SopsUnit, type UnitLeaf } from './reading.ts';
import { looksSecret } from './secret-keys.ts';

/** How an encrypted file differs from its creation rule in who can decrypt it. */
export interface RecipientDrift {
  readonly missing: readonly SopsRecipient[];
  readonly surplus: readonly SopsRecipient[];
}

/** Null when they agree, or when the rule leaves the recipients to the command line. */
export function recipientDrift({ metadata }: SopsUnit, rule: CreationRule): RecipientDrift | null {
  if (rule.recipients.length === 0) return null;
  const actual = recipientsOfMetadata(metadata);
  const missing = without(rule.recipients, actual);
  const surplus = without(actual, rule.recipients);
  return missing.length === 0 && surplus.length === 0 ? null : { missing, surplus };
}

export function without(all: readonly SopsRecipient[], others: readonly SopsRecipient[]): SopsRecipient[] {
  return all.filter((one) => !others.some((other) => isSameRecipient(one, other)));
}

/** How an encrypted file differs from its creation rule in what is encrypted. */
export interface ModeDrift {
  /** In plain text, and the rule would encrypt them. */
  readonly exposed: readonly UnitLeaf[];
  /** Encrypted, and the rule would not. */
  readonly sealed: readonly UnitLeaf[];
  /** The MAC leaves out what is in plain text, and the rule wants it to cover everything. */
  readonly macOnlyEncrypted: boolean;
}

/** Null when the file is encrypted as its rule says. */
export function modeDrift(unit: SopsUnit, rule: CreationRule): ModeDrift | null {
  const macOnlyEncrypted = unit.metadata['mac_only_encrypted'] === true && !rule.macOnlyEncrypted;
  const scope = scopeUnder(rule, unit);
  const differs = !unit.binary && scope !== null && !isSameMode(unit.mode, rule.mode);
  const exposed = differs
    ? unit.leaves.filter((leaf) => !leaf.encrypted && scope(leaf.keys) && isOpen(leaf))
    : [];
  const sealed = differs ? unit.leaves.filter((leaf) => leaf.encrypted && !scope(leaf.keys)) : [];
  return exposed.length + sealed.length > 0 || macOnlyEncrypted
    ? { exposed, sealed, macOnlyEncrypted }
    : null;
}

function isOpen({ document, keys, value }: UnitLeaf): boolean {
  const root = document.value;
  const isObject = isRecord(root) && typeof root['kind'] === 'string' && root['apiVersion'] !== undefined;
  if (isObject && IDENTITY.has(keys[0] ?? '')) return false;
  return typeof value !== 'string' || !isPlaceholder(value);
}

/** By these the cluster knows an object: they have to be readable, whatever a rule says. */
const IDENTITY = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable']);

/** How many key groups it takes to decrypt a file, and how many its rule asks for; null when as many or more. */
export function thresholdDrift(
  { metadata }: SopsUnit,
  rule: CreationRule,
): { has: number; wants: number } | null {
  const wanted = Number(metadata['shamir_threshold'] ?? 0);
  const has = wanted > 0 ? wanted : groupsOfMetadata(metadata).length;
  const wants = rule.threshold;
  return rule.recipients.length > 0 && rule.groups.length > 1 && has < wants ? { has, wants } : null;
}

/** Whether a value in plain text is a secret by its place or by its name. */
export function isSecretLeaf({ document, keys, value }: UnitLeaf): boolean {
  const root = document.value;
  const inSecret =
    isRecord(root) && root['kind'] === 'Secret' && ['data', 'stringData'].includes(keys[0] ?? '');
  return inSecret || looksSecret(keys.at(-1) ?? '', value);
}

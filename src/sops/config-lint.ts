import { displayName } from '../engine/message.ts';
import { isBech32 } from '../manifests/bech32.ts';
import { isRecord } from '../manifests/manifest.ts';
import type { Pointer, Range } from '../manifests/position.ts';
import type { CreationRule, SopsConfig } from '../manifests/sops-config.ts';
import { unknownKeysOf } from './config-keys.ts';
import { hasSpacedAlternative, lacksEnd, matchesEverything, unescapedDot } from './pattern-lint.ts';
import { goPattern } from '../manifests/sops-crypt.ts';

/** Something in a `.sops.yaml` that does not do what it seems to do. */
export interface ConfigRemark {
  readonly kind:
    'ignored-key' | 'wider' | 'dead' | 'ignored-recipients' | 'spaces' | 'recipient' | 'threshold';
  /** The creation rule, from 0; null when it is about something else. */
  readonly index: number | null;
  readonly pointer: Pointer;
  readonly range: Range;
  /** The fact, as the end of a sentence about the file; names in backquotes. */
  readonly fact: string;
  readonly why: string;
  readonly remedy: string;
}

type Remark = Omit<ConfigRemark, 'range'>;

/** How often patterns are tried on paths to find rules that no file reaches. */
const MAX_MATCHES = 400_000;

/**
 * @param paths tracked files, to tell rules that are always overtaken and patterns that match by accident
 * @param strict also remark on patterns that are wider than they look and match nothing wrong so far
 */
export function remarksOn(config: SopsConfig, paths: readonly string[], strict: boolean): ConfigRemark[] {
  const { document } = config;
  if (document === null || config.unreadable !== null) return [];
  const root = document.value;
  const rules =
    isRecord(root) && Array.isArray(root['creation_rules']) ? (root['creation_rules'] as unknown[]) : [];
  const relative = paths
    .slice(0, Math.ceil(MAX_MATCHES / Math.max(1, config.rules.length)))
    .map((path) => config.relative(path));
  const remarks: Remark[] = [
    ...ignoredKeys(root),
    ...deadRules(config, relative),
    ...config.rules.flatMap((rule) => widerPattern(rule, relative, strict)),
    ...rules.flatMap((rule, index) => (isRecord(rule) ? ruleRemarks(rule, index) : [])),
    ...config.rules.flatMap(thresholdRemark),
  ];
  return remarks.map((remark) => ({ ...remark, range: document.rangeOf(remark.pointer, 'key') }));
}

function ignoredKeys(root: unknown): Remark[] {
  return unknownKeysOf(root).map(({ pointer, key, meant }) => ({
    kind: 'ignored-key',
    index: indexIn(pointer),
    pointer,
    fact: `has the key \`${displayName(key)}\``,
    why: 'SOPS does not know it and ignores it without a word, so what it asks for does not happen',
    remedy:
      meant === null ? `Remove \`${displayName(key)}\`, or correct its name.` : `Write \`${meant}\` instead.`,
  }));
}

/** Rules behind one that matches everything, and rules whose every file is taken by an earlier one. */
function deadRules({ rules }: SopsConfig, paths: readonly string[]): Remark[] {
  const catchAll = rules.find(({ pathRegex }) => matchesEverything(pathRegex));
  const chosen = new Set<number>();
  const reached = new Map<number, number>();
  if (rules.length > 1) {
    const patterns = rules.map(({ pathRegex }) => (pathRegex === '' ? () => true : goPattern(pathRegex)));
    for (const path of paths) {
      const matching = rules.filter((_, at) => patterns[at]?.(path) === true);
      matching.forEach((rule, at) => {
        if (at === 0) chosen.add(rule.index);
        else if (matching[0] !== undefined) reached.set(rule.index, matching[0].index);
      });
    }
  }
  return rules.flatMap((rule): Remark[] => {
    const behind = catchAll !== undefined && rule.index > catchAll.index ? catchAll.index : undefined;
    const by = behind ?? (chosen.has(rule.index) ? undefined : reached.get(rule.index));
    if (by === undefined) return [];
    return [
      {
        kind: 'dead',
        index: rule.index,
        pointer: pointerOf(rule),
        fact: `has creation rule ${rule.index + 1}, which is never used`,
        why: `rule ${by + 1} stands before it and takes ${behind === undefined ? 'every file that it matches' : 'every path'}, and the first match wins`,
        remedy: `Move rule ${rule.index + 1} before rule ${by + 1}, or remove it.`,
      },
    ];
  });
}

function widerPattern(rule: CreationRule, paths: readonly string[], strict: boolean): Remark[] {
  const { pathRegex } = rule;
  const ending = unescapedDot(pathRegex, strict);
  const endless = lacksEnd(pathRegex) && (strict || matchesBeyondEnd(pathRegex, paths));
  if (ending === null && !endless) return [];
  const causes = [
    ...(ending === null ? [] : [`the dot before \`${ending}\` stands for any character`]),
    ...(endless ? ['nothing says that the name ends there'] : []),
  ];
  const edits = [
    ...(ending === null ? [] : [`write \`\\.${ending}\``]),
    ...(endless ? ['put `$` at the end'] : []),
  ].join(', and ');
  return [
    {
      kind: 'wider',
      index: rule.index,
      pointer: pointerOf(rule),
      fact: `has the pattern \`${displayName(pathRegex)}\`, which matches more than it seems to`,
      why: causes.join(', and '),
      remedy: `${edits.charAt(0).toUpperCase()}${edits.slice(1)}.`,
    },
  ];
}

function matchesBeyondEnd(pattern: string, paths: readonly string[]): boolean {
  const [open, closed] = [goPattern(pattern), goPattern(`(?:${pattern})$`)];
  return paths.some((path) => open(path) && !closed(path));
}

const FLAT = ['age', 'pgp', 'kms', 'gcp_kms', 'azure_keyvault', 'hc_vault_transit_uri', 'hckms'];
const PATTERNS = ['encrypted_regex', 'unencrypted_regex', 'path_regex'];

function ruleRemarks(rule: Readonly<Record<string, unknown>>, index: number): Remark[] {
  const own: Pointer = ['creation_rules', String(index)];
  const groups = rule['key_groups'];
  const hidden = Array.isArray(groups) && groups.length > 0 ? FLAT.filter((key) => isFilled(rule[key])) : [];
  const spaced = PATTERNS.filter((key) => typeof rule[key] === 'string' && hasSpacedAlternative(rule[key]));
  return [
    ...hidden.map((key): Remark => ({
      kind: 'ignored-recipients',
      index,
      pointer: [...own, key],
      fact: `names recipients under \`${key}\` beside \`key_groups\``,
      why: 'SOPS takes the groups alone, so those recipients cannot decrypt anything',
      remedy: `Move them into a group of \`key_groups\`, or remove \`${key}\`.`,
    })),
    ...spaced.map((key): Remark => ({
      kind: 'spaces',
      index,
      pointer: [...own, key],
      fact: `has spaces around an alternative in \`${key}\``,
      why: 'a space is matched like any character, and no name has one there, so the pattern misses what it is for',
      remedy: 'Remove the spaces around `|` and inside the brackets.',
    })),
    ...badRecipients(rule, own, index),
  ];
}

function badRecipients(value: unknown, pointer: Pointer, index: number): Remark[] {
  if (!isRecord(value)) return [];
  const remarks: Remark[] = [];
  for (const key of ['age', 'pgp'] as const) {
    const ids = idsOf(value[key]);
    const bad = ids.findIndex((id) => !(key === 'age' ? isAgeRecipient(id) : isFingerprint(id)));
    if (bad < 0) continue;
    const isAge = key === 'age';
    remarks.push({
      kind: 'recipient',
      index,
      pointer: [...pointer, key],
      fact: `names under \`${key}\` something that is no ${isAge ? 'age recipient' : 'PGP fingerprint'} (number ${bad + 1} of ${ids.length})`,
      why: isAge
        ? 'its form or its checksum is wrong, so SOPS stops with an error when it comes to this rule'
        : 'SOPS does not look at it, and GnuPG may take another key or none for it',
      remedy: isAge
        ? 'Copy the recipient again from `age-keygen -y`.'
        : 'Write the whole fingerprint, 40 hexadecimal digits, as `gpg --fingerprint` shows it.',
    });
  }
  for (const list of ['key_groups', 'merge']) {
    const groups = value[list];
    if (!Array.isArray(groups)) continue;
    (groups as unknown[]).forEach((group, at) => {
      remarks.push(...badRecipients(group, [...pointer, list, String(at)], index));
    });
  }
  return remarks;
}

/** A plugin's recipient has its name in the prefix, and an SSH key is a public key of OpenSSH. */
function isAgeRecipient(id: string): boolean {
  if (id.startsWith('ssh-')) return /^ssh-(?:rsa|ed25519) [A-Za-z0-9+/]{20,}={0,2}(?: |$)/.test(id);
  return (
    id.startsWith('age1') &&
    isBech32(id) &&
    (/^age1[a-z0-9]{58}$/.test(id) || /^age1[a-z0-9]+1/.test(id) || id.startsWith('age1pq'))
  );
}

function isFingerprint(id: string): boolean {
  return /^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/.test(id.replaceAll(/\s/g, ''));
}

function idsOf(value: unknown): string[] {
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  return all
    .flatMap((item) => (typeof item === 'string' ? item.split(',') : []))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function thresholdRemark(rule: CreationRule): Remark[] {
  const groups = rule.groups.length;
  if (rule.threshold <= groups || rule.recipients.length === 0) return [];
  return [
    {
      kind: 'threshold',
      index: rule.index,
      pointer: ['creation_rules', String(rule.index), 'shamir_threshold'],
      fact: `wants ${rule.threshold} key groups to decrypt, and has ${groups}`,
      why: 'SOPS cannot share a key among fewer groups than it takes to put it together',
      remedy: 'Lower `shamir_threshold`, or add groups under `key_groups`.',
    },
  ];
}

function isFilled(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || (Array.isArray(value) && value.length > 0);
}

function pointerOf(rule: CreationRule): Pointer {
  const own: Pointer = ['creation_rules', String(rule.index)];
  return rule.pathRegex === '' ? own : [...own, 'path_regex'];
}

function indexIn(pointer: Pointer): number | null {
  return pointer[0] === 'creation_rules' && pointer[1] !== undefined ? Number(pointer[1]) : null;
}

import type { SecretsSection } from '../engine/secret-policy-file.ts';
import type { Level, SecretPolicy } from '../engine/policy.ts';

/** How credentials are looked for without any policy file. */
export const DEFAULT_SECRETS: SecretPolicy = {
  exclude: [],
  kinds: new Map(),
  enforced: new Set(),
  allow: [],
  rules: [],
  baseline: null,
  entropy: new Map(),
  decodeDepth: 5,
  inlineAllow: null,
  corrections: { anchoredAllowlists: true, remoteReferences: true },
};

export function toSecretPolicy(section: SecretsSection): SecretPolicy {
  return {
    exclude: section.exclude ?? [],
    kinds: new Map(Object.entries(section.kinds ?? {})),
    enforced: new Set(),
    allow: (section.allow ?? []).map(({ fingerprint, reason, until }) => ({
      fingerprint,
      reason,
      until: until ?? null,
      floor: false,
    })),
    rules: section.rules ?? [],
    baseline: section.baseline ?? null,
    entropy: new Map(Object.entries(section.entropy ?? {})),
    decodeDepth: section.decodeDepth ?? DEFAULT_SECRETS.decodeDepth,
    inlineAllow: section.inlineAllow ?? DEFAULT_SECRETS.inlineAllow,
    corrections: { ...DEFAULT_SECRETS.corrections, ...section.corrections },
  };
}

const LEVELS: readonly Level[] = ['off', 'info', 'warning', 'error'];

/**
 * Raises what a repository asks for to the organisation's floor. A kind that the floor names is enforced: the
 * repository's own rule files, exceptions and excluded paths do not apply to it.
 */
export function raiseSecrets(own: SecretPolicy, section: SecretsSection): SecretPolicy {
  const floor = toSecretPolicy(section);
  const wanted = [...floor.kinds].filter(([, level]) => level !== 'off');
  const kinds = new Map(own.kinds);
  const others = floor.kinds.get('*') ?? 'off';
  for (const [kind, level] of own.kinds) kinds.set(kind, stricter(level, floor.kinds.get(kind) ?? others));
  for (const [kind, level] of wanted) kinds.set(kind, stricter(kinds.get(kind) ?? 'off', level));
  const entropy = new Map(own.entropy);
  for (const [kind, bits] of floor.entropy) entropy.set(kind, Math.min(bits, own.entropy.get(kind) ?? bits));
  return {
    ...own,
    kinds,
    enforced: new Set(wanted.map(([kind]) => kind)),
    allow: [...own.allow, ...floor.allow.map((entry) => ({ ...entry, floor: true }))],
    rules: [...new Set([...own.rules, ...floor.rules])],
    entropy,
    decodeDepth:
      section.decodeDepth === undefined && wanted.length === 0
        ? own.decodeDepth
        : Math.max(own.decodeDepth, floor.decodeDepth),
    // The floor can take the comment its power and not give it any.
    inlineAllow: floor.inlineAllow === false ? false : own.inlineAllow,
    // Without this one, the default rules leave out what they find by mistake: enforced kinds have to be found.
    corrections: {
      ...own.corrections,
      anchoredAllowlists: own.corrections.anchoredAllowlists || wanted.length > 0,
    },
  };
}

function stricter(a: Level, b: Level): Level {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b;
}

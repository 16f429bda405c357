import type { AllowlistData, SecretRuleData } from '../../secrets/rule-set.ts';
import type { ScanSetup } from '../../secrets/scan-setup.ts';
import type { PolicyDifference, PolicyEffect } from '../../engine/policy-difference.ts';
import { difference, isSame, members } from './difference.ts';

/** Differences of each kind of file that says what a credential is. */
export interface SecretFileDifferences {
  /** Of the rule files: gitleaks' own, and those that it extends or the policy names. */
  readonly rules: readonly PolicyDifference[];
  readonly ignored: readonly PolicyDifference[];
  readonly baseline: readonly PolicyDifference[];
}

/**
 * What other files about credentials do. Patterns and words of allowlists are counted and never told: one of them may be
 * the credential that it allows.
 */
export function compareSecretFiles(before: ScanSetup, after: ScanSetup): SecretFileDifferences {
  const [was, is] = [before, after].map(
    ({ rules }): Rules => new Map(rules.rules.map((rule) => [rule.id, rule])),
  ) as [Rules, Rules];
  return {
    rules: [
      ...compareRules(was, is),
      ...compareAllowlists([], before.rules.allowlists, after.rules.allowlists),
    ],
    ignored: grown(['entries'], before.known.ignored, after.known.ignored, {
      weaker: 'Credentials in these lines are not reported any more.',
      stricter: 'Credentials in these lines are reported again.',
    }),
    baseline: grown(['entries'], before.known.baseline, after.known.baseline, {
      weaker: 'More credentials count as known, and are not reported.',
      stricter: 'Fewer credentials count as known.',
    }),
  };
}

type Rules = ReadonlyMap<string, SecretRuleData>;

/** More rules than this that share a fate are told together. */
const MAX_SINGLE = 5;

function compareRules(before: Rules, after: Rules): PolicyDifference[] {
  const gone = [...before.keys()].filter((id) => !after.has(id)).sort();
  const fresh = [...after.keys()].filter((id) => !before.has(id)).sort();
  const common = [...before.values()].flatMap((was) => {
    const is = after.get(was.id);
    return is === undefined ? [] : [{ id: was.id, was, is }];
  });
  const edited = common.filter(({ was, is }) => !isSame(searchOf(was), searchOf(is))).map(({ id }) => id);
  return [
    ...together(gone, ['looked for', 'not looked for'], 'weaker', {
      one: 'Credentials of this kind are not looked for any more.',
      many: 'Credentials of these kinds are not looked for any more.',
    }),
    ...together(fresh, ['not looked for', 'looked for'], 'stricter', {
      one: 'Credentials of this kind are looked for.',
      many: 'Credentials of these kinds are looked for.',
    }),
    ...together(edited.sort(), ['as it was', 'edited'], 'other', {
      one: 'This rule looks for something else, or in other places.',
      many: 'These rules look for something else, or in other places.',
    }),
    ...common.flatMap(({ id, was, is }) => compareAllowlists(['rules', id], was.allowlists, is.allowlists)),
  ];
}

function together(
  ids: readonly string[],
  sides: readonly [string, string],
  effect: PolicyEffect,
  says: { readonly one: string; readonly many: string },
): PolicyDifference[] {
  if (ids.length <= MAX_SINGLE) return ids.map((id) => difference(['rules', id], sides, effect, says.one));
  const names = `${ids.slice(0, MAX_SINGLE).join(', ')} and ${String(ids.length - MAX_SINGLE)} more`;
  return [difference(['rules', names], sides, effect, says.many)];
}

function searchOf({
  regex,
  path,
  secretGroup,
  entropy,
  keywords,
  skipReport,
  required,
}: SecretRuleData): unknown {
  return { regex, path, secretGroup, entropy, keywords: [...keywords].sort(), skipReport, required };
}

/** Of lists of which one entry is enough, the entries are compared; the others are compared as they are. */
function compareAllowlists(
  within: readonly string[],
  before: readonly AllowlistData[],
  after: readonly AllowlistData[],
): PolicyDifference[] {
  const at = (key: string): readonly string[] => [...within, 'allowlists', key];
  const entries = (
    lists: readonly AllowlistData[],
    pick: (list: AllowlistData) => readonly string[],
  ): string[] => lists.filter(({ condition }) => condition === 'or').flatMap(pick);
  const harmless = (list: AllowlistData): string[] => [
    ...list.regexes.map((regex) => `${list.regexTarget} ${regex}`),
    ...list.stopwords,
  ];
  const both = (lists: readonly AllowlistData[]): string[] =>
    lists.filter(({ condition }) => condition === 'and').map((list) => JSON.stringify(list));
  return [
    ...members(
      at('paths'),
      entries(before, ({ paths }) => paths),
      entries(after, ({ paths }) => paths),
      'weaker',
      {
        weaker: 'Credentials in files with such a path are not reported any more.',
        stricter: 'Credentials in files with such a path are reported again.',
      },
    ),
    ...members(
      at('commits'),
      entries(before, ({ commits }) => commits),
      entries(after, ({ commits }) => commits),
      'weaker',
      {
        weaker: 'Credentials in this commit are not reported any more.',
        stricter: 'Credentials in this commit are reported again.',
      },
    ),
    ...grown(at('values'), entries(before, harmless), entries(after, harmless), {
      weaker: 'More values count as harmless.',
      stricter: 'Fewer values count as harmless.',
    }),
    ...grown(at('combined'), both(before), both(after), {
      weaker: 'More of what is found counts as harmless.',
      stricter: 'Less of what is found counts as harmless.',
    }),
  ];
}

/** Lists whose entries are counted: more of them are weaker, and others in their place are weaker too. */
function grown(
  pointer: readonly string[],
  before: readonly unknown[],
  after: readonly unknown[],
  says: { readonly weaker: string; readonly stricter: string },
): PolicyDifference[] {
  const [was, is] = [before, after].map((entries) => new Set(entries.map((one) => JSON.stringify(one))));
  const added = [...(is ?? [])].filter((one) => was?.has(one) !== true).length;
  const gone = [...(was ?? [])].filter((one) => is?.has(one) !== true).length;
  if (added + gone === 0) return [];
  const effect = added > 0 ? 'weaker' : 'stricter';
  const counts = [count(was?.size ?? 0), `${count(is?.size ?? 0)}, ${String(added)} of them new`] as const;
  return [difference(pointer, counts, effect, says[effect])];
}

function count(entries: number): string {
  return entries === 1 ? '1 entry' : `${String(entries)} entries`;
}

import type { EnvironmentSelector, Policy } from '../../engine/policy.ts';
import type { PolicyDifference, PolicyEffect } from '../../engine/policy-difference.ts';
import { changed, difference, members } from './difference.ts';

/** What makes a path or an object belong to an environment. */
const SELECTORS = ['paths', 'clusters', 'words'] as const;
const EMPTY: EnvironmentSelector = { words: [], paths: [], clusters: [], kubernetes: [] };

/** How the environments differ: rules that look at an environment alone look at more, or at less. */
export function compareEnvironments(before: Policy, after: Policy): PolicyDifference[] {
  if (isByWords(before) !== isByWords(after)) return [otherMeans(before, after)];
  const names = new Set([...before.environments.keys(), ...after.environments.keys()]);
  return [...names].sort().flatMap((name) => {
    const [was, is] = [before.environments.get(name) ?? EMPTY, after.environments.get(name) ?? EMPTY];
    const more: PolicyEffect = [before, after].some((policy) => isLenient(policy, name))
      ? 'other'
      : 'stricter';
    return [
      ...SELECTORS.flatMap((selector) =>
        members(['environments', name, selector], was[selector] ?? [], is[selector] ?? [], more, {
          weaker: 'Rules about this environment do not look there any more.',
          stricter: 'Rules about this environment look there, too.',
        }),
      ),
      ...changed(
        ['environments', name, 'kubernetes'],
        was.kubernetes,
        is.kubernetes,
        'Objects there must fit other versions of Kubernetes.',
      ),
    ];
  });
}

/** By the usual words, as where no policy defines an environment. */
function isByWords({ environments }: Policy): boolean {
  return [...environments.values()].some(({ words = [] }) => words.length > 0);
}

function otherMeans(before: Policy, after: Policy): PolicyDifference {
  const named = ({ environments }: Policy): string => [...environments.keys()].join(', ');
  const how = (policy: Policy): string => (isByWords(policy) ? 'the usual words in names' : named(policy));
  return difference(
    ['environments'],
    [how(before), how(after)],
    'other',
    'Which paths and clusters belong to which environment is decided in another way.',
  );
}

/** Whether belonging to an environment can make a rule count for less. */
function isLenient({ rules }: Policy, name: string): boolean {
  return [...rules.values()].some(({ overrides }) =>
    overrides.some(({ environments, severity }) => environments.includes(name) && severity !== 'error'),
  );
}

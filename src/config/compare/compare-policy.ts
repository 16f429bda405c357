import { levelOf } from '../../engine/active-rules.ts';
import { LEVELS, PROFILES, type Policy } from '../../engine/policy.ts';
import type { PolicyDifference } from '../../engine/policy-difference.ts';
import { changed, members, ordered } from './difference.ts';
import { compareEnvironments } from './environments.ts';
import { compareRules, type Definitions } from './rules.ts';
import { compareSecrets } from './secrets.ts';
import { compareSignatures } from './signatures.ts';
import { compareWaivers } from './waivers.ts';

const POSTURE_ISSUE = 'It decides where an issue about the settings of GitHub is kept.';

const PUSHERS = {
  weaker: 'A direct push of this account raises no alert any more, unless what it pushed blocks.',
  stricter: 'A direct push of this account raises an alert.',
};

function names(accounts: readonly (string | number)[]): string[] {
  return accounts.map(String);
}

type Comparison = (before: Policy, after: Policy, definitions: Definitions) => PolicyDifference[];

/**
 * Every part of a policy takes part: a new one has to say here how its two sides are compared. Where neither is the
 * stricter for sure, `changed` says that they differ.
 */
const COMPARISONS: { readonly [Section in keyof Policy]: Comparison } = {
  profile: compareProfiles,
  mode: (before, after) =>
    ordered(['mode'], before.mode, after.mode, ['report', 'enforce'], {
      weaker: 'Nothing blocks any more: findings are only shown.',
      stricter: 'Findings block, and are not only shown.',
    }),
  rules: compareRules,
  exclude: (before, after) =>
    members(['exclude'], before.exclude, after.exclude, 'weaker', {
      weaker: 'No rule looks at these paths any more.',
      stricter: 'Rules look at these paths again.',
    }),
  environments: compareEnvironments,
  kubernetes: (before, after) =>
    members(['kubernetes'], before.kubernetes, after.kubernetes, 'stricter', {
      weaker: 'Objects need not fit this version of Kubernetes any more.',
      stricter: 'Objects must fit this version of Kubernetes.',
    }),
  protectedBranches: (before, after) =>
    members(['branches', 'protected'], before.protectedBranches, after.protectedBranches, 'stricter', {
      weaker: 'A direct push to such a branch raises no alert any more.',
      stricter: 'A direct push to such a branch raises an alert.',
    }),
  signatures: (before, after) => compareSignatures(before.signatures, after.signatures),
  secrets: (before, after) => compareSecrets(before.secrets, after.secrets),
  posture: (before, after) => [
    ...changed(['posture', 'dashboard'], before.posture.dashboard, after.posture.dashboard, POSTURE_ISSUE),
    ...members(
      ['posture', 'accept'],
      [...before.posture.accept.keys()],
      [...after.posture.accept.keys()],
      'weaker',
      {
        weaker: 'This setting of GitHub may stay weak.',
        stricter: 'This setting of GitHub is one to change again.',
      },
    ),
  ],
  comments: (before, after) =>
    changed(
      ['comments'],
      before.comments,
      after.comments,
      'Another number of comments may be open at a time.',
    ),
  reports: (before, after) =>
    ordered(
      ['reports', 'codeScanning'],
      before.reports.codeScanning,
      after.reports.codeScanning,
      [false, true],
      {
        weaker: 'Findings are not uploaded to code scanning any more.',
        stricter: 'Findings are uploaded to code scanning.',
      },
    ),
  waivers: (before, after) => compareWaivers(before.waivers, after.waivers),
  pushes: (before, after) => [
    ...members(
      ['pushes', 'allow', 'users'],
      names(before.pushes.users),
      names(after.pushes.users),
      'weaker',
      PUSHERS,
    ),
    ...members(
      ['pushes', 'allow', 'apps'],
      names(before.pushes.apps),
      names(after.pushes.apps),
      'weaker',
      PUSHERS,
    ),
  ],
  notChecked: (before, after) =>
    ordered(['notChecked'], before.notChecked, after.notChecked, ['warn', 'fail'], {
      weaker: 'What could not be judged does not block any more.',
      stricter: 'What could not be judged blocks.',
    }),
};

/**
 * How two policies differ, in words: nothing for two that are alike, and what is weaker one way is stricter the other.
 *
 * @param definitions every rule that exists
 */
export function comparePolicies(before: Policy, after: Policy, definitions: Definitions): PolicyDifference[] {
  return Object.values(COMPARISONS).flatMap((compare) => compare(before, after, definitions));
}

function compareProfiles(before: Policy, after: Policy, definitions: Definitions): PolicyDifference[] {
  const level = (policy: Policy, id: string): number => {
    const definition = definitions.get(id);
    return definition === undefined ? 0 : LEVELS.indexOf(levelOf(definition, policy));
  };
  const ids = [...definitions.keys()].filter((id) => !before.rules.has(id) && !after.rules.has(id));
  const fall = ids.filter((id) => level(after, id) < level(before, id)).length;
  const rise = ids.filter((id) => level(after, id) > level(before, id)).length;
  return ordered(['profile'], before.profile, after.profile, PROFILES, {
    weaker: `What ${count(fall)} find counts for less, or is not looked for.`,
    stricter: `What ${count(rise)} find counts for more.`,
  });
}

function count(rules: number): string {
  return rules === 1 ? 'one rule' : `${rules} rules`;
}

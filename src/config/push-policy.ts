import type { AccountEntry, PushesSection } from '../engine/push-policy-file.ts';
import type { PushPolicy } from '../engine/policy.ts';

/** What holds without any policy file: nobody may push. */
export const DEFAULT_PUSHES: PushPolicy = { users: [], apps: [] };

export function toPushPolicy(section: PushesSection = {}): PushPolicy {
  return {
    users: [...new Set((section.allow?.users ?? []).map(normalised))],
    apps: [...new Set((section.allow?.apps ?? []).map(normalised))],
  };
}

/** A floor that says who may push lets nobody else. */
export function raisePushes(own: PushPolicy, section: PushesSection = {}): PushPolicy {
  if (section.allow === undefined) return own;
  const floor = toPushPolicy(section);
  return {
    users: own.users.filter((one) => floor.users.includes(one)),
    apps: own.apps.filter((one) => floor.apps.includes(one)),
  };
}

/** GitHub's names do not know upper case. */
function normalised(entry: AccountEntry): AccountEntry {
  return typeof entry === 'string' ? entry.toLowerCase() : entry;
}

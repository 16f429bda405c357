import { displayName } from '../engine/message.ts';
import { listed, plural } from '../report/plain.ts';
import type { DirectPushAlert, ProtectionSource } from './alert.ts';
import { actorsOf, type Incident } from './incident.ts';
import { branchName } from './undo.ts';

const MAX_NAMED = 3;

const RULE_TITLES: Readonly<Record<ProtectionSource, string>> = {
  'branch-protection': 'Branch protection of',
  ruleset: 'Ruleset',
  'organisation-ruleset': "The organisation's ruleset",
};

/** One line that says what happened, where and by whom; inert text. */
export function titleOf(incident: Incident): string {
  const [alert] = incident.alerts;
  if (alert === undefined) return 'Alert';
  const who = actorNames(incident);
  if (alert.kind === 'unsigned-tag') {
    return `Tag ${displayName(alert.ref.replace(/^refs\/tags\//, ''))} by ${who} is not signed as it has to be`;
  }
  if (alert.kind === 'weakened-protection') {
    return `${RULE_TITLES[alert.source]} ${displayName(alert.ruleName)} was weakened by ${who}`;
  }
  const branch = displayName(branchName(alert.ref));
  if (incident.count > 1) {
    return `${plural(incident.count, 'direct push', 'direct pushes')} to ${branch} by ${who}, past the review`;
  }
  if (alert.allowed) return `Push to ${branch} by ${who} with findings that block`;
  if (alert.bypass?.merged === true) return `Merge into ${branch} by ${who}, past the rules`;
  return `${verbOf(alert)} ${branch} by ${who}, past the review`;
}

function actorNames(incident: Incident): string {
  const actors = actorsOf(incident).map(displayName);
  const shown = actors.slice(0, MAX_NAMED);
  const left = actors.length - shown.length;
  return listed(left > 0 ? [...shown, `${String(left)} more`] : shown);
}

function verbOf(alert: DirectPushAlert): string {
  if (alert.deleted) return 'Deletion of';
  if (alert.created) return 'Creation of';
  return alert.forced ? 'Force push to' : 'Direct push to';
}

/** Why it matters, as a sentence. */
export function meaningOf(alert: DirectPushAlert): string {
  if (alert.allowed) {
    return 'The policy lets this account push, and what it pushed would have been stopped in a pull request. What stands on this branch is deployed.';
  }
  if (alert.bypass?.merged === true) {
    return 'The pull request did not satisfy the rules of the branch, and was merged all the same. What stands on this branch is deployed.';
  }
  return 'What stands on this branch is deployed, and nobody reviewed this.';
}

import { CHECK_NAME } from '../report/check-run.ts';
import { listed } from '../report/plain.ts';
import { CONTROLS, type ControlId } from '../engine/posture-policy.ts';
import type { ControlResult, ControlState, Posture } from './control.ts';
import { CONTROL_TEXTS } from './control-texts.ts';
import type { Gate, Known, PostureFacts } from './facts.ts';

/** Names in one sentence; more of them are counted. */
const MAX_NAMES = 10;

interface Observation {
  readonly state: Exclude<ControlState, 'accepted'>;
  readonly detail: string;
}

type Judge = (facts: PostureFacts) => Observation;

/** Judges every control. `accepted` gives, for controls that may stay weak, the reason of whoever said so. */
export function judgePosture(
  facts: PostureFacts,
  accepted: ReadonlyMap<ControlId, string> = new Map(),
): Posture {
  const { owner, name, url, branch } = facts;
  const controls = CONTROLS.map((id): ControlResult => {
    const { title, severity, why, mend, page } = CONTROL_TEXTS[id];
    const observed = JUDGES[id](facts);
    const reason = observed.state === 'weak' ? accepted.get(id) : undefined;
    return {
      id,
      title,
      severity,
      why,
      mend: mend(facts),
      url: page(facts),
      ...(reason === undefined
        ? observed
        : { state: 'accepted', detail: `${observed.detail} Accepted by the policy: ${reason}` }),
    };
  });
  return { owner, name, url, branch, controls };
}

const JUDGES: Readonly<Record<ControlId, Judge>> = {
  'review-required': demandOf((gate) => (gate.review?.approvals ?? 0) > 0, 'a pull request with an approval'),
  'code-owner-review': demandOf(
    (gate) => gate.review !== null && gate.review.approvals > 0 && gate.review.codeOwners,
    'the approval of a code owner',
  ),
  'stale-approvals': demandOf(
    (gate) => gate.review !== null && (gate.review.dismissStale || gate.review.lastPush),
    'a new approval after a push',
  ),
  'signed-commits': demandOf((gate) => gate.signedCommits, 'signed commits'),
  'no-force-push': demandOf((gate) => gate.forbidsForcePush, 'that nobody force-pushes'),
  'no-deletion': demandOf((gate) => gate.forbidsDeletion, 'that nobody deletes the branch'),
  'no-bypass': judgeBypass,
  'check-required': demandOf(
    (gate) => gate.checks.some(({ name }) => name === CHECK_NAME),
    `the check \`${CHECK_NAME}\``,
  ),
  'check-pinned': judgePinned,
  'up-to-date': demandOf((gate) => gate.upToDate, 'a branch that is up to date with its base'),
  'code-owners': judgeCodeOwners,
  'secret-scanning': ({ secretScanning }) =>
    switchedOn(secretScanning, 'GitHub looks for secrets in what is pushed.', 'Secret scanning is off.'),
  'push-protection': ({ pushProtection }) =>
    switchedOn(
      pushProtection,
      'GitHub refuses pushes with secrets that it knows.',
      'Push protection is off.',
    ),
  'workflow-token': ({ workflowToken }) => {
    if (!workflowToken.known) return unread(workflowToken.reason);
    const { mayWrite, mayApprove } = workflowToken.value;
    const faults = [
      ...(mayWrite ? ['The token of every workflow may write to the repository by default.'] : []),
      ...(mayApprove ? ['Workflows may approve pull requests.'] : []),
    ];
    return faults.length > 0
      ? { state: 'weak', detail: faults.join(' ') }
      : ok('Workflows may only read unless they ask for more, and cannot approve.');
  },
  'allowed-actions': ({ actions }) => {
    if (!actions.known) return unread(actions.reason);
    const { enabled, allowed, pinned } = actions.value;
    if (!enabled) return ok('GitHub Actions is off.');
    if (pinned) return ok('Actions have to be pinned to a commit.');
    return allowed === 'all'
      ? { state: 'weak', detail: 'Workflows may use any action, at any tag.' }
      : ok('Only chosen actions may run.');
  },
};

/** What some gate has to ask for. */
function demandOf(asks: (gate: Gate) => boolean, what: string): Judge {
  return ({ gates, gatesUnread, branch }) => {
    const asking = gates.filter(asks);
    if (asking.length > 0) return ok(`Asked for by ${listed(asking.map(({ name }) => name))}.`);
    if (gatesUnread.length > 0) return unread(gatesUnread.join('; '));
    return { state: 'weak', detail: `Nothing that guards \`${branch}\` asks for ${what}.` };
  };
}

/** A gate counts only as far as nobody goes past it; what two gates ask for, the stricter one upholds. */
function judgeBypass({ gates, gatesUnread }: PostureFacts): Observation {
  if (gates.length === 0) {
    return gatesUnread.length > 0
      ? unread(gatesUnread.join('; '))
      : { state: 'weak', detail: 'Nothing guards the branch, so everybody who may write goes past.' };
  }
  const open = gates.filter((gate) => !isUpheld(gate, gates));
  const faults = open.flatMap(({ name, bypass }) =>
    bypass.known ? [`Past ${name} may go ${namesOf(bypass.value)}.`] : [],
  );
  if (faults.length > 0) return { state: 'weak', detail: faults.join(' ') };
  const hidden = open.flatMap(({ name, bypass }) =>
    bypass.known ? [] : [`who may go past ${name}: ${bypass.reason}`],
  );
  return hidden.length > 0
    ? unread(hidden.join('; '))
    : ok('Nobody may go past it, administrators included.');
}

/** Whether nobody goes past a gate, or past another one that asks for all that it asks for. */
function isUpheld(gate: Gate, gates: readonly Gate[]): boolean {
  const isClosed = (one: Gate): boolean => one.bypass.known && one.bypass.value.length === 0;
  return isClosed(gate) || gates.some((other) => other !== gate && isClosed(other) && covers(other, gate));
}

function covers(strict: Gate, other: Gate): boolean {
  const flags = ['signedCommits', 'forbidsForcePush', 'forbidsDeletion', 'upToDate'] as const;
  if (flags.some((flag) => other[flag] && !strict[flag])) return false;
  const missing = other.checks.some(
    ({ name, appId }) =>
      !strict.checks.some((own) => own.name === name && (appId === null || own.appId === appId)),
  );
  if (missing) return false;
  if (other.review === null) return true;
  if (strict.review === null) return false;
  const { approvals, codeOwners, dismissStale, lastPush } = other.review;
  return (
    strict.review.approvals >= approvals &&
    (strict.review.codeOwners || !codeOwners) &&
    (strict.review.dismissStale || !dismissStale) &&
    (strict.review.lastPush || !lastPush)
  );
}

function judgePinned({ gates, gatesUnread, appId }: PostureFacts): Observation {
  const ours = gates.flatMap((gate) =>
    gate.checks.filter(({ name }) => name === CHECK_NAME).map((check) => ({ gate, check })),
  );
  if (ours.length === 0) {
    return gatesUnread.length > 0
      ? unread(gatesUnread.join('; '))
      : { state: 'weak', detail: 'The check is not required, so it is tied to no App either.' };
  }
  const pinned = ours.filter(
    ({ check }) => check.appId !== null && (appId === null || check.appId === appId),
  );
  const [first] = pinned;
  if (first !== undefined) {
    const id = String(first.check.appId);
    return ok(
      appId === null
        ? `${first.gate.name} takes it from the App ${id} alone; compare the number with that of your App.`
        : `${first.gate.name} takes it from this App alone.`,
    );
  }
  const foreign = ours.flatMap(({ check }) => check.appId ?? []);
  return {
    state: 'weak',
    detail:
      foreign.length > 0
        ? `The check is taken from another App (${foreign.join(', ')}) than this one (${String(appId)}).`
        : 'Anybody who may write statuses can set a check of this name.',
  };
}

function judgeCodeOwners({ codeOwners }: PostureFacts): Observation {
  const { path, errors, unowned } = codeOwners;
  if (!unowned.known) return unread(unowned.reason);
  if (path === null) return { state: 'weak', detail: 'There is no CODEOWNERS file.' };
  const faults = errors.known ? [...errors.value] : [];
  if (unowned.value.length > 0) {
    const names = unowned.value.map((one) => `\`${one}\``);
    faults.push(`Nobody owns ${namesOf(names)}.`);
  }
  if (faults.length > 0) return { state: 'weak', detail: faults.join(' ') };
  return errors.known
    ? ok(`\`${path}\` names owners for every folder with manifests.`)
    : unread(errors.reason);
}

function switchedOn(setting: Known<boolean>, on: string, off: string): Observation {
  if (!setting.known) return unread(setting.reason);
  return setting.value ? ok(on) : { state: 'weak', detail: off };
}

function ok(detail: string): Observation {
  return { state: 'ok', detail };
}

function unread(reason: string): Observation {
  return { state: 'unread', detail: `Could not be read: ${reason}.` };
}

function namesOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return listed(more > 0 ? [...names.slice(0, MAX_NAMES), `${String(more)} more`] : names);
}

import type { Finding } from '../engine/finding.ts';
import type { Reach, ReachedDeployer } from '../engine/report.ts';
import type { Alert, DirectPushAlert, UnsignedTagAlert, WeakenedProtectionAlert } from './alert.ts';
import { revocationsOf } from './credentials.ts';
import { commandsFor, kubectlPause, namespaceOf } from './deployers.ts';
import type { Incident } from './incident.ts';
import { mergePushes } from './merge-pushes.ts';
import { revealsCredentialRule } from './findings.ts';
import { displayName } from '../engine/message.ts';
import { listed, plural } from '../report/plain.ts';
import { branchName, revertPage, signCommands, undoOf, undoTagOf } from './undo.ts';

/** One thing to do, in the order in which it helps. */
export interface Step {
  readonly title: string;
  /** Sentences; names stand in backquotes. */
  readonly text: string;
  /** Lines for a POSIX shell; nothing in them has to be filled in. */
  readonly commands: readonly string[];
  /** Where it is done or described. */
  readonly link?: { readonly text: string; readonly url: string };
}

/** Commands for more objects than this help nobody. */
const MAX_DEPLOYERS = 10;

/** A step as plain lines. */
export function stepLines({ title, text, commands, link }: Step): string {
  return [title, text, ...(link === undefined ? [] : [`${link.text}: ${link.url}`]), ...commands]
    .filter(Boolean)
    .join('\n');
}

/** What to do about an incident, first things first. */
export function playbookOf(incident: Pick<Incident, 'alerts' | 'count'>): Step[] {
  const last = incident.alerts.at(-1);
  if (last === undefined) return [];
  if (last.kind === 'unsigned-tag') return tagSteps(last);
  if (last.kind === 'weakened-protection') return protectionSteps(incident.alerts.filter(isProtection));
  return pushSteps(incident.alerts.filter(isPush), incident.count);
}

function pushSteps(pushes: readonly DirectPushAlert[], count: number): Step[] {
  const merged = mergePushes(pushes);
  const reviews = pushes.flatMap(({ review }) => review ?? []);
  const findings = reviews.flatMap((review) => review.findings);
  const deployers = deployersOf(reviews.map(({ reach }) => reach));
  return [
    ...credentialSteps(findings),
    ...pauseSteps(deployers),
    ...unlistedStep(pushes, count),
    ...merged.map((push, index) => undoStep(push, { index, parts: merged.length }, findings)),
    ...resumeSteps(deployers),
  ];
}

function credentialSteps(findings: readonly Finding[]): Step[] {
  return revocationsOf(findings).map(({ title, advice, url }) => ({
    title: `Revoke: ${title}`,
    text: advice,
    commands: [],
    ...(url === null ? {} : { link: { text: 'How the provider describes it', url } }),
  }));
}

function deployersOf(reaches: readonly Reach[]): ReachedDeployer[] {
  const all = reaches.flatMap(({ deployers }) => deployers ?? []);
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function pauseSteps(deployers: readonly ReachedDeployer[]): Step[] {
  const shown = deployers.slice(0, MAX_DEPLOYERS);
  const automatic = shown.filter((one) => one.automatic);
  const waiting = shown.filter((one) => !one.automatic);
  const pause = once(automatic.flatMap((one) => commandsFor(one).pause));
  const rollBack = once(shown.flatMap((one) => commandsFor(one).rollBack));
  const kubectl = once(automatic.flatMap(kubectlPause));
  const assumed = shown.filter(({ namespace }) => namespace === null).map(namespaceOf);
  const notes = [
    ...placeNotes(shown),
    ...(waiting.length === 0
      ? []
      : [`${names(waiting)} deploys nothing by itself: do not synchronise it now.`]),
    ...(deployers.length > shown.length
      ? [`These are the first ${String(shown.length)} of ${String(deployers.length)}.`]
      : []),
    ...(assumed.length === 0
      ? []
      : [`Where a manifest names no namespace, \`${[...new Set(assumed)].join('` and `')}\` is assumed.`]),
  ];
  const steps: Step[] = [];
  if (shown.length > 0) {
    const lead =
      pause.length > 0
        ? 'Keep the cluster from following the branch while you look. If another application manages this one, pause that one first, or it switches the synchronisation on again.'
        : '';
    steps.push({
      title: 'Pause the deployment',
      text: [lead, ...notes].filter(Boolean).join(' '),
      commands: pause,
    });
  }
  if (kubectl.length > 0) {
    steps.push({
      title: 'The same with kubectl',
      text: 'For when you have no `argocd` or `flux` at hand.',
      commands: kubectl,
    });
  }
  if (rollBack.length > 0) {
    steps.push({
      title: 'Put back what ran before, if the change was deployed already',
      text: 'Argo CD rolls back only while its automatic synchronisation is off.',
      commands: rollBack,
    });
  }
  return steps;
}

/** A name says nothing of the cluster, and a command goes to whichever cluster the reader is logged in to. */
function placeNotes(deployers: readonly ReachedDeployer[]): string[] {
  const placed = deployers.filter(({ path }) => path !== undefined);
  if (placed.length === 0) return [];
  const places = placed.map((one) => `${one.kind} \`${one.name}\` of \`${displayName(one.path ?? '')}\``);
  return [
    `${listed(places)}: before you run a command, make sure that you are logged in to the cluster to which this file belongs.`,
  ];
}

/** What two clusters have under one name is one command, which is run in each. */
function once(commands: readonly string[]): string[] {
  return [...new Set(commands)];
}

function names(deployers: readonly ReachedDeployer[]): string {
  return deployers.map(({ kind, name }) => `${kind} \`${name}\``).join(', ');
}

function resumeSteps(deployers: readonly ReachedDeployer[]): Step[] {
  const commands = once(deployers.slice(0, MAX_DEPLOYERS).flatMap((one) => commandsFor(one).resume));
  if (commands.length === 0) return [];
  const argo = deployers.some(({ kind, automatic }) => automatic && kind !== 'Kustomization');
  return [
    {
      title: 'When the branch is right again',
      text: `Let the cluster follow it again.${argo ? ' This switches the synchronisation on with its defaults: pruning and self-healing come back when the manifest of the application is applied again.' : ''}`,
      commands,
    },
  ];
}

/** Pushes of a long burst that are not remembered one by one. */
function unlistedStep(pushes: readonly DirectPushAlert[], count: number): Step[] {
  const [push] = pushes;
  const left = count - pushes.length;
  if (push === undefined || left <= 0) return [];
  const branch = encodeURIComponent(branchName(push.ref));
  return [
    {
      title: 'Look at the pushes that are not listed',
      text: `${plural(left, 'push', 'pushes')} of this burst ${left === 1 ? 'is' : 'are'} not listed here, and nothing below undoes ${left === 1 ? 'it' : 'them'}.`,
      commands: [],
      link: { text: 'The activity of the branch', url: `${push.repository.url}/activity?ref=${branch}` },
    },
  ];
}

interface Part {
  /** From 0, the newest first. */
  readonly index: number;
  readonly parts: number;
}

function undoStep(push: DirectPushAlert, { index, parts }: Part, findings: readonly Finding[]): Step {
  const { explanation, commands } = undoOf(push, index === 0);
  const page = revertPage(push, index === 0);
  const credentials = findings.some(revealsCredentialRule)
    ? ' A revert does not take a credential out of the history: rotate it as well.'
    : '';
  return {
    title: parts === 1 ? 'Undo the change' : `Undo the change, part ${String(index + 1)}`,
    text: `${explanation}${credentials}`,
    commands,
    ...(page === null ? {} : { link: { text: 'Open the pull request, after the commands', url: page } }),
  };
}

function tagSteps(alert: UnsignedTagAlert): Step[] {
  return [
    {
      title: 'How to undo it',
      text: alert.created ? 'Delete the tag.' : 'Put the tag back where it was.',
      commands: undoTagOf(alert),
    },
    {
      title: 'If it is right',
      text: 'Let somebody who may sign it make it anew.',
      commands: signCommands(alert),
    },
  ];
}

function protectionSteps(alerts: readonly WeakenedProtectionAlert[]): Step[] {
  const [last] = alerts.slice(-1);
  if (last === undefined) return [];
  const remedies = [...new Set(alerts.flatMap(({ weakenings }) => weakenings.map(({ remedy }) => remedy)))];
  return [
    {
      title: 'Put it back',
      text: [
        `As an administrator of the ${last.source === 'organisation-ruleset' ? 'organisation' : 'repository'}, open its settings.`,
        ...remedies,
      ].join(' '),
      commands: [],
      link: { text: 'The settings', url: settingsPage(last) },
    },
    {
      title: 'Look at what came in meanwhile',
      text: `Everything that was merged or pushed since ${alerts.length === 1 ? 'the change' : 'the first change'} was held to less.`,
      commands: [],
    },
  ];
}

/** The page on which the rule is edited. */
export function settingsPage({ repository, source, ruleId, change }: WeakenedProtectionAlert): string {
  if (source === 'branch-protection') return `${repository.url}/settings/branches`;
  const { url, owner, name } = repository;
  const owning =
    source === 'organisation-ruleset'
      ? `${url.slice(0, -`/${owner}/${name}`.length)}/organizations/${owner}`
      : url;
  return `${owning}/settings/rules${change === 'deleted' ? '' : `/${String(ruleId)}`}`;
}

function isPush(alert: Alert): alert is DirectPushAlert {
  return alert.kind === 'direct-push';
}

function isProtection(alert: Alert): alert is WeakenedProtectionAlert {
  return alert.kind === 'weakened-protection';
}

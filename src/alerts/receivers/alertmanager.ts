import { oneLine, truncate } from '../../report/plain.ts';
import type { AlertSeverity } from '../incident.ts';
import type { Notice } from '../notice.ts';
import { stepLines } from '../playbook.ts';
import { post } from './post.ts';
import type { Receiver } from './receiver.ts';

/** How long Alertmanager keeps an alert that nobody resolves, in milliseconds. */
const FIRING_TIME = 24 * 60 * 60_000;
const MAX_ANNOTATION = 4_000;

export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

/** The API v2 of Alertmanager. @param url where it is; a user and a password in it are sent as a header */
export function alertmanagerReceiver(url: URL): Receiver {
  const target = new URL(`${url.pathname.replace(/\/+$/, '')}/api/v2/alerts`, url);
  target.username = '';
  target.password = '';
  const headers = authorizationOf(url);
  return {
    name: 'alertmanager',
    destination: url.host,
    keeps: FIRING_TIME,
    deliver: (notice, { signal, now }) =>
      post({
        url: target,
        headers,
        body: JSON.stringify(alertmanagerAlerts(notice, now)),
        signal,
        who: `Alertmanager (${url.host})`,
      }),
  };
}

/**
 * Alertmanager tells alerts apart by all their labels, so the labels of an incident stay the same; one that got worse
 * ends under its earlier severity.
 *
 * @param now milliseconds since the epoch
 */
export function alertmanagerAlerts(notice: Notice, now: number): PostableAlert[] {
  const { earlierSeverity, severity } = notice;
  const current = alertOf(notice, severity, notice.status === 'resolved' ? now : now + FIRING_TIME);
  return earlierSeverity === null ? [current] : [current, alertOf(notice, earlierSeverity, now)];
}

function alertOf(notice: Notice, severity: AlertSeverity, endsAt: number): PostableAlert {
  const { reach, steps, findings, moreFindings, repository, links } = notice;
  const annotations = {
    summary: notice.title,
    description: notice.summary,
    actors: notice.actors.join(', '),
    findings: [
      ...findings.map(({ severity: level, place, message }) => `${level}: ${place}: ${message}`),
      ...(moreFindings > 0 ? [`and ${String(moreFindings)} more`] : []),
    ].join('\n'),
    not_checked: notice.notChecked.join('\n'),
    applications: reach.applications.join(', '),
    clusters: reach.clusters.join(', '),
    environments: reach.environments.join(', '),
    playbook: steps.map(stepLines).join('\n\n'),
  };
  return {
    labels: {
      alertname: ALERT_NAMES[notice.kind],
      severity,
      repository: repository.name,
      subject: label(notice.subject),
      incident: notice.incident,
      source: 'gitops-warden',
    },
    annotations: Object.fromEntries(
      Object.entries(annotations)
        .filter(([, text]) => text !== '')
        .map(([name, text]) => [name, truncate(text.toWellFormed(), MAX_ANNOTATION)]),
    ),
    startsAt: notice.startedAt,
    // Alertmanager refuses an alert that ends before it begins.
    endsAt: new Date(Math.max(endsAt, Date.parse(notice.startedAt))).toISOString(),
    generatorURL: links[0]?.url ?? repository.url,
  };
}

const ALERT_NAMES: Readonly<Record<Notice['kind'], string>> = {
  'direct-push': 'GitopsWardenDirectPush',
  'unsigned-tag': 'GitopsWardenUnsignedTag',
  'weakened-protection': 'GitopsWardenWeakenedProtection',
  test: 'GitopsWardenTest',
};

/** A label without a value does not exist, and would make another alert of it. */
function label(text: string): string {
  return truncate(oneLine(text), 200) || 'none';
}

function authorizationOf(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

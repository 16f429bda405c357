import { byteLength, oneLine, truncate } from '../../report/plain.ts';
import type { Notice } from '../notice.ts';
import { stepLines } from '../playbook.ts';
import { post } from './post.ts';
import type { Receiver } from './receiver.ts';

/** The limits of the Events API v2: characters, and bytes of the whole event. */
const MAX_SUMMARY = 1_024;
const MAX_EVENT = 512 * 1024;
const MAX_DETAIL = 20_000;

export type PagerDutyEvent = Readonly<Record<string, unknown>>;

/**
 * The Events API v2 of PagerDuty.
 *
 * @param url the service region's, such as `https://events.pagerduty.com`
 * @param routingKey the credential
 */
export function pagerDutyReceiver(url: URL, routingKey: string): Receiver {
  const target = new URL(`${url.pathname.replace(/\/+$/, '')}/v2/enqueue`, url);
  return {
    name: 'pagerduty',
    destination: url.host,
    keeps: null,
    deliver: (notice, { signal }) =>
      post({
        url: target,
        headers: {},
        body: JSON.stringify({ routing_key: routingKey, ...pagerDutyEvent(notice) }),
        signal,
        who: `PagerDuty (${url.host})`,
      }),
  };
}

/** The event without its key. PagerDuty recognises an incident by `dedup_key`, so nothing is raised twice. */
export function pagerDutyEvent(notice: Notice): PagerDutyEvent {
  const { repository, links, severity, kind } = notice;
  const dedup_key = `gitops-warden/${notice.incident}`;
  if (notice.status === 'resolved') return { event_action: 'resolve', dedup_key };
  const event = (details: Readonly<Record<string, unknown>>): PagerDutyEvent => ({
    event_action: 'trigger',
    dedup_key,
    client: 'gitops-warden',
    client_url: repository.url,
    links: links.map(({ text, url }) => ({ href: url, text })),
    payload: {
      summary: truncate(`${repository.name}: ${oneLine(notice.title)}`, MAX_SUMMARY),
      source: repository.name,
      severity,
      timestamp: notice.changedAt,
      component: truncate(oneLine(notice.subject), 255),
      group: repository.name,
      class: kind,
      custom_details: details,
    },
  });
  const full = event(detailsOf(notice));
  // The routing key comes on top.
  return byteLength(JSON.stringify(full)) <= MAX_EVENT - 1_000
    ? full
    : event({ summary: truncate(notice.summary, 2_000), note: 'The rest is too long; the issue has it.' });
}

function detailsOf(notice: Notice): Readonly<Record<string, unknown>> {
  const { reach, moreFindings } = notice;
  return {
    summary: notice.summary,
    actors: notice.actors,
    findings: notice.findings.map(
      ({ severity, place, message, ruleId }) => `${severity}: ${place}: ${message} [${ruleId}]`,
    ),
    ...(moreFindings > 0 ? { more_findings: moreFindings } : {}),
    not_checked: notice.notChecked,
    applications: reach.applications,
    clusters: reach.clusters,
    environments: reach.environments,
    playbook: notice.steps.map((step) => truncate(stepLines(step), MAX_DETAIL)),
  };
}

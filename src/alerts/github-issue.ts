import { markerLine } from '../report/plain.ts';
import { eventMarker, alertMarker, renderIncident } from './render.ts';
import type { Incident } from './incident.ts';
import { noteOf } from './notes.ts';

export const ALERT_LABEL = 'gitops-warden';

/** An issue that our own App wrote. */
export interface OwnIssue {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly open: boolean;
  /** Closed for good by a person; we close ours as completed. */
  readonly notPlanned: boolean;
}

export interface IssueChange {
  readonly title?: string;
  readonly body?: string;
  /** True closes it as completed, false opens it again. */
  readonly closed?: boolean;
}

/** Issues of one repository. */
export interface IssuePort {
  /** An issue that is known by its number; null when it is gone, or not ours. */
  get(number: number): Promise<OwnIssue | null>;
  /** Open and closed issues with the label that our own App wrote. */
  list(label: string): Promise<readonly OwnIssue[]>;
  /** Calls `find` before it repeats a request that may have had its effect. */
  create(
    issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] },
    find: () => Promise<OwnIssue | null>,
  ): Promise<OwnIssue>;
  update(number: number, change: IssueChange): Promise<void>;
  /** Bodies of the comments that our own App wrote. */
  comments(number: number): Promise<readonly string[]>;
  /** As `create`. */
  comment(number: number, body: string, exists: () => Promise<boolean>): Promise<void>;
}

export interface PublishedIssue {
  readonly number: number;
  readonly url: string;
  readonly done: 'opened' | 'updated' | 'closed' | 'left';
}

/**
 * Brings the issue of an incident up to date: opens it once, edits it when more happens, adds one comment for each
 * further event, and closes it when the incident is over. An issue that a person has closed is left alone. Null when
 * there is no issue and none is needed any more.
 *
 * @param known the issue's number, if it is known
 */
export async function publishIncident(
  port: IssuePort,
  incident: Incident,
  known: number | null,
): Promise<PublishedIssue | null> {
  const find = async (): Promise<OwnIssue | null> => {
    const own = await port.list(ALERT_LABEL);
    return own.find((issue) => isOf(issue, incident)) ?? null;
  };
  const remembered = known === null ? null : await port.get(known);
  // Somebody may have edited the marker away; the number was noted when the issue was opened.
  const existing = remembered ?? (await find());
  const { title, body } = renderIncident(incident);
  if (existing === null) {
    if (incident.ending !== null) return null;
    const created = await port.create({ title, body, labels: [ALERT_LABEL] }, find);
    return { number: created.number, url: created.url, done: 'opened' };
  }
  const { number, url } = existing;
  if (!existing.open) return { number, url, done: 'left' };
  const changed = withoutReturns(existing.body) !== body || existing.title !== title;
  const note = noteOf(incident);
  if (note !== null) await commentOnce(port, number, incident, note);
  const closed = incident.ending !== null;
  if (changed || closed) {
    await port.update(number, { title, body, ...(closed ? { closed: true as const } : {}) });
  }
  return { number, url, done: closed ? 'closed' : changed ? 'updated' : 'left' };
}

async function commentOnce(
  port: IssuePort,
  number: number,
  incident: Incident,
  note: { readonly event: string; readonly text: string },
): Promise<void> {
  const marker = eventMarker(incident, note.event);
  const exists = async (): Promise<boolean> =>
    (await port.comments(number)).some((body) => markerLine(body) === marker);
  if (await exists()) return;
  await port.comment(number, `${note.text}\n\n${marker}`, exists);
}

function isOf(issue: OwnIssue, incident: Incident): boolean {
  return markerLine(issue.body) === alertMarker(incident);
}

/** GitHub gives back the line ends of a form. */
function withoutReturns(body: string): string {
  return body.replaceAll('\r\n', '\n').trimEnd();
}

import { truncate } from '../report/markdown.ts';
import type { Incident } from './incident.ts';
import { renderProtection } from './render-protection.ts';
import { renderPushes } from './render-push.ts';
import { renderTag } from './render-tag.ts';

export interface RenderedAlert {
  readonly title: string;
  /** GitHub Markdown. */
  readonly body: string;
}

const MAX_TITLE = 200;
/** GitHub takes 65,536 characters; the marker and the note on the cut need some of them. */
const MAX_BODY = 60_000;

/** What `alertMarker` makes; its group is the incident's id. */
export const ALERT_MARKER = /^<!-- gitops-warden:alert ([0-9a-f]{32}) -->$/;

/** Stands on the last line of the issue of an incident. */
export function alertMarker({ id }: Pick<Incident, 'id'>): string {
  return `<!-- gitops-warden:alert ${id} -->`;
}

/** Stands on the last line of a comment about one thing that happened to an incident. */
export function eventMarker({ id }: Pick<Incident, 'id'>, event: string): string {
  return `<!-- gitops-warden:alert ${id} ${event} -->`;
}

/** The incident as a GitHub issue, with the marker as its last line. */
export function renderIncident(incident: Incident): RenderedAlert {
  const { title, body } = render(incident);
  const state = stateText(incident);
  const whole = state === null ? body : `${state}\n\n${body}`;
  const cut =
    whole.length <= MAX_BODY
      ? whole
      : `${closeFence(truncate(whole, MAX_BODY))}\n\n*Cut here: the alert is too long for an issue.*`;
  return { title: truncate(title, MAX_TITLE), body: `${cut}\n\n${alertMarker(incident)}` };
}

function render(incident: Incident): RenderedAlert {
  switch (incident.kind) {
    case 'direct-push':
      return renderPushes(incident);
    case 'unsigned-tag':
      return renderTag(incident);
    case 'weakened-protection':
      return renderProtection(incident);
  }
}

function stateText({ ending, undone }: Incident): string | null {
  if (ending !== null && ending.how !== 'closed-by-person') {
    return ending.how === 'reverted'
      ? '**Undone.** The files are what they were before.'
      : '**Put back.** The state from before stands again.';
  }
  return undone
    ? '**Undone, but not over.** The files are what they were before. A credential stays in the history: revoke it, then close this issue.'
    : null;
}

function closeFence(text: string): string {
  const fences = text.match(/^`{3,}/gm) ?? [];
  return fences.length % 2 === 0 ? text : `${text}\n${fences.at(-1) ?? ''}`;
}

import { code } from '../report/markdown.ts';
import type { Incident } from './incident.ts';
import { whatHappened } from './render-push.ts';

/** What the newest event adds to an issue, as Markdown; null for the first, of which the issue itself tells. */
export function noteOf(incident: Incident): { readonly event: string; readonly text: string } | null {
  const event = `event-${String(incident.sequence)}`;
  if (incident.ending !== null) {
    const { how, by } = incident.ending;
    if (how === 'closed-by-person') return null;
    const who = by === null ? '' : ` by ${code(by)}`;
    const text =
      how === 'reverted'
        ? `The change was undone${who}: the files are what they were before. This issue is closed.`
        : `The state from before was put back${who}. This issue is closed.`;
    return { event, text };
  }
  if (incident.undone) {
    return {
      event,
      text: 'The files are what they were before, but a credential stays in the history, where everybody who can read the repository finds it. Revoke it, then close this issue.',
    };
  }
  const last = incident.alerts.at(-1);
  if (incident.count === 1 || last === undefined) return null;
  if (last.kind === 'direct-push') return { event, text: `Another push.\n\n${whatHappened(last)}` };
  return { event, text: 'It happened again; the description above was brought up to date.' };
}

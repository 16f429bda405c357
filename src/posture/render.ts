import { SEVERITIES } from '../engine/finding.ts';
import { code, link, renderMessage } from '../report/markdown.ts';
import { byteLength, plural, SEVERITY_NAMES } from '../report/plain.ts';
import { fitSections, rowsOf, type Section } from '../report/sections.ts';
import type { ControlResult, ControlState, Posture } from './control.ts';

/** UTF-8 bytes; GitHub takes 65,536 characters for the body of an issue. */
const MAX_BODY = 60_000;

/** The weak ones first, the most severe at their head, then what could not be read, and the rest as it comes. */
export function inOrder(controls: readonly ControlResult[]): readonly ControlResult[] {
  const states: readonly ControlState[] = ['weak', 'unread', 'accepted', 'ok'];
  const rank = ({ state, severity }: ControlResult): number =>
    states.indexOf(state) * SEVERITIES.length + (state === 'weak' ? SEVERITIES.indexOf(severity) : 0);
  return [...controls].sort((a, b) => rank(a) - rank(b));
}

/** How a repository is guarded, in one sentence. */
export function headlineOf({ controls }: Posture): string {
  const count = (state: ControlState): number => controls.filter((one) => one.state === state).length;
  const [weak, unread] = [count('weak'), count('unread')];
  const hidden = unread === 0 ? '' : `; ${plural(unread, 'setting')} could not be read`;
  return weak === 0 ? `Nothing to change${hidden}.` : `${plural(weak, 'setting')} to change${hidden}.`;
}

/** The posture as GitHub Markdown, for a terminal's pipe or an issue. */
export function renderPosture(posture: Posture): string {
  const { owner, name, url, branch, controls } = posture;
  const ordered = inOrder(controls);
  const of = (state: ControlState): readonly ControlResult[] => ordered.filter((one) => one.state === state);
  const sections: Section[] = [
    { title: 'To change', rank: 1, rows: rowsOf(of('weak'), weakItem) },
    {
      title: 'Could not be read',
      rank: 2,
      intro: 'Not read is not the same as in order. Look yourself, or let gitops-warden read it.',
      rows: rowsOf(of('unread'), (one) => `- **${one.title}.** ${renderMessage(one.detail)}${pageOf(one)}`),
    },
    { title: 'Accepted', rank: 3, rows: rowsOf(of('accepted'), plainItem) },
    { title: 'In order', rank: 4, folded: true, rows: rowsOf(of('ok'), plainItem) },
  ];
  const lead = `How the branch ${code(branch)} of ${link(code(`${owner}/${name}`), url)} is guarded by the settings of GitHub. **${headlineOf(posture)}**`;
  return [lead, ...fitSections(sections, MAX_BODY - byteLength(lead))].join('\n\n');
}

function weakItem(one: ControlResult): string {
  return `- **${SEVERITY_NAMES[one.severity]}: ${one.title}.** ${renderMessage(one.detail)} ${one.why}\n  ${renderMessage(one.mend)}${pageOf(one)}`;
}

function plainItem({ title, detail }: ControlResult): string {
  return `- **${title}.** ${renderMessage(detail)}`;
}

function pageOf({ url }: ControlResult): string {
  return url === null ? '' : ` ${link('Open the page', url)}.`;
}

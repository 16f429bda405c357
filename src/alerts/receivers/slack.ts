import { messageSpans, oneLine, truncate } from '../../report/plain.ts';
import type { Notice, NoticeFinding } from '../notice.ts';
import type { Step } from '../playbook.ts';
import { post } from './post.ts';
import type { Receiver } from './receiver.ts';

type Block = Readonly<Record<string, unknown>>;

/** Slack's limits, in characters; the sum is not documented, and refused from some 13,000 on. */
const MAX_HEADER = 150;
const MAX_SECTION = 3_000;
const MAX_TOTAL = 11_000;
const MAX_BLOCKS = 50;
const MAX_FINDINGS = 10;
const MAX_STEPS = 12;

/** An incoming webhook of Slack. @param url holds the credential */
export function slackReceiver(url: URL): Receiver {
  return {
    name: 'slack',
    destination: url.host,
    keeps: null,
    deliver: (notice, { signal }) =>
      post({
        url,
        headers: {},
        body: JSON.stringify(slackMessage(notice)),
        signal,
        who: `Slack (${url.host})`,
      }),
  };
}

/** The message in Slack's blocks, within its limits: what does not fit is left out from the end, and said so. */
export function slackMessage(notice: Notice): { readonly text: string; readonly blocks: readonly Block[] } {
  const sign = notice.status === 'resolved' ? '✅' : notice.severity === 'critical' ? '🚨' : '⚠️';
  const header = truncate(
    `${sign} ${notice.status === 'resolved' ? 'Resolved: ' : ''}${oneLine(notice.title)}`,
    MAX_HEADER,
  );
  const sections = [
    `${code(notice.repository.name)} · ${code(notice.subject)} · by ${notice.actors.map(code).join(', ')}\n${mrkdwn(notice.summary)}`,
    ...(notice.status === 'resolved' ? [] : [...findingSections(notice), ...reachSections(notice)]),
    ...notice.steps.slice(0, MAX_STEPS).map(stepSection),
  ].map(cutSection);
  const links = notice.links.map(({ text, url }) => `<${linkTarget(url)}|${escape(text)}>`).join(' · ');
  const blocks: Block[] = [{ type: 'header', text: { type: 'plain_text', text: header, emoji: true } }];
  let total = header.length + links.length;
  let left = 0;
  for (const text of sections) {
    if (left > 0 || total + text.length > MAX_TOTAL || blocks.length >= MAX_BLOCKS - 2) {
      left += 1;
      continue;
    }
    total += text.length;
    blocks.push(section(text));
  }
  if (left > 0) blocks.push(section('_The rest does not fit into a message; the issue has all of it._'));
  blocks.push({ type: 'context', elements: [{ type: 'mrkdwn', text: links, verbatim: true }] });
  return { text: escape(header), blocks };
}

function findingSections({ findings, moreFindings, notChecked }: Notice): string[] {
  const shown = findings.slice(0, MAX_FINDINGS);
  const left = findings.length - shown.length + moreFindings;
  const lines = [
    ...shown.map(findingLine),
    ...(left > 0 ? [`• … and ${String(left)} more`] : []),
    ...notChecked.slice(0, MAX_FINDINGS).map((note) => `• *Not checked:* ${mrkdwn(note)}`),
  ];
  return lines.length === 0 ? [] : [`*What the review found*\n${lines.join('\n')}`];
}

function findingLine({ severity, place, message, ruleId }: NoticeFinding): string {
  return `• *${severity}* ${code(place)}: ${truncate(mrkdwn(message), 500)} (${code(ruleId)})`;
}

function reachSections({ reach }: Notice): string[] {
  const rows = [
    ['Applications', reach.applications],
    ['Clusters', reach.clusters],
    ['Environments', reach.environments],
  ] as const;
  const lines = rows.flatMap(([title, names]) =>
    names.length === 0 ? [] : [`• ${title}: ${names.map(code).join(', ')}`],
  );
  return lines.length === 0 ? [] : [`*What it reaches*\n${lines.join('\n')}`];
}

function stepSection({ title, text, commands, link }: Step): string {
  const script =
    commands.length === 0 ? '' : `\n\`\`\`${escape(commands.join('\n').replaceAll('```', "'''"))}\`\`\``;
  const page = link === undefined ? '' : ` <${linkTarget(link.url)}|${escape(link.text)}>`;
  return `*${escape(oneLine(title))}*${text === '' ? '' : `\n${mrkdwn(text)}`}${page}${script}`;
}

/** A block of commands that is cut must still end. */
function cutSection(text: string): string {
  if (text.length <= MAX_SECTION) return text;
  const cut = truncate(text, MAX_SECTION - 4);
  const fences = cut.split('```').length - 1;
  return fences % 2 === 0 ? cut : `${cut}\`\`\``;
}

function section(text: string): Block {
  // Verbatim: Slack makes no links and no mentions of what looks like some.
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** A message whose names stand in backquotes. */
function mrkdwn(message: string): string {
  return messageSpans(message)
    .map(({ text, isCode }) => (isCode ? code(text) : escape(oneLine(text))))
    .join('');
}

function code(name: string): string {
  const text = escape(oneLine(name)).replaceAll('`', "'");
  return text === '' ? '` `' : `\`${text}\``;
}

/** The three characters that mean something to Slack. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function linkTarget(url: string): string {
  return escape(url).replaceAll('|', '%7C');
}

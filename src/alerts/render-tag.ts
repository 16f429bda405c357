import { shortSha } from '../engine/change.ts';
import { displayName } from '../engine/message.ts';
import { code, escapeMarkdown, link, truncate } from '../report/markdown.ts';
import { encodePath } from '../report/plain.ts';
import type { UnsignedTagAlert } from './alert.ts';
import type { Incident } from './incident.ts';
import { playbookOf } from './playbook.ts';
import { renderSteps } from './render-steps.ts';
import { titleOf } from './words.ts';

const MAX_EVIDENCE = 2_000;

const WANTED: Readonly<Record<UnsignedTagAlert['required'], string>> = {
  signed: 'be signed',
  verified: 'be signed with a key that is known',
  'allowed-signer': 'be signed by somebody whom the default branch names',
};

/** What the policy wants of the tag and what is wrong with it, as sentences. */
export function tagFault({ evidence, required }: UnsignedTagAlert): string {
  return `${truncate(evidence, MAX_EVIDENCE)} The policy of the default branch wants this tag to ${WANTED[required]}: what follows the tag deploys whatever it stands for.`;
}

/** The title of the alert, and its text as GitHub Markdown. */
export function renderTag(incident: Incident): { title: string; body: string } {
  const alert = incident.alerts.at(-1);
  if (alert?.kind !== 'unsigned-tag') throw new Error('The incident is not about a tag.');
  const { repository, ref, before, after, created, pusher } = alert;
  const name = ref.replace(/^refs\/tags\//, '');
  const page = link(code(name), `${repository.url}/tree/${encodePath(name)}`);
  const happened = created ? 'made the tag' : 'moved the tag';
  const from = created ? '' : ` It stood at ${code(shortSha(before))} before.`;
  const body = [
    `${code(displayName(pusher))} ${happened} ${page}, which now stands at ${code(shortSha(after))}.${from}`,
    escapeMarkdown(tagFault(alert)),
    renderSteps(playbookOf(incident)),
  ].join('\n\n');
  return { title: titleOf(incident), body };
}

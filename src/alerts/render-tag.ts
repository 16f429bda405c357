import { shortSha } from '../engine/change.ts';
import { displayName } from '../engine/message.ts';
import { code, escapeMarkdown, fenceFor, link, truncate } from '../report/markdown.ts';
import { encodePath } from '../report/plain.ts';
import type { UnsignedTagAlert } from './alert.ts';
import { shellQuote } from './undo.ts';

const MAX_EVIDENCE = 2_000;

const WANTED: Readonly<Record<UnsignedTagAlert['required'], string>> = {
  signed: 'be signed',
  verified: 'be signed with a key that is known',
  'allowed-signer': 'be signed by somebody whom the default branch names',
};

/** The title of the alert, and its text as GitHub Markdown. */
export function renderTag(alert: UnsignedTagAlert): { title: string; body: string } {
  const { repository, ref, before, after, created, pusher, evidence, required } = alert;
  const name = ref.replace(/^refs\/tags\//, '');
  const page = link(code(name), `${repository.url}/tree/${encodePath(name)}`);
  const happened = created ? 'made the tag' : 'moved the tag';
  const from = created ? '' : ` It stood at ${code(shortSha(before))} before.`;
  const body = [
    `${code(pusher)} ${happened} ${page}, which now stands at ${code(shortSha(after))}.${from}`,
    `${escapeMarkdown(truncate(evidence, MAX_EVIDENCE))} The policy of the default branch wants this tag to ${WANTED[required]}: what follows the tag deploys whatever it stands for.`,
    `## How to undo it\n\n${created ? 'Delete the tag.' : 'Put the tag back where it was.'}\n\n${shell(undoCommands(alert))}`,
    `## If it is right\n\nLet somebody who may sign it make it anew.\n\n${shell(signCommands(alert, name))}`,
  ].join('\n\n');
  return { title: `Tag ${displayName(name)} by ${displayName(pusher)} is not signed as it has to be`, body };
}

function undoCommands({ ref, before, created }: UnsignedTagAlert): string[] {
  return created
    ? [`git push origin ${shellQuote(`:${ref}`)}`]
    : [`git fetch origin ${before}`, `git push --force origin ${shellQuote(`${before}:${ref}`)}`];
}

/** `^{}` is what the tag stands for, whether it is annotated or not. */
function signCommands({ ref, after }: UnsignedTagAlert, name: string): string[] {
  return [
    `git fetch origin ${after}`,
    `git tag --sign --force ${shellQuote(name)} '${after}^{}'`,
    `git push --force origin ${shellQuote(ref)}`,
  ];
}

function shell(commands: readonly string[]): string {
  const script = commands.join('\n');
  const fence = fenceFor(script);
  return `${fence}sh\n${script}\n${fence}`;
}

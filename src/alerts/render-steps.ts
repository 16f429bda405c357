import { escapeMarkdown, fenceFor, link, renderMessage } from '../report/markdown.ts';
import type { Step } from './playbook.ts';

/** What to do, as a numbered list of headings with commands below them. */
export function renderSteps(steps: readonly Step[]): string {
  const parts = steps.map(({ title, text, commands, link: page }, index) => {
    const heading = `### ${String(index + 1)}. ${escapeMarkdown(title)}`;
    const words = [
      ...(text === '' ? [] : [renderMessage(text)]),
      ...(page === undefined ? [] : [`${link(escapeMarkdown(page.text), page.url)}.`]),
    ];
    return [heading, ...(words.length === 0 ? [] : [words.join(' ')]), ...renderCommands(commands)].join(
      '\n\n',
    );
  });
  return ['## What to do', ...parts].join('\n\n');
}

function renderCommands(commands: readonly string[]): string[] {
  if (commands.length === 0) return [];
  const script = commands.join('\n');
  const fence = fenceFor(script);
  return [`${fence}sh\n${script}\n${fence}`];
}

import { isWebPage, messageSpans, oneLine, visible } from './plain.ts';

export { truncate } from './plain.ts';

/** Breaks the words that GitHub turns into links, without showing. */
const BREAK = '\u200b';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '`': '&#96;' };

/**
 * Text from a stranger as inert GitHub Markdown on one line: it reads the same and means nothing, at the start of a line
 * too. Backslashes keep emphasis, links, headings, lists and tables from starting. Mentions, issue references, bare
 * addresses and emoji codes are found by GitHub in the finished text, where a backslash is gone; an invisible break
 * splits them.
 */
export function escapeMarkdown(text: string): string {
  return escapeInline(text)
    .replace(/^ ?(?=[-+=]|:-)/, '$&\\')
    .replace(/^( ?\d+)(?=[.)])/, '$1\\');
}

/** As `escapeMarkdown`, for text that something else on its line stands in front of. */
function escapeInline(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\*_[\]~|$#]/g, '\\$&')
    .replaceAll(/[&<>`]/g, (char) => ENTITIES[char] ?? char)
    .replaceAll(/(?<=\S)@/g, `${BREAK}@`)
    .replaceAll(/@|\\#/g, `$&${BREAK}`)
    .replaceAll(/GH-(?=\d)/gi, `$&${BREAK}`)
    .replaceAll(/www(?=\.)/gi, `$&${BREAK}`)
    .replaceAll(/:(?=\/\/|[\\\w+-]+(?::|$))/g, `$&${BREAK}`);
}

/** A name from a stranger as an inline code span, whatever backquotes it holds. */
export function code(text: string): string {
  const shown = visible(text);
  if (shown === '') return '` `';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const padded = /^`|`$|^ .* $/.test(shown) ? ` ${shown} ` : shown;
  return `${fence}${padded}${fence}`;
}

/** The message of a finding: its names stay code, all else is inert text. */
export function renderMessage(message: string): string {
  return messageSpans(message)
    .map((span, index) => {
      if (span.isCode) return code(span.text);
      return index === 0 ? escapeMarkdown(span.text) : escapeInline(span.text);
    })
    .join('');
}

/** A message as a cell of a table, where a bar means the next cell even inside of code. */
export function renderCell(message: string): string {
  return messageSpans(message)
    .map((span, index) => {
      if (span.isCode) return code(span.text).replaceAll('|', '\\|');
      return index === 0 ? escapeMarkdown(span.text) : escapeInline(span.text);
    })
    .join('');
}

/** A link, or just its label when the address is missing or could end the link. The label is Markdown already. */
export function link(label: string, url: string | null): string {
  if (url === null || !isWebPage(url)) return label;
  return `[${label}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`;
}

/** A fence that the text cannot close. */
export function fenceFor(text: string): string {
  return '`'.repeat(Math.max(3, longestRun(text) + 1));
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

import MarkdownIt from 'markdown-it';

/** GitHub's flavour, as far as a library has it. Bare domains are no links there, nor are `//` addresses. */
const markdown = new MarkdownIt({ html: false, linkify: true });
markdown.linkify.set({ fuzzyLink: false }).add('//', null);

export interface Rendered {
  /** What a reader sees, with an ellipsis for each code span. */
  readonly text: string;
  /** Contents of the code spans. */
  readonly codes: readonly string[];
  /** Types of all tokens but plain text, code spans and the frame of paragraphs. */
  readonly constructs: readonly string[];
  /** Targets of links and pictures. */
  readonly targets: readonly string[];
}

/** What a Markdown renderer makes of a text. */
export function rendered(source: string): Rendered {
  const tokens = markdown.parse(source, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const kinds = tokens.filter(({ type }) => !PLAIN.has(type));
  return {
    text: tokens
      .filter(({ type }) => VISIBLE.has(type))
      .map(({ type, content }) => (type === 'code_inline' ? '…' : CELLS.has(type) ? ' | ' : content))
      .join(''),
    codes: tokens.filter(({ type }) => type === 'code_inline').map(({ content }) => content),
    constructs: kinds.map(({ type }) => type),
    targets: tokens.flatMap((token) => token.attrGet('href') ?? token.attrGet('src') ?? []),
  };
}

/** What stands in two cells of a table is not read as one word. */
const CELLS = new Set(['td_open', 'th_open']);
const VISIBLE = new Set(['text', 'text_special', 'code_inline', ...CELLS]);
const PLAIN = new Set(['paragraph_open', 'paragraph_close', 'inline', 'text', 'text_special', 'code_inline']);

/** What GitHub finds in the finished text, beside what the renderer finds: mentions, references, addresses, emoji, maths. */
const FOUND_BY_GITHUB = [/@[a-z\d]/i, /#\d/, /\bGH-\d/i, /www\./i, /(?:https?|ftp):\/\//i, /:[\w+-]+:/];

/** Patterns of GitHub that a text still holds. */
export function foundByGithub(text: string): string[] {
  return FOUND_BY_GITHUB.filter((pattern) => pattern.test(text)).map(String);
}

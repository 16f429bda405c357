import MarkdownIt from 'markdown-it';
import { escapeHtml, type Html } from './html.ts';

/** HTML that the comments may hold: comments (not shown) and collapsed sections. All else is shown as text. */
const KNOWN_HTML = /<!--[\s\S]*?(?:-->|$)|<(\/?)(details|summary)>|<(details) open>/gi;

type OpenTags = Record<string, number>;

/** Keeps the sections balanced, so that no text can close an element of the page around it. */
function safeTag(closing: boolean, name: string, attribute: string, open: OpenTags): string {
  const depth = open[name] ?? 0;
  if (closing && depth === 0) return '';
  open[name] = depth + (closing ? -1 : 1);
  return closing ? `</${name}>` : `<${name}${attribute}>`;
}

function safeHtml(source: string, open: OpenTags): string {
  let result = '';
  let last = 0;
  for (const match of source.matchAll(KNOWN_HTML)) {
    result += escapeHtml(source.slice(last, match.index));
    last = match.index + match[0].length;
    const [, slash, name, opened] = match;
    if (opened !== undefined) result += safeTag(false, 'details', ' open', open);
    else if (name !== undefined) result += safeTag(slash === '/', name.toLowerCase(), '', open);
  }
  return result + escapeHtml(source.slice(last));
}

function createRenderer(): MarkdownIt {
  const markdown = new MarkdownIt({ html: true, linkify: false });
  // The page loads nothing from elsewhere: an image stays the text that describes it.
  markdown.disable('image');
  const htmlRule: NonNullable<typeof markdown.renderer.rules.html_block> = (tokens, index, _options, env) =>
    safeHtml(tokens[index]?.content ?? '', env as OpenTags);
  markdown.renderer.rules.html_block = htmlRule;
  markdown.renderer.rules.html_inline = htmlRule;
  markdown.core.ruler.push('plain_links', (state) => {
    for (const token of state.tokens.flatMap((block) => block.children ?? [])) {
      if (token.type === 'link_open') token.attrSet('rel', 'nofollow noopener noreferrer');
    }
  });
  return markdown;
}

const renderer = createRenderer();

/** Markdown from strangers as safe HTML. */
export function renderMarkdown(source: string): Html {
  const open: OpenTags = {};
  const markup = renderer.render(source, open);
  const closing = ['summary', 'details'].map((name) => `</${name}>`.repeat(open[name] ?? 0));
  return { markup: markup + closing.join('') };
}

/** GitHub takes no longer comments. */
const MAX_BODY = 65_536;

interface Line {
  readonly text: string;
  /** Where it begins in its paragraph. */
  readonly start: number;
}

/**
 * The lines of a comment in which its author speaks: no quotes, no code, nothing that GitHub does not show. Where
 * Markdown leaves it open who speaks, such as in a line behind a quote without a blank one between, the line is left out.
 */
export function ownWords(body: string): string[] {
  return paragraphsOf(body.slice(0, MAX_BODY)).flatMap((paragraph) => {
    const whole = paragraph.map(({ text }) => text).join('\n');
    const spans = codeSpans(whole);
    return paragraph
      .filter(({ start }) => !spans.some((span) => span.from < start && start < span.to))
      .map(({ text }) => text);
  });
}

/** Runs of lines that can hold commands, each ended by a blank line or by what is no paragraph. */
function paragraphsOf(body: string): Line[][] {
  const paragraphs: Line[][] = [];
  let current: Line[] = [];
  let block: Block | null = null;
  let length = 0;
  const end = (): void => {
    if (current.length > 0) paragraphs.push(current);
    current = [];
    length = 0;
  };
  for (const raw of body.split(/\r\n|\n|\r/)) {
    if (block !== null) {
      if (block.endsWith(raw)) block = null;
      continue;
    }
    const opened = blockBegunBy(raw);
    if (opened !== null || raw.trim() === '') {
      end();
      block = opened;
      continue;
    }
    const { text, hidden } = withoutComments(raw);
    current.push({ text, start: length });
    length += text.length + 1;
    if (hidden) block = HIDDEN;
  }
  end();
  return paragraphs;
}

/** Lines that hold no commands, until one of them is the last. */
interface Block {
  readonly endsWith: (line: string) => boolean;
}

const HIDDEN: Block = { endsWith: (line) => line.includes('-->') };
const UNTIL_BLANK: Block = { endsWith: (line) => line.trim() === '' };

function blockBegunBy(line: string): Block | null {
  const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
  if (fence !== undefined) return fenced(fence);
  if (/^ {0,3}>/.test(line)) return UNTIL_BLANK;
  if (/^ {0,3}<!--/.test(line)) return line.includes('-->') ? UNTIL_BLANK : HIDDEN;
  const verbatim = /^ {0,3}<(pre|script|style|textarea)\b/i.exec(line)?.[1];
  if (verbatim !== undefined) return verbatimBlock(verbatim.toLowerCase(), line);
  return /^ {0,3}<[a-z/!?]/i.test(line) ? UNTIL_BLANK : null;
}

function fenced(fence: string): Block {
  const mark = fence.charAt(0);
  return {
    endsWith(line) {
      const text = line.trim();
      const indent = line.length - line.trimStart().length;
      return indent < 4 && text.length >= fence.length && text === mark.repeat(text.length);
    },
  };
}

function verbatimBlock(tag: string, line: string): Block | null {
  const closing = `</${tag}>`;
  const endsWith = (text: string): boolean => text.toLowerCase().includes(closing);
  return endsWith(line) ? UNTIL_BLANK : { endsWith };
}

/** A line without what is hidden in it; `hidden`: what follows is hidden too. */
function withoutComments(line: string): { readonly text: string; readonly hidden: boolean } {
  let text = '';
  let rest = line;
  for (;;) {
    const from = rest.indexOf('<!--');
    if (from < 0) return { text: text + rest, hidden: false };
    text += rest.slice(0, from);
    const to = rest.indexOf('-->', from + 4);
    if (to < 0) return { text, hidden: true };
    rest = rest.slice(to + 3);
  }
}

/** Code spans as CommonMark finds them: a run of backquotes, and the next run that is as long. */
function codeSpans(text: string): { readonly from: number; readonly to: number }[] {
  const runs = [...text.matchAll(/`+/g)].map(({ 0: run, index }) => ({ index, length: run.length }));
  const byLength = Map.groupBy(runs, ({ length }) => length);
  const spans: { from: number; to: number }[] = [];
  let reached = 0;
  for (const run of runs) {
    if (run.index < reached) continue;
    const same = byLength.get(run.length) ?? [];
    while (same[0] !== undefined && same[0].index <= run.index) same.shift();
    const [closing] = same;
    if (closing === undefined) continue;
    reached = closing.index + closing.length;
    spans.push({ from: run.index, to: reached });
  }
  return spans;
}

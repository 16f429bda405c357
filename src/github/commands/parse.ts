import { globProblem } from '../../engine/globs.ts';
import { isCalendarDay, REASON_LENGTH } from '../../engine/waiver-file.ts';
import { ownWords } from './own-words.ts';

/** What somebody asks of the App in a comment. */
export type Command =
  | {
      readonly name: 'waive';
      /** A rule's id or the beginning of a fingerprint; null: what the thread is about. */
      readonly target: string | null;
      readonly path: string | null;
      readonly until: string | null;
      readonly reason: string;
    }
  | { readonly name: 'unwaive'; readonly target: string | null; readonly path: string | null }
  | { readonly name: 'recheck' }
  | { readonly name: 'explain'; readonly rule: string }
  | { readonly name: 'help' }
  /** Meant as a command, and not understood. `problem` is a sentence without text from the comment. */
  | { readonly name: 'unknown'; readonly problem: string };

export interface ReadCommands {
  readonly commands: readonly Command[];
  /** How many more there were than are read from one comment. */
  readonly surplus: number;
}

const MAX_COMMANDS = 5;
const MAX_LINE = 2_000;

/** The commands of a comment: each begins a line with `/warden`, in its author's own words. */
export function parseCommands(body: string): ReadCommands {
  if (!/\/warden/i.test(body)) return { commands: [], surplus: 0 };
  const lines = ownWords(body).filter((line) => /^\/warden(?:\s|$)/i.test(line));
  return {
    commands: lines.slice(0, MAX_COMMANDS).map(parseLine),
    surplus: Math.max(0, lines.length - MAX_COMMANDS),
  };
}

function parseLine(line: string): Command {
  if (line.length > MAX_LINE) return unknown('The line is too long.');
  const words = wordsOf(line.slice('/warden'.length));
  const verb = keywordOf(words[0]?.text ?? 'help');
  const rest = words.slice(1);
  switch (verb) {
    case 'waive':
      return parseWaive(rest, line.slice('/warden'.length));
    case 'unwaive':
      return parseUnwaive(rest);
    case 'recheck':
      return rest.length === 0 ? { name: 'recheck' } : unknown('`recheck` stands alone.');
    case 'explain': {
      const [rule, more] = rest;
      return rule === undefined || more !== undefined
        ? unknown('`explain` needs the name of one rule.')
        : { name: 'explain', rule: targetOf(rule.text) };
    }
    case 'help':
      return { name: 'help' };
    default:
      return unknown('There is no such command.');
  }
}

function parseWaive(words: readonly Word[], text: string): Command {
  const at = words.findIndex((word) => ['because', 'reason'].includes(keywordOf(word.text)));
  const because = words[at];
  if (because === undefined) return unknown('`waive` needs a reason: `because …` at the end of the line.');
  const reason = unquoted(text.slice(because.end).trim());
  if (reason.length < REASON_LENGTH.min || reason.length > REASON_LENGTH.max) {
    return unknown(
      `The reason must have between ${String(REASON_LENGTH.min)} and ${String(REASON_LENGTH.max)} characters.`,
    );
  }
  const clauses = readClauses(words.slice(0, at));
  if (typeof clauses === 'string') return unknown(clauses);
  const { target, path, until } = clauses;
  if (until !== null && !isCalendarDay(until)) {
    return unknown('`until` needs a day of the calendar in the form YYYY-MM-DD.');
  }
  return { name: 'waive', target, path, until, reason };
}

function parseUnwaive(words: readonly Word[]): Command {
  const clauses = readClauses(words);
  if (typeof clauses === 'string') return unknown(clauses);
  const { target, path, until } = clauses;
  return until === null ? { name: 'unwaive', target, path } : unknown('`unwaive` takes no `until`.');
}

interface Clauses {
  readonly target: string | null;
  readonly path: string | null;
  readonly until: string | null;
}

/** What stands between the command and its reason; else why it is not understood, as a sentence. */
function readClauses(words: readonly Word[]): Clauses | string {
  let target: string | null = null;
  let path: string | null = null;
  let until: string | null = null;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]?.text ?? '';
    const keyword = keywordOf(word);
    if (keyword === 'path' || keyword === 'until') {
      index += 1;
      const value = words[index]?.text;
      if (value === undefined) return `\`${keyword}\` needs a value behind it.`;
      if ((keyword === 'path' ? path : until) !== null) return `There is more than one \`${keyword}\`.`;
      if (keyword === 'path') path = value;
      else until = value.replaceAll(DASHES, '-');
    } else if (target === null && index === 0) {
      target = targetOf(word);
    } else {
      return 'Something in front of the reason is not understood: it may name one rule or finding, `path GLOB` and `until YYYY-MM-DD`.';
    }
  }
  if (path !== null && (path.length > 500 || globProblem(path) !== null)) return 'The glob cannot be used.';
  return { target, path, until };
}

/** Hyphens that keyboards and word processors put in the place of `-`. */
const DASHES = /[\u2010-\u2015\u2212]/g;

/** A word that means something to us, as it is written: `until`, `--until`, `—until:`. */
function keywordOf(word: string): string {
  return word.replaceAll(DASHES, '-').replace(/^-+/, '').replace(/:$/, '').toLowerCase();
}

function targetOf(word: string): string {
  return word
    .replaceAll(DASHES, '-')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

interface Word {
  readonly text: string;
  /** Where it ends in the line. */
  readonly end: number;
}

/** Words, where quotes or backquotes hold several together. */
function wordsOf(line: string): Word[] {
  return [...line.matchAll(/["\u201c\u201d]([^"\u201c\u201d]*)["\u201c\u201d]|`([^`]*)`|(\S+)/g)].map(
    (match) => ({
      text: match[1] ?? match[2] ?? match[3] ?? '',
      end: match.index + match[0].length,
    }),
  );
}

function unquoted(text: string): string {
  return /^["\u201c](.*)["\u201d]$/.exec(text)?.[1]?.trim() ?? text;
}

function unknown(problem: string): Command {
  return { name: 'unknown', problem };
}

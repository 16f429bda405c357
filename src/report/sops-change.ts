import type { FileSample, SopsChange } from '../engine/report.ts';
import { shellWord } from '../rules/support/shell.ts';
import { listed, plural } from './plain.ts';

export const SOPS_COLUMNS = ['What', 'Who, or what to do', 'Files'] as const;

/** Names shown for a number of files. */
const MAX_SAMPLES = 3;
/** Files that one command names, and commands that are shown. */
const MAX_IN_COMMAND = 8;
const MAX_COMMANDS = 12;

/** What changed, as a sentence; names in backquotes. */
export function sopsIntro({ configs, incomplete }: SopsChange): string {
  const changed = listed(
    configs.slice(0, MAX_IN_COMMAND).map(({ path, change }) => `${name(path)} is ${change}`),
  );
  const more = configs.length - MAX_IN_COMMAND;
  const rest = more > 0 ? `, and ${more} more change` : '';
  const limit = incomplete === null ? '' : ` Not everything was compared: ${incomplete}.`;
  return `${changed}${rest}. Every file below was matched again under the old rules and the new ones.${limit}`;
}

/** The effects, one a row, the most telling first: cells with names in backquotes. */
export function sopsRows(change: SopsChange): (readonly [string, string, string])[] {
  const rows: (readonly [string, string, string])[] = [
    ...change.access.map(
      ({ recipient, change: how, files }) =>
        [
          how === 'gains' ? 'gains access' : 'loses access',
          recipientName(recipient),
          filesText(files),
        ] as const,
    ),
    ...fileRow(
      'no rule any more',
      'encrypted, and covered by no rule: write one that matches',
      change.withoutRule,
    ),
    ...fileRow('no rule any more', 'not encrypted; new versions will not be either', change.plainWithoutRule),
    ...commandRows(
      'to be re-keyed',
      change.rekey,
      (files) => `sops updatekeys -y ${files.join(' ')}`,
      MAX_IN_COMMAND,
    ),
    ...commandRows(
      'to be encrypted again',
      change.reencrypt,
      ([file = '']) => `sops decrypt --in-place ${file} && sops encrypt --in-place ${file}`,
      1,
    ),
    ...change.remarks.map(({ path, line, text }) => ['rule', text, name(`${path}:${line}`)] as const),
  ];
  return rows.length > 0
    ? rows
    : [['no effect', 'every file has the same recipients and the same mode as before', '']];
}

function fileRow(what: string, text: string, files: FileSample): (readonly [string, string, string])[] {
  return files.count === 0 ? [] : [[what, text, filesText(files)]];
}

function commandRows(
  what: string,
  { count, paths }: FileSample,
  command: (files: readonly string[]) => string,
  each: number,
): (readonly [string, string, string])[] {
  const groups = Array.from({ length: Math.min(MAX_COMMANDS, Math.ceil(paths.length / each)) }, (_, index) =>
    paths.slice(index * each, (index + 1) * each),
  );
  const rows = groups.map(
    (group) => [what, name(command(group.map(shellWord))), plural(group.length, 'file')] as const,
  );
  const rest = count - groups.flat().length;
  return rest > 0 ? [...rows, [what, 'and so on for the rest', plural(rest, 'more file')]] : rows;
}

function filesText({ count, paths }: FileSample): string {
  if (count === 0) return 'none so far';
  const shown = paths.slice(0, MAX_SAMPLES).map(name);
  const more = count - shown.length;
  return `${plural(count, 'file')}: ${listed([...shown, ...(more > 0 ? [`${more} more`] : [])])}`;
}

/** A kind of recipient is words, a name is code. */
function recipientName(recipient: string): string {
  return recipient.includes(' ') ? recipient : name(recipient);
}

function name(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

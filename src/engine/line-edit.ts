import type { Manifest } from '../manifests/manifest.ts';
import type { Pointer } from '../manifests/position.ts';
import type { Suggestion } from './finding.ts';
import type { JudgedFile, RuleContext } from './rule.ts';

/** A suggestion repeats its line; nobody reads one as long as this, such as a whole file of JSON. */
const MAX_LINE = 2_000;

const linesOf = new WeakMap<JudgedFile, readonly string[]>();

/** A line of a file, by its number from 1. A file with many findings is cut into lines once. */
export function lineOf(file: JudgedFile | undefined, number: number): string | undefined {
  if (file === undefined || file.text === null) return undefined;
  let lines = linesOf.get(file);
  if (lines === undefined) {
    lines = file.text.split(/\r?\n/);
    linesOf.set(file, lines);
  }
  return lines[number - 1];
}

/**
 * The line of a value, or of its key, with one part of it changed; nothing where the edit is not certain.
 *
 * @param part what stands at the pointer, or a part of it that occurs once
 */
export function replaceInLine(
  manifest: Manifest,
  { file }: Pick<RuleContext, 'file'>,
  pointer: Pointer,
  part: string,
  replacement: string,
  at: 'value' | 'key' = 'value',
): { suggestion?: Suggestion } {
  const { start, end } = manifest.rangeOf(pointer, at);
  const line = lineOf(file, start.line);
  if (line === undefined || line.length > MAX_LINE || start.line !== end.line) return {};
  const [before, value, after] = [
    line.slice(0, start.column - 1),
    line.slice(start.column - 1, end.column - 1),
    line.slice(end.column - 1),
  ];
  if (value.split(part).length !== 2) return {};
  const text = `${before}${value.replace(part, () => replacement)}${after}`;
  return { suggestion: { startLine: start.line, endLine: start.line, text } };
}

/** The same of a whole value; only a switch is so short that its place in a line is beyond doubt. */
export function replaceSwitch(
  manifest: Manifest,
  context: Pick<RuleContext, 'file'>,
  pointer: Pointer,
  judged: unknown,
  replacement: string | null,
): { suggestion?: Suggestion } {
  if (replacement === null || typeof judged !== 'boolean') return {};
  return replaceInLine(manifest, context, pointer, String(judged), replacement);
}

/** What is written at `pointer`, with its quotes; null when it takes more than a line, or stands for other places, too. */
export function textInLine(
  manifest: Manifest,
  { file }: Pick<RuleContext, 'file'>,
  pointer: Pointer,
): string | null {
  const { start, end } = manifest.rangeOf(pointer);
  const line = lineOf(file, start.line);
  if (line === undefined || line.length > MAX_LINE || start.line !== end.line) return null;
  const hasAnchor = /&\S+\s+$/.test(line.slice(0, start.column - 1));
  return hasAnchor ? null : line.slice(start.column - 1, end.column - 1);
}

import type { Suggestion } from '../../engine/finding.ts';
import type { RuleContext } from '../../engine/rule.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';

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
  const line = file?.text?.split(/\r?\n/)[start.line - 1];
  if (line === undefined || start.line !== end.line) return {};
  const [before, value, after] = [
    line.slice(0, start.column - 1),
    line.slice(start.column - 1, end.column - 1),
    line.slice(end.column - 1),
  ];
  if (value.split(part).length !== 2) return {};
  const text = `${before}${value.replace(part, () => replacement)}${after}`;
  return { suggestion: { startLine: start.line, endLine: start.line, text } };
}

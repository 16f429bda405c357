import type { YamlFile } from '../yaml-file.ts';
import { MAX_DEPTH } from '../yaml-guard.ts';
import { parseYaml } from '../yaml-parse.ts';

/** A larger text inside a text is read line by line. */
export const MAX_EMBEDDED = 1024 * 1024;

/** A text inside a value as YAML or JSON; null when it is none, or too large. */
export function parseEmbedded(text: string): YamlFile | null {
  if (text.length > MAX_EMBEDDED) return null;
  const file = parseYaml('', text);
  const usable = file.documents.length > 0 && file.problems.every(({ kind }) => kind === 'duplicate-key');
  return usable ? file : null;
}

/** The value of a text's only document; JSON is read by the faster parser. */
export function parseBounded(text: string): unknown {
  if (text.length > MAX_EMBEDDED) return undefined;
  if (/^\s*[{[]/.test(text) && nestingOf(text) <= MAX_DEPTH) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Flow style, or a template: read as YAML.
    }
  }
  const documents = parseEmbedded(text)?.documents ?? [];
  return documents.length === 1 ? documents[0]?.value : undefined;
}

/** At least how deep brackets stand in brackets; those in strings are counted too. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}

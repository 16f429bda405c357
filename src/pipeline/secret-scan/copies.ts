import type { FileVersion, NotChecked } from '../../engine/change.ts';
import type { Related } from '../../engine/finding.ts';
import { Lines } from '../../secrets/lines.ts';
import { readableText } from '../../secrets/readable-text.ts';
import type { FoundLeak } from './protocol.ts';

export interface Needle {
  readonly file: FileVersion;
  readonly leak: FoundLeak;
}

const MAX_NEEDLES = 50;
/** A shorter value may stand anywhere by chance. */
const MIN_LENGTH = 8;
const MAX_COPIES = 20;
const MAX_IN_FILE = 5;

export interface Copies {
  readonly of: (file: FileVersion, leak: FoundLeak) => readonly Related[];
  /** What was not looked for, or not looked into. */
  readonly notes: readonly NotChecked[];
}

/**
 * Where else the values of some findings stand, as they are or in base64. They are compared in memory: no value becomes
 * an argument of a program.
 *
 * @param files those without content were not read, and are counted
 */
export async function findCopies(
  needles: readonly Needle[],
  files: () => AsyncIterable<FileVersion>,
  signal?: AbortSignal,
): Promise<Copies> {
  const values = new Map<
    string,
    { readonly value: string; readonly forms: readonly Buffer[]; readonly found: Related[] }
  >();
  const keys = new Map<string, string>();
  const omitted = new Set<string>();
  for (const { file, leak } of needles) {
    if (leak.span < MIN_LENGTH || file.content === null) continue;
    const value = readableText(file.content).text.slice(leak.start, leak.start + leak.span);
    keys.set(placeOf(file, leak), value);
    if (values.has(value)) continue;
    if (values.size < MAX_NEEDLES) values.set(value, { value, forms: formsOf(value), found: [] });
    else omitted.add(value);
  }
  if (values.size === 0) return { of: () => [], notes: [] };
  let unread = 0;
  for await (const file of files()) {
    signal?.throwIfAborted();
    if (file.content === null) {
      unread += 1;
      continue;
    }
    const content = Buffer.from(file.content.buffer, file.content.byteOffset, file.content.byteLength);
    for (const { forms, found } of values.values()) {
      if (found.length <= MAX_COPIES) found.push(...placesIn(file, content, forms));
    }
  }
  const of: Copies['of'] = (file, leak) => {
    const copies = values.get(keys.get(placeOf(file, leak)) ?? '')?.found ?? [];
    const line = leak.range?.start.line;
    return copies
      .filter(
        ({ location }) =>
          location.path !== file.path || (line !== undefined && location.range?.start.line !== line),
      )
      .slice(0, MAX_COPIES);
  };
  const full = [...values.values()].filter(({ found }) => found.length > MAX_COPIES).length;
  return { of, notes: notesOf(omitted.size, unread, full) };
}

function notesOf(omitted: number, unread: number, full: number): NotChecked[] {
  const reasons = [
    omitted === 0
      ? null
      : `only the first ${MAX_NEEDLES} of the secrets found were looked for in other files, ${omitted} not`,
    unread === 0
      ? null
      : `not every file of the head was searched for copies of the secrets found: ${unread} left out, as too large, too many or unreadable`,
    full === 0
      ? null
      : `no more than ${MAX_COPIES} places are listed for a secret that stands in more (${full} of those found)`,
  ];
  return reasons.flatMap((reason) => (reason === null ? [] : [{ path: '.', reason, blocks: false }]));
}

function placeOf(file: FileVersion, leak: FoundLeak): string {
  return JSON.stringify([file.path, file.oid, leak.start, leak.span]);
}

function formsOf(value: string): Buffer[] {
  const plain = Buffer.from(value);
  // What follows the value in an encoded text changes the last letters.
  const encoded = plain.toString('base64').replace(/=+$/, '').slice(0, -1);
  return [plain, Buffer.from(encoded)];
}

function placesIn(file: FileVersion, content: Buffer, forms: readonly Buffer[]): Related[] {
  const offsets = forms.flatMap((form) => offsetsOf(content, form));
  if (offsets.length === 0) return [];
  const lines = new Lines(content.toString('latin1'));
  return offsets.map((offset) => {
    const { line } = lines.positionOf(offset);
    const range = { start: { line, column: 1 }, end: { line, column: 1 } };
    return { message: 'the same value stands here', location: { path: file.path, range } };
  });
}

function offsetsOf(content: Buffer, form: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = content.indexOf(form); at >= 0; at = content.indexOf(form, at + form.length)) {
    offsets.push(at);
    if (offsets.length >= MAX_IN_FILE) break;
  }
  return offsets;
}

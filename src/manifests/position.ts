/** A place in a text. Both numbers start at 1; `column` counts UTF-16 code units, as editors and SARIF do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A stretch of text. `end` is exclusive: the position just behind the last character. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The way to a value inside a document, from its root: map keys and list indexes (as decimal text). */
export type Pointer = readonly string[];

/** The JSON Pointer (RFC 6901) of a way. */
export function formatPointer(pointer: Pointer): string {
  return pointer.map((part) => '/' + part.replaceAll('~', '~0').replaceAll('/', '~1')).join('');
}

/** The way that a JSON Pointer (RFC 6901) says, which is empty or begins with a slash. */
export function parsePointer(text: string): Pointer {
  return text === '' ? [] : text.slice(1).split('/').map(parseStep);
}

/** A map key or list index as it is, from how a JSON Pointer writes it. */
export function parseStep(text: string): string {
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

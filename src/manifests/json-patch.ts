import { asText, isRecord } from './manifest.ts';
import { parsePointer, type Pointer } from './position.ts';

/** The operations of a JSON patch. https://www.rfc-editor.org/rfc/rfc6902 */
export const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** One operation of a JSON patch that has all that it needs. */
export interface Operation {
  readonly op: OperationName;
  readonly path: Pointer;
  /** Null for operations that need none. */
  readonly from: Pointer | null;
}

/** What is wrong with an operation, and under which of its keys. */
export interface OperationFault {
  readonly key: 'op' | 'path' | 'from' | 'value' | null;
  readonly reason: 'not-a-map' | 'missing' | 'unknown-operation' | 'no-slash';
}

/** An operation, or what is wrong with it. */
export function readOperation(value: unknown): Operation | OperationFault {
  if (!isRecord(value)) return { key: null, reason: 'not-a-map' };
  const { op, path, from } = value;
  const missing = (['op', 'path'] as const).find((key) => value[key] === undefined || value[key] === null);
  if (missing !== undefined) return { key: missing, reason: 'missing' };
  const name = OPERATIONS.find((one) => one === op);
  if (name === undefined) return { key: 'op', reason: 'unknown-operation' };
  if (['add', 'replace', 'test'].includes(name) && value['value'] === undefined)
    return { key: 'value', reason: 'missing' };
  const moves = name === 'move' || name === 'copy';
  if (moves && asText(from) === null) return { key: 'from', reason: 'missing' };
  const steps = stepsOf(path);
  if (steps === null) return { key: 'path', reason: 'no-slash' };
  const source = moves ? stepsOf(from) : null;
  if (moves && source === null) return { key: 'from', reason: 'no-slash' };
  return { op: name, path: steps, from: source };
}

/** Null when it does not begin at the root, as every pointer does that is not empty. */
function stepsOf(path: unknown): Pointer | null {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) return null;
  return parsePointer(path);
}

/**
 * How far a path leads in a value: the number of its steps when all of it is there, else the index of the first step that
 * is not. Null where it meets a null, of which nobody knows what it becomes.
 */
export function stepsPresent(root: unknown, path: Pointer): number | null {
  let at = root;
  for (const [index, step] of path.entries()) {
    if (at === null) return null;
    const next = stepInto(at, step);
    if (next === undefined) return index;
    at = next;
  }
  return path.length;
}

/** An index below zero counts from the end, as in kustomize. */
function stepInto(at: unknown, step: string): unknown {
  if (Array.isArray(at)) return /^-?\d+$/.test(step) ? (at as unknown[]).at(Number(step)) : undefined;
  return isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined;
}

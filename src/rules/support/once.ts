import { formatPointer, type Pointer } from '../../manifests/position.ts';

/** What several pods of one object share is found in each of them, and told once. */
export function once<T extends { readonly pointer: Pointer }>(problems: readonly T[]): T[] {
  return [...new Map(problems.map((problem) => [formatPointer(problem.pointer), problem])).values()];
}

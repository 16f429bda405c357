import type { NotChecked, Snapshot } from './change.ts';

const cuts = new WeakMap<Snapshot, Map<string, NotChecked>>();

/** Says that a part of a revision was not judged, because there is more of it than anybody waits for. Told once. */
export function noteCut(snapshot: Snapshot, note: NotChecked): void {
  let notes = cuts.get(snapshot);
  if (notes === undefined) cuts.set(snapshot, (notes = new Map<string, NotChecked>()));
  notes.set(JSON.stringify([note.path, note.reason]), note);
}

/** What was not judged of a revision, as far as it has been judged. */
export function cutsOf(snapshot: Snapshot): readonly NotChecked[] {
  return [...(cuts.get(snapshot)?.values() ?? [])];
}

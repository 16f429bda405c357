import { placesOf } from '../../../manifests/pod-places.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { knownText, type Refusal } from './refusal.ts';

/** What a text has to look like, and how to say so. */
export interface Form {
  readonly pattern: RegExp;
  readonly fact: string;
  readonly mend: string;
  /** What follows, where it is not that the API server refuses the object. */
  readonly outcome?: string;
}

/** Texts that do not look like it. @param place steps with dots between them; `*` is any item */
export function formRefusals(value: unknown, place: string, { pattern, ...words }: Form): Refusal[] {
  return placesOf(value, place.split('.')).flatMap((pointer) => {
    const text = knownText(valueAt(value, pointer));
    return text === null || text === '' || pattern.test(text) ? [] : [{ pointer, ...words }];
  });
}

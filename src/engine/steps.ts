/** Work that is done a little at a time: whoever drives it may do something else between two steps. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Takes all steps that are left, one after the other. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

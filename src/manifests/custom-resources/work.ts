/** Steps that every object may take: one for each part of it that is compared with a condition. */
const FREE_STEPS = 5_000;
/** Steps that the definition of one kind may cost for one object: far more than any published one does. */
const MAX_STEPS_OF_OBJECT = 500_000;
/** What all objects of a revision together may take beyond the free steps. */
const MAX_STEPS = 2_000_000;

/** A definition asks for more than a review does: `anyOf` in `anyOf` over long lists, or patterns over long texts. */
export class TooMuchWork extends Error {
  constructor() {
    super('the schema costs too much');
    this.name = 'TooMuchWork';
  }
}

/** Counts what checking against schemas of strangers costs, so that none of them can stall the review. */
export class Work {
  #left = MAX_STEPS;
  #ofObject = 0;

  startObject(): void {
    this.#ofObject = 0;
  }

  /** @throws {TooMuchWork} */
  spend(steps: number): void {
    this.#ofObject += steps;
    if (this.#ofObject <= FREE_STEPS) return;
    this.#left -= steps;
    if (this.#ofObject > MAX_STEPS_OF_OBJECT || this.#left < 0) throw new TooMuchWork();
  }
}

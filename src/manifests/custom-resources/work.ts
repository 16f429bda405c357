/** Steps that the definition of one kind may cost for one object: far more than any published one does. */
const MAX_STEPS_OF_OBJECT = 2_000_000;
/** Steps for all objects of a revision together. */
const MAX_STEPS = 50_000_000;

/** A definition asks for more than a review does: `anyOf` in `anyOf` over long lists, or patterns over long texts. */
export class TooMuchWork extends Error {
  constructor() {
    super('the schema costs too much');
    this.name = 'TooMuchWork';
  }
}

/** Counts what checking against schemas of strangers costs, so that none of them can stall the review. */
export class Work {
  #left: number;
  #ofObject = 0;

  constructor(steps = MAX_STEPS) {
    this.#left = steps;
  }

  startObject(): void {
    this.#ofObject = Math.min(this.#left, MAX_STEPS_OF_OBJECT);
  }

  /** @throws {TooMuchWork} */
  spend(steps: number): void {
    this.#left -= steps;
    this.#ofObject -= steps;
    if (this.#ofObject < 0) throw new TooMuchWork();
  }
}

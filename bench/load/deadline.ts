/** A point in time after which nothing is waited for any more. */
export interface Deadline {
  /**
   * What was promised, if it comes within the limit and before the deadline.
   *
   * @param limit milliseconds
   * @throws {Error} that says what did not happen in time
   */
  within<T>(limit: number, what: string, work: Promise<T>): Promise<T>;
}

/** @param milliseconds from now */
export function setDeadline(milliseconds: number): Deadline {
  const end = performance.now() + milliseconds;
  return {
    within(limit, what, work) {
      const left = Math.max(1, Math.min(limit, end - performance.now()));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`${what} took longer than ${(left / 1_000).toFixed(0)} seconds.`));
        }, left);
        work.then(resolve, reject).finally(() => {
          clearTimeout(timer);
        });
      });
    },
  };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

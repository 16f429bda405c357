/** A failure that a test or the demo orders in advance. */
export interface Failure {
  readonly method: string;
  /** Matched against the path without `/api/v3` and without the query. */
  readonly path: RegExp;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** How often; once when absent. */
  readonly times?: number;
  /** `before`: nothing happens. `after`: the effect happens, and the client does not learn of it. */
  readonly when: 'before' | 'after';
  /** Break the connection instead of answering. */
  readonly reset?: boolean;
}

export interface Failures {
  add(failure: Failure): void;
  /** The failure that meets a request; it counts as used. */
  take(method: string, path: string): Failure | null;
}

export function createFailures(): Failures {
  const waiting: { readonly failure: Failure; left: number }[] = [];
  return {
    add(failure) {
      waiting.push({ failure, left: failure.times ?? 1 });
    },
    take(method, path) {
      const found = waiting.find(
        ({ failure, left }) => left > 0 && failure.method === method && failure.path.test(path),
      );
      if (found === undefined) return null;
      found.left -= 1;
      return found.failure;
    },
  };
}

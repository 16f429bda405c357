/** A failure that a test or the demo orders in advance. */
export interface Failure {
  readonly method: string;
  /** Matched against the path without `/api/v3` and without the query. */
  readonly path: RegExp;
  /** Matched against the body of the request, too. */
  readonly sent?: RegExp;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** How often; once when absent. */
  readonly times?: number;
  /** `before`: nothing happens. `after`: the effect happens, and the client does not learn of it. */
  readonly when: 'before' | 'after';
  /** Break the connection instead of answering. */
  readonly reset?: boolean;
  /** Never answer, and call this: the client has to give up. */
  readonly hang?: () => void;
}

/** How requests fail while GitHub is down: with a broken connection, or with this status. */
export type Outage = 'reset' | 503;

export interface Failures {
  add(failure: Failure): void;
  /** Takes back all failures that were ordered and have not happened. */
  clear(): void;
  /** Every request fails before it has an effect, until null ends the outage. */
  setOutage(outage: Outage | null): void;
  /** The failure that meets a request; an ordered one counts as used. */
  take(method: string, path: string, sent?: string): Failure | null;
}

const OUTAGES: Readonly<Record<Outage, Partial<Failure>>> = {
  reset: { reset: true },
  503: {
    status: 503,
    body: { message: 'No server is currently available to service your request.', documentation_url: '' },
  },
};

export function createFailures(): Failures {
  const waiting: { readonly failure: Failure; left: number }[] = [];
  let outage: Outage | null = null;
  return {
    add(failure) {
      waiting.push({ failure, left: failure.times ?? 1 });
    },
    clear() {
      waiting.length = 0;
    },
    setOutage(next) {
      outage = next;
    },
    take(method, path, sent = '') {
      if (outage !== null) return { method, path: /^/, when: 'before', ...OUTAGES[outage] };
      const found = waiting.find(
        ({ failure, left }) =>
          left > 0 &&
          failure.method === method &&
          failure.path.test(path) &&
          failure.sent?.test(sent) !== false,
      );
      if (found === undefined) return null;
      found.left -= 1;
      return found.failure;
    },
  };
}

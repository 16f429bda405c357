import { ReceiverError } from './receiver.ts';

export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
  /** For errors: the receiver's name and host. */
  readonly who: string;
  /** For tests; in milliseconds. */
  readonly timeout?: number;
}

/** For one exchange, in milliseconds. */
const TIMEOUT = 10_000;
const LONGEST_WAIT = 60 * 60_000;

/**
 * Posts JSON. Nothing is followed: what an operator has not configured gets no alert.
 *
 * @throws {ReceiverError} for every answer but 2xx, and when there is none
 */
export async function post({
  url,
  headers,
  body,
  signal,
  who,
  timeout = TIMEOUT,
}: PostRequest): Promise<void> {
  const limit = AbortSignal.timeout(timeout);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'gitops-warden', ...headers },
      body,
      redirect: 'manual',
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    // What it says is of no use to anybody but an attacker of the log.
    await response.body?.cancel();
  } catch (error) {
    if (limit.aborted)
      throw new ReceiverError(`${who} did not answer within ${String(timeout / 1_000)} s.`, true);
    signal?.throwIfAborted();
    throw new ReceiverError(`${who} could not be reached${codeOf(error)}.`, true);
  }
  const { status } = response;
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400) {
    throw new ReceiverError(
      `${who} answered ${String(status)}: it wants to send the alert elsewhere, which is not followed. Configure the final address.`,
      false,
    );
  }
  const transient = status === 408 || status === 425 || status === 429 || status >= 500;
  throw new ReceiverError(
    `${who} answered ${String(status)}.`,
    transient,
    transient ? waitOf(response.headers.get('retry-after'), Date.now()) : null,
  );
}

/** `Retry-After` in milliseconds: seconds, or a date. */
function waitOf(text: string | null, now: number): number | null {
  if (text === null) return null;
  const wait = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(LONGEST_WAIT, Math.max(0, wait)) : null;
}

/** The system's word for what went wrong; the message itself may quote the address. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : '';
}

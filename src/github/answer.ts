import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cut the connection: the rest of the request is not wanted. */
  readonly close?: boolean;
}

/** How long a sender whose body was refused may go on sending before the connection is cut, in milliseconds. */
const REFUSED_LINGER = 2_000;

export function refusal(status: number, message: string): Answer {
  return { status, body: { error: message } };
}

export function notAllowed(allow: string): Answer {
  return { ...refusal(405, `Use ${allow}.`), headers: { allow } };
}

export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers, close }: Answer,
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    'x-content-type-options': 'nosniff',
    ...(close === true ? { connection: 'close' } : {}),
    ...headers,
  });
  if (close !== true) {
    response.end(request.method === 'HEAD' ? '' : text);
    return;
  }
  // The end of the answer cuts the connection. A sender that is still sending would then see a broken connection
  // instead of the answer, so what it sends is thrown away for a moment.
  response.write(text);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, request.closed ? 0 : REFUSED_LINGER);
  request.once('close', end);
  request.resume();
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from './dependencies.ts';
import { createDeliveryIds } from './delivery-ids.ts';
import { BodyError, createBodyReader } from './request-body.ts';

export const WEBHOOK_PATH = '/api/github/webhooks';
export const HEALTH_PATH = '/healthz';

/** GitHub sends at most 25 MB. */
const MAX_BODY = 25 * 1024 * 1024;
const MAX_BODIES = 8 * MAX_BODY;
const REMEMBERED_DELIVERIES = 10_000;
/** How long a sender whose body was refused may go on sending before the connection is cut, in milliseconds. */
const REFUSED_LINGER = 2_000;
const REQUEST_TIMEOUT = 30_000;

export interface WebhookEvent {
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface WebhookServerOptions {
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  /** Resolves once the work of the event is accepted. */
  readonly receive: (event: WebhookEvent) => Promise<void>;
  readonly log: Logger;
}

export interface WebhookServer {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Takes no more connections; resolves when the last request was answered. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cut the connection: the rest of the request is not wanted. */
  readonly close?: boolean;
}

/** Listens for GitHub's webhooks. A payload is neither parsed nor logged before its signature was verified. */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const deliveries = createDeliveryIds(REMEMBERED_DELIVERIES);
  const bodies = createBodyReader(MAX_BODY, MAX_BODIES);

  async function route(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '').split('?')[0];
    if (path === HEALTH_PATH) {
      return request.method === 'GET' || request.method === 'HEAD'
        ? { status: 200, body: 'ok' }
        : notAllowed('GET, HEAD');
    }
    if (path !== WEBHOOK_PATH) return refusal(404, `Nothing is here. Webhooks go to ${WEBHOOK_PATH}.`);
    if (request.method !== 'POST') return notAllowed('POST');
    return webhook(request);
  }

  async function webhook(request: IncomingMessage): Promise<Answer> {
    const id = headerOf(request, 'x-github-delivery');
    const name = headerOf(request, 'x-github-event');
    const signature = headerOf(request, 'x-hub-signature-256');
    if (id === null || name === null)
      return refusal(400, 'The headers x-github-delivery and x-github-event are needed.');
    if (signature === null)
      return refusal(401, 'The header x-hub-signature-256 is missing: set a webhook secret on GitHub.');
    if (!/^application\/json\b/i.test(headerOf(request, 'content-type') ?? '')) {
      return refusal(400, 'The content type must be application/json: choose it for the webhook on GitHub.');
    }
    const body = await bodies.read(request);
    if (!isSignedWith(options.secret, body, signature)) {
      options.log.warn(
        { delivery: id.slice(0, 64), bytes: body.length },
        'Delivery refused: wrong signature',
      );
      return refusal(
        401,
        'The signature does not match: the webhook secret on GitHub and here must be the same.',
      );
    }
    const payload = parse(body);
    if (payload === null) return refusal(400, 'The body is not a JSON object.');
    if (!deliveries.add(id)) return { status: 200, body: { duplicate: true } };
    try {
      await options.receive({ id, name, payload });
    } catch (error) {
      deliveries.remove(id);
      options.log.error({ delivery: id, event: name, reason: reasonOf(error) }, 'Delivery not accepted');
      return refusal(500, 'The event could not be accepted; the log of gitops-warden says why.');
    }
    return { status: 202, body: { accepted: true } };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(request, response, await route(request));
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      options.log.warn({ status: error.status }, `Request refused: ${error.message}`);
      send(request, response, { ...refusal(error.status, error.message), close: true });
    }
  }

  const server = createServer({ requestTimeout: REQUEST_TIMEOUT }, (request, response) => {
    request.on('error', () => undefined);
    answer(request, response).catch((error: unknown) => {
      options.log.error({ reason: reasonOf(error) }, 'Request failed');
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
        server.closeIdleConnections();
      }),
  };
}

/** Compares in constant time, over the bytes that arrived. */
function isSignedWith(secret: string, body: Buffer, signature: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parse(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function send(
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

function refusal(status: number, message: string): Answer {
  return { status, body: { error: message } };
}

function notAllowed(allow: string): Answer {
  return { ...refusal(405, `Use ${allow}.`), headers: { allow } };
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Messages only: errors of the webhook library carry the whole payload. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

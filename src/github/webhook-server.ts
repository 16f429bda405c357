import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { notAllowed, refusal, send, type Answer } from './answer.ts';
import type { Logger } from './dependencies.ts';
import { answerOperations, type Operations } from './operations.ts';
import { BodyError, createBodyReader } from './request-body.ts';

export const WEBHOOK_PATH = '/api/github/webhooks';

/** GitHub sends at most 25 MB. */
const MAX_BODY = 25 * 1024 * 1024;
const MAX_BODIES = 8 * MAX_BODY;
const REQUEST_TIMEOUT = 30_000;

export interface WebhookEvent {
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** `duplicate`: this delivery was accepted before. `ignored`: the event needs no work. */
export type Reception = 'accepted' | 'duplicate' | 'ignored';

export interface WebhookServerOptions {
  /** A delivery may be signed with any of them. */
  readonly secrets: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Resolves once the work of the event is kept, so that a crash cannot lose it. */
  readonly receive: (event: WebhookEvent) => Promise<Reception>;
  readonly operations: Operations;
  /** @param seconds from the request to the answer */
  readonly onDelivery?: (event: string, result: Reception | 'refused' | 'failed', seconds: number) => void;
  readonly log: Logger;
}

export interface WebhookServer {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /**
   * Takes no more connections; resolves when the last request was answered, or when the time is over.
   *
   * @param limit milliseconds for requests that are under way; whoever sends nothing does not keep the server open
   */
  close(limit: number): Promise<void>;
}

/** Listens for GitHub's webhooks. A payload is neither parsed nor logged before its signature was verified. */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const bodies = createBodyReader(MAX_BODY, MAX_BODIES);

  async function route(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const operations = await answerOperations(options.operations, request, path);
    if (operations !== null) return operations;
    if (path !== WEBHOOK_PATH) return refusal(404, `Nothing is here. Webhooks go to ${WEBHOOK_PATH}.`);
    if (request.method !== 'POST') return notAllowed('POST');
    const started = performance.now();
    const event = headerOf(request, 'x-github-event') ?? '';
    const done = (result: Reception | 'refused' | 'failed'): void => {
      options.onDelivery?.(event, result, (performance.now() - started) / 1_000);
    };
    try {
      const { answer: given, reception } = await webhook(request);
      done(reception ?? (given.status >= 500 ? 'failed' : 'refused'));
      return given;
    } catch (error) {
      done(error instanceof BodyError ? 'refused' : 'failed');
      throw error;
    }
  }

  async function webhook(request: IncomingMessage): Promise<Received> {
    const id = headerOf(request, 'x-github-delivery');
    const name = headerOf(request, 'x-github-event');
    const signature = headerOf(request, 'x-hub-signature-256');
    if (id === null || name === null)
      return refused(400, 'The headers x-github-delivery and x-github-event are needed.');
    if (signature === null)
      return refused(401, 'The header x-hub-signature-256 is missing: set a webhook secret on GitHub.');
    if (!/^application\/json\b/i.test(headerOf(request, 'content-type') ?? '')) {
      return refused(400, 'The content type must be application/json: choose it for the webhook on GitHub.');
    }
    const body = await bodies.read(request);
    if (!isSigned(options.secrets, body, signature)) {
      options.log.warn(
        { delivery: id.slice(0, 64), bytes: body.length },
        'Delivery refused: wrong signature',
      );
      return refused(
        401,
        'The signature does not match: the webhook secret on GitHub and here must be the same.',
      );
    }
    const payload = parse(body);
    if (payload === null) return refused(400, 'The body is not a JSON object.');
    try {
      const reception = await options.receive({ id, name, payload });
      const accepted: Answer = { status: 202, body: { accepted: true } };
      const duplicate: Answer = { status: 200, body: { duplicate: true } };
      return { answer: reception === 'duplicate' ? duplicate : accepted, reception };
    } catch (error) {
      options.log.error({ delivery: id, event: name, reason: reasonOf(error) }, 'Delivery not accepted');
      return refused(500, 'The event could not be accepted; the log of gitops-warden says why.');
    }
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
    close: (limit) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          server.closeAllConnections();
        }, limit);
        server.close((error) => {
          clearTimeout(timer);
          if (error === undefined) resolve();
          else reject(error);
        });
        server.closeIdleConnections();
      }),
  };
}

interface Received {
  readonly answer: Answer;
  /** Null when the delivery was not taken. */
  readonly reception: Reception | null;
}

function refused(status: number, message: string): Received {
  return { answer: refusal(status, message), reception: null };
}

/** Tries every secret, also after one has matched: the time tells nothing about which it was. */
function isSigned(secrets: readonly string[], body: Buffer, signature: string): boolean {
  return secrets.filter((secret) => isSignedWith(secret, body, signature)).length > 0;
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

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Messages only: errors of the webhook library carry the whole payload. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

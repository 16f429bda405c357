import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONTENT_SECURITY_POLICY } from '../page/layout.ts';
import { renderNotFoundPage } from '../page/pages.ts';
import { type ApiCall, createApi } from './api.ts';
import { createContract } from './contract.ts';
import { createFailures, type Failure, type Failures } from './failures.ts';
import { isGitPath, serveGit } from './git-http.ts';
import { createGraphql } from './graphql/endpoint.ts';
import type { Reply } from './http.ts';
import { renderPage } from './pages.ts';
import type { Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

export interface RecordedRequest {
  readonly method: string;
  /** With its query, without `/api/v3`. */
  readonly path: string;
  /** 0 when the connection was broken instead of an answer. */
  readonly status: number;
  /** Parsed when it is JSON; null when there was none or none is kept. Bodies of Git calls never are. */
  readonly body: unknown;
  /** ISO 8601. */
  readonly at: string;
}

export interface ServerOptions {
  /** Whether the record of requests has their bodies. */
  readonly keepBodies: boolean;
  /** Of GitHub Enterprise Server, which names it in every answer; github.com, when absent, has none. */
  readonly serverVersion?: string | null;
}

export interface RunningServer {
  readonly requests: readonly RecordedRequest[];
  readonly contractViolations: readonly string[];
  readonly failures: Failures;
  /** Resolves when no request is being answered. */
  idle(): Promise<void>;
  readonly close: () => Promise<void>;
}

const API_PREFIX = '/api/v3';
/** GitHub refuses larger bodies; ours are far smaller. */
const MAX_BODY_BYTES = 25 * 1024 * 1024;
const HOURLY_LIMIT = 5000;

export async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server.address() as AddressInfo;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('The request body is larger than 25 MB.');
    chunks.push(chunk);
  }
  return size === 0 ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parseRecorded(body: string | undefined): unknown {
  if (body === undefined) return null;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

/** Serves the API, Git and the pages on a server that listens already. */
export function serve(
  server: Server,
  world: World,
  webhooks: Webhooks,
  { keepBodies, serverVersion = null }: ServerOptions,
): RunningServer {
  const requests: RecordedRequest[] = [];
  const violations: string[] = [];
  const failures = createFailures();
  const api = createApi(world, webhooks, createContract(), violations);
  const graphql = createGraphql(world, violations);
  const used = new Map<string, number>();
  const running = new Set<Promise<void>>();

  function record(request: IncomingMessage, path: string, status: number, body: unknown): void {
    const at = new Date(world.now()).toISOString();
    requests.push({ method: request.method ?? 'GET', path, status, body, at });
  }

  function rateLimitHeaders(account: string, resource: 'core' | 'graphql'): Record<string, string> {
    const budget = `${account} ${resource}`;
    const count = (used.get(budget) ?? 0) + 1;
    used.set(budget, count);
    return {
      'x-ratelimit-limit': String(HOURLY_LIMIT),
      'x-ratelimit-remaining': String(Math.max(0, HOURLY_LIMIT - count)),
      'x-ratelimit-used': String(count),
      'x-ratelimit-reset': String(Math.floor(world.now() / 1000) + 3600),
      'x-ratelimit-resource': resource,
    };
  }

  /** As GitHub does: an answer that the client has already is not sent again, and counts against no limit. */
  function writeUnlessKnown(
    request: IncomingMessage,
    response: ServerResponse,
    reply: Reply,
    account: string,
    resource: 'core' | 'graphql',
  ): number {
    if (request.method !== 'GET' || reply.status !== 200) {
      writeJson(response, reply, account, resource);
      return reply.status;
    }
    const etag = `"${createHash('sha256').update(JSON.stringify(reply.body)).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag });
      response.end();
      return 304;
    }
    writeJson(response, { ...reply, headers: { ...reply.headers, etag } }, account, resource);
    return reply.status;
  }

  function writeJson(
    response: ServerResponse,
    reply: Reply,
    account: string,
    resource: 'core' | 'graphql' = 'core',
  ): void {
    response.writeHead(reply.status, {
      'content-type': 'application/json; charset=utf-8',
      'x-github-media-type': 'github.v3; format=json',
      ...(serverVersion === null ? {} : { 'x-github-enterprise-version': serverVersion }),
      'x-github-request-id': randomBytes(8).toString('hex').toUpperCase(),
      ...rateLimitHeaders(account, resource),
      ...reply.headers,
    });
    response.end(JSON.stringify(reply.body));
  }

  function fail(response: ServerResponse, failure: Failure): number {
    if (failure.reset === true) {
      response.socket?.resetAndDestroy();
      return 0;
    }
    if (failure.hang !== undefined) {
      failure.hang();
      return 0;
    }
    const status = failure.status ?? 500;
    const body = failure.body ?? { message: 'An error that was ordered in advance', documentation_url: '' };
    writeJson(response, { status, body, headers: failure.headers ?? {} }, 'failures');
    return status;
  }

  async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = apiPath(url.pathname);
    const method = request.method ?? 'GET';
    const rawBody = await readBody(request);
    const note = (status: number): void => {
      record(request, path + url.search, status, keepBodies ? parseRecorded(rawBody) : null);
    };
    const failure = failures.take(method, path, rawBody);
    if (failure?.when === 'before') {
      note(fail(response, failure));
      return;
    }
    const call: ApiCall = {
      method,
      path,
      url,
      authorization: request.headers.authorization,
      userAgent: request.headers['user-agent'],
      rawBody,
    };
    const isGraphql = path === '/graphql' && method === 'POST';
    const { reply, account } = await (isGraphql ? graphql(call) : api(call));
    if (failure !== null) {
      note(fail(response, failure));
      return;
    }
    note(writeUnlessKnown(request, response, reply, account, isGraphql ? 'graphql' : 'core'));
  }

  async function servePage(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const readable = request.method === 'GET' || request.method === 'HEAD';
    const page = readable ? await renderPage(world, url.pathname) : null;
    response.writeHead(page === null ? 404 : 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    response.end(page ?? renderNotFoundPage());
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', world.url);
    if (isGitPath(url.pathname)) {
      const failure = failures.take(request.method ?? 'GET', url.pathname);
      if (failure === null) await serveGit(world, request, response, url);
      const status = failure === null ? response.statusCode : fail(response, failure);
      record(request, url.pathname + url.search, status, null);
      return;
    }
    if (isApiPath(url.pathname)) await serveApi(request, response, url);
    else await servePage(request, response, url);
  }

  server.on('request', (request, response) => {
    const work = answer(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      violations.push(`${request.method ?? ''} ${request.url ?? ''}: the embedded GitHub failed: ${message}`);
      if (response.headersSent) response.destroy();
      else writeJson(response, { status: 500, body: { message: 'Server Error' } }, 'failures');
    });
    running.add(work);
    void work.finally(() => running.delete(work));
  });

  return {
    requests,
    contractViolations: violations,
    failures,
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Also without the prefix, as on api.github.com. */
function isApiPath(pathname: string): boolean {
  return /^\/(?:api\/v3|api\/graphql|graphql|repos|app|installation|rate_limit|meta)(?:\/|$)/.test(pathname);
}

/** The path without what GitHub Enterprise Server puts in front: GraphQL has no version there. */
function apiPath(pathname: string): string {
  if (pathname === '/api/graphql') return '/graphql';
  return pathname.startsWith(API_PREFIX) ? pathname.slice(API_PREFIX.length) : pathname;
}

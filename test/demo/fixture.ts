import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedGitHub, startEmbeddedGitHub } from '../../src/demo/embedded/embedded-github.ts';
import type { AppRegistration } from '../../src/demo/embedded/world.ts';

export const APP_ID = 4711;
export const APP_SLUG = 'gitops-warden';
export const WEBHOOK_SECRET = ['not', 'a', 'real', 'secret'].join('-');

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A JWT of the App. `claims` are seconds relative to now. */
export function makeJwt(
  claims: { readonly iat?: number; readonly exp?: number; readonly iss?: number | string } = {},
  key: KeyObject = keys.privateKey,
  now = Date.now(),
): string {
  const seconds = Math.floor(now / 1000);
  const { iat = -30, exp = 300, iss = APP_ID } = claims;
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: seconds + iat, exp: seconds + exp, iss })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

export interface Answer {
  readonly status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is what the tests look at
  readonly body: any;
  readonly headers: Headers;
}

export interface Fixture {
  readonly github: EmbeddedGitHub;
  readonly directory: string;
  /** A call with a token; `Authorization` is left out when it is null. */
  call(method: string, path: string, token: string | null, body?: unknown): Promise<Answer>;
  token(owner: string, request?: object): Promise<string>;
  close(): Promise<void>;
}

export interface FixtureOptions {
  readonly app?: Partial<AppRegistration>;
  readonly now?: () => number;
  readonly keepBodies?: boolean;
}

export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const directory = await mkdtemp(path.join(tmpdir(), 'embedded-github-'));
  const github = await startEmbeddedGitHub({
    directory,
    app: {
      id: APP_ID,
      slug: APP_SLUG,
      publicKeyPem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      permissions: {
        checks: 'write',
        contents: 'read',
        issues: 'write',
        merge_queues: 'read',
        metadata: 'read',
        pull_requests: 'write',
      },
      events: ['pull_request', 'push', 'merge_group', 'check_run', 'check_suite', 'installation'],
      webhook: { url: null, secret: WEBHOOK_SECRET },
      ...options.app,
    },
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.keepBodies === undefined ? {} : { keepBodies: options.keepBodies }),
  });
  async function call(method: string, target: string, token: string | null, body?: unknown): Promise<Answer> {
    const url = target.startsWith('http') ? target : github.apiUrl + target;
    const response = await fetch(url, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }
  return {
    github,
    directory,
    call,
    async token(owner, request = {}) {
      const id = github.installationId(owner);
      const jwt = makeJwt({}, keys.privateKey, options.now?.() ?? Date.now());
      const answer = await call('POST', `/app/installations/${id}/access_tokens`, jwt, request);
      if (answer.status !== 201) throw new Error(`No token: ${JSON.stringify(answer.body)}`);
      return (answer.body as { token: string }).token;
    },
    async close() {
      await github.settled();
      await github.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface Receiver {
  readonly url: string;
  readonly received: readonly {
    readonly headers: NodeJS.Dict<string | string[]>;
    readonly body: string;
  }[];
  close(): Promise<void>;
}

/** Takes webhooks and answers 202. */
export async function startReceiver(): Promise<Receiver> {
  const received: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export function numberedLines(count: number, change: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, index) => `${change[index + 1] ?? `line ${index + 1}`}\n`).join(
    '',
  );
}

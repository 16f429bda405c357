import { fork, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Settings } from '../../../src/config/environment.ts';
import type { JobTiming } from '../../../src/store/job-store.ts';

/** One process of the App. */
export interface Replica {
  readonly pid: number;
  readonly url: string;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
  /** From now on its time of day differs from the real one by so many milliseconds; its timers go on as before. */
  setClock(offset: number): void;
}

const PROGRAM = path.resolve(import.meta.dirname, 'app-process.ts');

/** @param log a file that its output is added to */
export async function startReplica(
  settings: Settings,
  timing: Partial<JobTiming>,
  log: string,
): Promise<Replica> {
  const output = openSync(log, 'a');
  const child: ChildProcess = fork(PROGRAM, [], {
    env: { ...process.env, NODE_ENV: 'production', WARDEN_START: JSON.stringify({ settings, timing }) },
    execArgv: ['--no-warnings'],
    stdio: ['ignore', output, output, 'ipc'],
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      child.once('message', (message) => {
        resolve((message as { readonly url: string }).url);
      });
    }),
    ended.then((how) => {
      throw new Error(`The App ended at start with ${String(how)}; see ${log}.`);
    }),
  ]);
  return {
    pid: child.pid ?? 0,
    url,
    ended,
    kill: (signal) => {
      child.kill(signal);
    },
    setClock: (offset) => {
      child.send({ clockOffset: offset });
    },
  };
}

/** Passes webhooks on to a replica that listens, as a Kubernetes Service does. */
export interface Balancer {
  readonly url: string;
  setTargets(urls: readonly string[]): void;
  close(): Promise<void>;
}

export async function startBalancer(): Promise<Balancer> {
  let targets: readonly string[] = [];
  let turn = 0;
  const server: Server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      turn += 1;
      const order = targets.map((_, index) => targets[(turn + index) % targets.length] ?? '');
      passOn(incoming, Buffer.concat(chunks), order, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    setTargets: (urls) => {
      targets = urls;
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

/** Only a connection that was refused is tried elsewhere: an event that arrived may have been kept. */
function passOn(
  incoming: IncomingMessage,
  body: Buffer,
  order: readonly string[],
  response: ServerResponse,
): void {
  const [target, ...rest] = order;
  if (target === undefined) {
    response.writeHead(503).end();
    return;
  }
  const outgoing = request(
    `${target}${incoming.url ?? ''}`,
    { method: incoming.method, headers: incoming.headers, agent: false },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502);
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    },
  );
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (response.headersSent) response.destroy();
    else if (error.code === 'ECONNREFUSED') passOn(incoming, body, rest, response);
    else response.writeHead(502).end();
  });
  outgoing.end(body);
}

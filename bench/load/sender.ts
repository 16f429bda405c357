// Run by bench/load/send.ts in a thread of its own, so that what else the bench does delays no measurement.
import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import type { SignedDelivery } from './deliveries.ts';
import type { Answer } from './send.ts';

const { urls, deliveries, connections } = workerData as {
  readonly urls: readonly string[];
  readonly deliveries: readonly SignedDelivery[];
  readonly connections: number;
};

/** GitHub waits no longer. */
const TIMEOUT = 10_000;

const agent = new Agent({ keepAlive: true, maxSockets: connections });
const answers: Answer[] = [];
let next = 0;

function post(url: string, { id, event, body, signature }: SignedDelivery): Promise<Answer> {
  return new Promise((resolve) => {
    const started = performance.now();
    const end = (status: number | null): void => {
      resolve({ status, milliseconds: performance.now() - started });
    };
    const outgoing = request(
      `${url}/api/github/webhooks`,
      {
        method: 'POST',
        agent,
        timeout: TIMEOUT,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'GitHub-Hookshot/0000000',
          'x-github-delivery': id,
          'x-github-event': event,
          'x-hub-signature-256': signature,
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => {
          end(response.statusCode ?? null);
        });
      },
    );
    outgoing.once('timeout', () => outgoing.destroy());
    outgoing.once('error', () => {
      end(null);
    });
    outgoing.end(body);
  });
}

async function sendInTurn(): Promise<void> {
  for (;;) {
    const index = next;
    next += 1;
    const delivery = deliveries[index];
    if (delivery === undefined) return;
    answers.push(await post(urls[index % urls.length] ?? '', delivery));
  }
}

const started = performance.now();
await Promise.all(Array.from({ length: connections }, sendInTurn));
agent.destroy();
parentPort?.postMessage({ answers, milliseconds: performance.now() - started });

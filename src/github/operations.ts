import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refusal, notAllowed, type Answer } from './answer.ts';

export const HEALTH_PATH = '/healthz';
export const READY_PATH = '/readyz';
export const METRICS_PATH = '/metrics';

export interface Operations {
  /** What keeps the App from doing its work, as sentences without secrets; empty when it is ready. */
  readonly problems: () => Promise<readonly string[]>;
  readonly render: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** What `/metrics` wants as a bearer token; null: nothing. */
  readonly metricsToken: string | null;
}

/** Answers what an operator's tools ask; null for any other path. */
export async function answerOperations(
  operations: Operations,
  request: IncomingMessage,
  path: string,
): Promise<Answer | null> {
  if (![HEALTH_PATH, READY_PATH, METRICS_PATH].includes(path)) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed('GET, HEAD');
  // Alive: the process answers. Whether it can work is another question, which a restart does not settle.
  if (path === HEALTH_PATH) return { status: 200, body: 'ok' };
  if (path === READY_PATH) {
    const problems = await operations.problems();
    return problems.length === 0
      ? { status: 200, body: 'ready' }
      : { status: 503, body: { ready: false, problems: [...problems] } };
  }
  if (operations.metricsToken !== null && !bears(request, operations.metricsToken)) {
    return {
      ...refusal(401, 'The metrics want the bearer token METRICS_TOKEN.'),
      headers: { 'www-authenticate': 'Bearer' },
    };
  }
  const { contentType, body } = await operations.render();
  return { status: 200, body, headers: { 'content-type': contentType } };
}

/** Digests, so that the time to compare tells nothing about the length either. */
function bears(request: IncomingMessage, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));
}

import { createHmac, randomUUID } from 'node:crypto';
import type { AppRegistration } from './world.ts';

export type Payload = Readonly<Record<string, unknown>>;

export interface DeliveryOptions {
  /** `x-github-delivery`; a new one when absent. Give one twice to replay a delivery. */
  readonly id?: string;
  readonly signature?: 'valid' | 'wrong' | 'none';
}

export interface RecordedDelivery {
  readonly id: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: Payload;
  /** The receiver's answer; null when there was none within ten seconds. */
  readonly status: number | null;
}

export interface Webhooks {
  readonly deliveries: readonly RecordedDelivery[];
  readonly setUrl: (url: string | null) => void;
  /** Delivers in the background, one after the other, if the App listens to the event. */
  send(event: string, payload: Payload): void;
  /** Delivers at once, whatever the App listens to, and gives the receiver's answer. */
  readonly deliver: (event: string, payload: Payload, options?: DeliveryOptions) => Promise<number | null>;
  settled(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** Events that every App gets, asked for or not. */
const ALWAYS = new Set(['installation', 'installation_repositories', 'github_app_authorization']);
/** An App that may write checks gets these without asking. */
const CHECK_ACTIONS = new Set(['requested', 'rerequested', 'requested_action']);

function listens(app: AppRegistration, event: string, action: string | null): boolean {
  if (ALWAYS.has(event) || app.events.includes(event)) return true;
  const checks = event === 'check_run' || event === 'check_suite';
  return checks && app.permissions['checks'] === 'write' && CHECK_ACTIONS.has(action ?? '');
}

function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export function createWebhooks(app: AppRegistration): Webhooks {
  const deliveries: RecordedDelivery[] = [];
  const { secret } = app.webhook;
  let url = app.webhook.url;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function post(event: string, payload: Payload, options: DeliveryOptions): Promise<number | null> {
    if (url === null) return null;
    const id = options.id ?? randomUUID();
    const body = JSON.stringify(payload);
    const signature = options.signature ?? 'valid';
    const headers: Record<string, string> = {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-delivery': id,
      'x-github-event': event,
      'x-github-hook-installation-target-id': String(app.id),
      'x-github-hook-installation-target-type': 'integration',
    };
    if (signature !== 'none') {
      headers['x-hub-signature-256'] = signatureOf(body, signature === 'valid' ? secret : `not ${secret}`);
    }
    const status = await send(url, headers, body);
    const { action } = payload;
    deliveries.push({ id, event, action: typeof action === 'string' ? action : null, payload, status });
    return status;
  }

  return {
    deliveries,
    setUrl(next) {
      url = next;
    },
    send(event, payload) {
      const { action } = payload;
      if (url === null || !listens(app, event, typeof action === 'string' ? action : null)) return;
      waiting += 1;
      queue = queue
        .then(() => post(event, payload, {}))
        .finally(() => {
          waiting -= 1;
        });
    },
    deliver: (event, payload, options = {}) => post(event, payload, options),
    async settled() {
      while (waiting > 0) await queue;
    },
  };
}

/** GitHub never repeats a delivery by itself, and neither does this. */
async function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    // No connection, a reset one, or no answer in time: recorded as null, as GitHub shows "failed to connect".
    return null;
  }
}

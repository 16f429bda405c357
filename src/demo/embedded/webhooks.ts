import { createHmac, randomUUID } from 'node:crypto';
import { createDeliveryQueue } from './delivery-queue.ts';
import type { AppRegistration } from './world.ts';

export type Payload = Readonly<Record<string, unknown>>;

export interface DeliveryOptions {
  /** `x-github-delivery`; a new one when absent. Give one twice to replay a delivery. */
  readonly id?: string;
  readonly signature?: 'valid' | 'wrong' | 'none';
}

export interface RecordedDelivery {
  /** `x-github-delivery`, which a redelivery shares with its original. */
  readonly id: string;
  /** Of this attempt alone, and larger than those of all before. */
  readonly deliveryId: number;
  readonly event: string;
  readonly action: string | null;
  readonly payload: Payload;
  readonly redelivery: boolean;
  /** When the attempt began, in milliseconds since 1970. */
  readonly deliveredAt: number;
  /** Seconds. */
  readonly duration: number;
  /** Null when no address was set. */
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The receiver's answer; null when there was none within ten seconds. */
  readonly status: number | null;
  /** Null when there was no answer. */
  readonly response: HookResponse | null;
  /** Whether the receiver took the connection, and too long. */
  readonly timedOut: boolean;
}

interface HookResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Webhooks {
  /** In the order in which their answers came. */
  readonly deliveries: readonly RecordedDelivery[];
  readonly setUrl: (url: string | null) => void;
  /** How many background deliveries may be under way at once; 1 at first, which keeps their order. */
  readonly setConcurrency: (limit: number) => void;
  /** Delivers in the background, if the App listens to the event. */
  send(event: string, payload: Payload): void;
  /** Delivers at once, whatever the App listens to, and gives the receiver's answer. */
  readonly deliver: (event: string, payload: Payload, options?: DeliveryOptions) => Promise<number | null>;
  /** Delivers the same payload under the same id again, in the background. */
  redeliver(delivery: RecordedDelivery): void;
  /** Whether a background delivery is under way. */
  readonly busy: () => boolean;
  readonly settled: () => Promise<void>;
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

function actionOf({ action }: Payload): string | null {
  return typeof action === 'string' ? action : null;
}

function headersOf(
  app: AppRegistration,
  event: string,
  body: string,
  id: string,
  signature: 'valid' | 'wrong' | 'none',
): Record<string, string> {
  const { secret } = app.webhook;
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/0000000',
    'x-github-delivery': id,
    'x-github-event': event,
    'x-github-hook-installation-target-id': String(app.id),
    'x-github-hook-installation-target-type': 'integration',
    ...(signature === 'none'
      ? {}
      : { 'x-hub-signature-256': signatureOf(body, signature === 'valid' ? secret : `not ${secret}`) }),
  };
}

/** `now`: milliseconds since 1970. */
export function createWebhooks(app: AppRegistration, now: () => number): Webhooks {
  const deliveries: RecordedDelivery[] = [];
  const queue = createDeliveryQueue();
  let url = app.webhook.url;

  async function post(
    event: string,
    payload: Payload,
    { id = randomUUID(), signature = 'valid' }: DeliveryOptions = {},
    redelivery = false,
  ): Promise<number | null> {
    const body = JSON.stringify(payload);
    const target = url;
    const headers = headersOf(app, event, body, id, signature);
    const deliveredAt = now();
    const start = performance.now();
    const outcome = target === null ? NO_CONNECTION : await send(target, headers, body);
    deliveries.push({
      id,
      deliveryId: deliveries.length + 1,
      event,
      action: actionOf(payload),
      payload,
      redelivery,
      deliveredAt,
      duration: Math.round(performance.now() - start) / 1000,
      url: target,
      headers,
      ...outcome,
    });
    return outcome.status;
  }

  return {
    deliveries,
    setUrl(next) {
      url = next;
    },
    setConcurrency: queue.setConcurrency,
    send(event, payload) {
      if (listens(app, event, actionOf(payload))) queue.add(() => post(event, payload));
    },
    deliver: (event, payload, options) => post(event, payload, options),
    redeliver({ event, payload, id }) {
      queue.add(() => post(event, payload, { id }, true));
    },
    busy: queue.busy,
    settled: queue.settled,
  };
}

type Outcome = Pick<RecordedDelivery, 'status' | 'response' | 'timedOut'>;

const NO_CONNECTION: Outcome = { status: null, response: null, timedOut: false };

/** GitHub never repeats a delivery by itself, and neither does this. */
async function send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Outcome> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    const answer = { headers: Object.fromEntries(response.headers), body: await response.text() };
    return { status: response.status, response: answer, timedOut: false };
  } catch {
    return { ...NO_CONNECTION, timedOut: signal.aborted };
  }
}

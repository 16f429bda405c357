import { createHmac } from 'node:crypto';
import type { Notice } from '../notice.ts';
import { post } from './post.ts';
import type { Receiver } from './receiver.ts';

/**
 * Any receiver of signed JSON, as https://www.standardwebhooks.com describes it. Every attempt to tell it the same has
 * the same `webhook-id`.
 *
 * @param secret signs; `whsec_` and base64, or any text
 */
export function webhookReceiver(url: URL, secret: string): Receiver {
  return {
    name: 'webhook',
    destination: url.host,
    keeps: null,
    deliver: (notice, { signal, now }) => {
      const body = JSON.stringify(notice);
      const headers = signedHeaders(secret, messageId(notice), Math.floor(now / 1_000), body);
      return post({ url, headers, body, signal, who: `The webhook (${url.host})` });
    },
  };
}

export function messageId({ incident, sequence }: Notice): string {
  return `msg_${incident}_${String(sequence)}`;
}

/** @param timestamp seconds since the epoch */
export function signedHeaders(
  secret: string,
  id: string,
  timestamp: number,
  body: string,
): Readonly<Record<string, string>> {
  const signature = createHmac('sha256', keyOf(secret))
    .update(`${id}.${String(timestamp)}.${body}`)
    .digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}

function keyOf(secret: string): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  return encoded === undefined ? Buffer.from(secret) : Buffer.from(encoded, 'base64');
}

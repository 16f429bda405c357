import { isRecord } from '../../../manifests/manifest.ts';
import type { RecordedDelivery } from '../webhooks.ts';

/** The receiver's status, or the one that GitHub shows when there was no answer. */
function statusCode({ status, timedOut }: RecordedDelivery): number {
  return status ?? (timedOut ? 504 : 502);
}

/** As GitHub's parameter `status` of the list understands it. */
export function succeeded(delivery: RecordedDelivery): boolean {
  return statusCode(delivery) < 400;
}

function statusText(delivery: RecordedDelivery): string {
  if (delivery.status === null) return delivery.timedOut ? 'timed out' : 'failed to connect to host';
  return succeeded(delivery) ? 'OK' : `Invalid HTTP Response: ${delivery.status}`;
}

function idIn(value: unknown): number | null {
  return isRecord(value) && typeof value['id'] === 'number' ? value['id'] : null;
}

/** GitHub's `hook-delivery-item`, as lists give it. */
export function deliveryItemJson(delivery: RecordedDelivery): Record<string, unknown> {
  return {
    id: delivery.deliveryId,
    guid: delivery.id,
    delivered_at: new Date(delivery.deliveredAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: statusText(delivery),
    status_code: statusCode(delivery),
    event: delivery.event,
    action: delivery.action,
    installation_id: idIn(delivery.payload['installation']),
    repository_id: idIn(delivery.payload['repository']),
    throttled_at: null,
  };
}

/** GitHub's `hook-delivery`, with what was sent and answered. */
export function deliveryJson(delivery: RecordedDelivery): Record<string, unknown> {
  const { url, headers, payload, response } = delivery;
  return {
    ...deliveryItemJson(delivery),
    ...(url === null ? {} : { url }),
    request: { headers, payload },
    response: { headers: response?.headers ?? null, payload: response?.body ?? null },
  };
}

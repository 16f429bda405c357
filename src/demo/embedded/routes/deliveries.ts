import { accepted, type ApiRequest, invalidRequest, notFound, ok, pageSize, type Reply } from '../http.ts';
import { deliveryItemJson, deliveryJson, succeeded } from '../json/delivery.ts';
import type { RecordedDelivery } from '../webhooks.ts';
import type { Route } from './route.ts';

/** A cursor names the delivery that its page begins with, so that newer deliveries do not shift the page. */
const CURSOR = /^v1_(\d+)$/;

function firstOfPage(query: URLSearchParams): number {
  const cursor = query.get('cursor');
  if (cursor === null) return Infinity;
  const id = CURSOR.exec(cursor)?.[1];
  if (id === undefined) throw invalidRequest('Invalid cursor.');
  return Number(id);
}

function nextLink(url: URL, next: RecordedDelivery): string {
  const target = new URL(url);
  target.searchParams.set('cursor', `v1_${next.deliveryId}`);
  return `<${target.href}>; rel="next"`;
}

function listDeliveries({ webhooks, query, url }: ApiRequest): Reply {
  const first = firstOfPage(query);
  const status = query.get('status');
  const perPage = pageSize(query);
  const found = webhooks.deliveries
    .filter(
      (delivery) =>
        delivery.deliveryId <= first && (status === null || succeeded(delivery) === (status === 'success')),
    )
    .toReversed();
  const next = found[perPage];
  return ok(
    found.slice(0, perPage).map(deliveryItemJson),
    next === undefined ? {} : { link: nextLink(url, next) },
  );
}

function requestedDelivery({ webhooks, params }: ApiRequest): RecordedDelivery {
  const id = Number(params['delivery_id']);
  const delivery = webhooks.deliveries.find((candidate) => candidate.deliveryId === id);
  if (delivery === undefined) throw notFound();
  return delivery;
}

function redeliver(request: ApiRequest): Reply {
  request.webhooks.redeliver(requestedDelivery(request));
  return accepted({});
}

const LIST = '/app/hook/deliveries';

export const DELIVERY_ROUTES: readonly Route[] = [
  { key: `GET ${LIST}`, access: 'app', handle: listDeliveries },
  {
    key: `GET ${LIST}/{delivery_id}`,
    access: 'app',
    handle: (request) => ok(deliveryJson(requestedDelivery(request))),
  },
  { key: `POST ${LIST}/{delivery_id}/attempts`, access: 'app', handle: redeliver },
];

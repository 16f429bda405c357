import { isRecord, type Manifest } from '../../../manifests/manifest.ts';
import { nearestName } from '../../../engine/document-schema.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { valueAt } from '../../../manifests/workload.ts';
import { given, itemsOf, knownText, type Refusal } from './refusal.ts';

type Item = ReturnType<typeof itemsOf>[number];

/** https://gateway-api.sigs.k8s.io/reference/api-spec/main/spec/#protocoltype; others are words of one implementation. */
const PROTOCOLS = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP'];
const WITHOUT_TLS = new Set(['HTTP', 'TCP', 'UDP']);
const WITHOUT_HOST = new Set(['TCP', 'UDP']);
/** Protocols that people write in small letters. */
const SHORTEST_SLIP = 3;

/** A filter's type, and the field that it is about. */
const FILTERS: Readonly<Record<string, string>> = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  CORS: 'cors',
  ExternalAuth: 'externalAuth',
  ExtensionRef: 'extensionRef',
};
const FILTER_FIELDS = Object.values(FILTERS);

/** Conditions that the definitions of Gateway API state in CEL. */
export function gatewayRefusals({ value }: Manifest): Refusal[] {
  return itemsOf(valueAt(value, ['spec', 'listeners']), ['spec', 'listeners']).flatMap(listenerRefusals);
}

function listenerRefusals({ pointer, value }: Item): Refusal[] {
  const protocol = knownText(value['protocol']);
  if (protocol === null) return [];
  const refusals = protocolRefusals(protocol, [...pointer, 'protocol']);
  const tls = value['tls'];
  if (isRecord(tls) && WITHOUT_TLS.has(protocol)) {
    const fact = 'stands in a listener whose protocol has no TLS';
    refusals.push({
      pointer: [...pointer, 'tls'],
      atKey: true,
      fact,
      mend: 'Take it out, or write `HTTPS` or `TLS`.',
    });
  }
  if (isRecord(tls)) refusals.push(...tlsRefusals(protocol, { pointer: [...pointer, 'tls'], value: tls }));
  const host = knownText(value['hostname']) ?? '';
  if (host !== '' && WITHOUT_HOST.has(protocol)) {
    const fact = 'stands in a listener whose protocol knows no host names';
    refusals.push({ pointer: [...pointer, 'hostname'], atKey: true, fact, mend: 'Take it out.' });
  }
  return refusals;
}

function protocolRefusals(protocol: string, pointer: Pointer): Refusal[] {
  if (PROTOCOLS.includes(protocol) || protocol.includes('/')) return [];
  const near = protocol.length < SHORTEST_SLIP ? null : nearestName(protocol, PROTOCOLS);
  if (near === null) return [];
  const outcome = 'no controller serves the listener.';
  return [{ pointer, fact: 'is no protocol of Gateway API', mend: `Write \`${near}\`.`, outcome }];
}

function tlsRefusals(protocol: string, { pointer, value }: Item): Refusal[] {
  const mode = value['mode'] ?? 'Terminate';
  if (protocol === 'HTTPS' && mode === 'Passthrough') {
    const fact = 'is `Passthrough`, and a listener of the protocol HTTPS ends TLS itself';
    return [{ pointer: [...pointer, 'mode'], fact, mend: 'Write `Terminate`, or `protocol: TLS`.' }];
  }
  if (mode !== 'Terminate' || WITHOUT_TLS.has(protocol)) return [];
  if (given(value, ['certificateRefs', 'options']).length > 0) return [];
  const mend = 'Name the Secret with the certificate under `certificateRefs`.';
  return [
    {
      pointer,
      atKey: true,
      fact: 'ends TLS without a certificate',
      mend,
      missing: ['certificateRefs', 'options'],
    },
  ];
}

/** The same of HTTPRoutes and GRPCRoutes. */
export function gatewayRouteRefusals({ value }: Manifest): Refusal[] {
  return itemsOf(valueAt(value, ['spec', 'rules']), ['spec', 'rules']).flatMap((rule) => {
    const backends = itemsOf(rule.value['backendRefs'], [...rule.pointer, 'backendRefs']);
    const filters = filtersIn(rule);
    return [
      ...itemsOf(rule.value['matches'], [...rule.pointer, 'matches']).flatMap(pathRefusals),
      ...[...filters, ...backends.flatMap(filtersIn)].flatMap(filterRefusals),
      ...(backends.length > 0 ? filters.flatMap(redirectRefusals) : []),
      ...backends.flatMap(backendRefusals),
    ];
  });
}

function filtersIn({ pointer, value }: Item): Item[] {
  return itemsOf(value['filters'], [...pointer, 'filters']);
}

function pathRefusals({ pointer, value }: Item): Refusal[] {
  const path = isRecord(value['path']) ? value['path'] : {};
  const text = knownText(path['value']);
  if (text === null || text.startsWith('/') || (path['type'] ?? 'PathPrefix') === 'RegularExpression')
    return [];
  const at = [...pointer, 'path', 'value'];
  return [{ pointer: at, fact: 'does not begin with a slash', mend: 'Put a `/` before it.' }];
}

function filterRefusals({ pointer, value }: Item): Refusal[] {
  const type = knownText(value['type']);
  const field = type !== null && Object.hasOwn(FILTERS, type) ? FILTERS[type] : undefined;
  if (field === undefined) return [];
  const other = given(value, FILTER_FIELDS).find((name) => name !== field);
  if (other !== undefined) {
    const fact = 'does not belong to the type of the filter';
    const mend = `Write \`${field}\` in its place, or correct \`type\`.`;
    return [{ pointer: [...pointer, other], atKey: true, fact, mend }];
  }
  if (given(value, [field]).length > 0) return [];
  const fact = `needs \`${field}\` beside it, which is not there`;
  return [
    { pointer: [...pointer, 'type'], fact, mend: `Add \`${field}\`, or correct the type.`, missing: field },
  ];
}

function redirectRefusals({ pointer, value }: Item): Refusal[] {
  if (given(value, ['requestRedirect']).length === 0) return [];
  const fact = 'stands in a rule with `backendRefs`, and a rule either redirects or sends on';
  const at = [...pointer, 'requestRedirect'];
  return [
    {
      pointer: at,
      atKey: true,
      fact,
      mend: 'Take `backendRefs` out, or move one of the two to a rule of its own.',
    },
  ];
}

function backendRefusals({ pointer, value }: Item): Refusal[] {
  if ((value['kind'] ?? 'Service') !== 'Service' || (value['group'] ?? '') !== '') return [];
  if (given(value, ['port']).length > 0 || knownText(value['name']) === null) return [];
  return [
    { pointer, atKey: true, fact: 'names no port of the Service', mend: 'Add `port`.', missing: 'port' },
  ];
}

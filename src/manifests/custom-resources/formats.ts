import { isBase64 } from '../base64.ts';
import { isIP, isIPv4, isIPv6 } from './ip-address.ts';

/** A format that the API server knows: what a text must be, and whether it is. */
interface Format {
  readonly wanted: string;
  readonly holds: (text: string) => boolean;
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const GO_DURATION = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
/** What else the API server's library reads: `3 days`. */
const WORDY_DURATION = /^\d+\s*[A-Za-zµ]+/;
const ONE_LABEL = /^[a-zA-Z0-9\p{S}\p{L}]-?[a-zA-Z0-9\p{S}\p{L}]{0,62}$/u;
const SEVERAL_LABELS =
  /^(?:[a-zA-Z0-9\p{S}\p{L}](?:[a-zA-Z0-9\p{S}\p{L}-]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63}$/u;
const CONTROL = /[\u0000-\u001f\u007f]/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * By the names of https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation;
 * dashes do not count. A format that is not here is not asked for, as the API server does with those that it does not know.
 */
const FORMATS: Readonly<Record<string, Format>> = {
  ipv4: { wanted: 'an IPv4 address', holds: isIPv4 },
  ipv6: { wanted: 'an IPv6 address', holds: isIPv6 },
  cidr: { wanted: 'a range of addresses such as `10.0.0.0/8`', holds: isCidr },
  mac: { wanted: 'a MAC address', holds: isMac },
  uuid: { wanted: 'a UUID', holds: (text) => UUID.test(text) },
  uuid3: { wanted: 'a UUID of version 3', holds: (text) => UUID.test(text) && digit(text, 12) === '3' },
  uuid4: { wanted: 'a UUID of version 4', holds: (text) => isVersioned(text, '4') },
  uuid5: { wanted: 'a UUID of version 5', holds: (text) => isVersioned(text, '5') },
  byte: { wanted: 'base64', holds: (text) => text !== '' && isBase64(text) },
  date: { wanted: 'a date such as `2026-01-31`', holds: isDate },
  datetime: { wanted: 'a time such as `2026-01-31T12:00:00Z`', holds: isDateTime },
  duration: {
    wanted: 'a duration such as `90s` or `1h30m`',
    holds: (text) => GO_DURATION.test(text) || WORDY_DURATION.test(text),
  },
  hostname: { wanted: 'a host name', holds: isHostname },
  email: { wanted: 'an e-mail address', holds: (text) => /^[\s\S]*[^\s@]@[^\s@][\s\S]*$/.test(text) },
  uri: { wanted: 'an absolute URI', holds: isUri },
  k8sshortname: {
    wanted: 'a name of lower-case letters, digits and dashes',
    holds: (text) => LABEL.test(text),
  },
  k8slongname: {
    wanted: 'names of lower-case letters, digits and dashes, with dots between them',
    holds: (text) =>
      text.length <= 253 && text.split('.').every((part) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(part)),
  },
};

/** What a text must be to have the format; null when it has it, or the API server does not ask. */
export function formatFault(format: string, text: string): string | null {
  const name = format.replaceAll('-', '');
  const known = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  return known === undefined || known.holds(text) ? null : known.wanted;
}

/** The numbers that a format has room for. */
export function rangeFault(format: string, value: number | bigint): string | null {
  if (format === 'int32' && (value < -2_147_483_648 || value > 2_147_483_647)) return 'a number of 32 bits';
  return null;
}

function isCidr(text: string): boolean {
  const match = /^(.+)\/(\d{1,3})$/.exec(text);
  if (match === null) return false;
  const [, address = '', prefix = ''] = match;
  return isIP(address) && Number(prefix) <= (address.includes(':') ? 128 : 32);
}

function isMac(text: string): boolean {
  return (
    (/^[0-9a-f]{2}(?:(?::[0-9a-f]{2})+|(?:-[0-9a-f]{2})+)$/i.test(text) &&
      [17, 23, 59].includes(text.length)) ||
    (/^[0-9a-f]{4}(?:\.[0-9a-f]{4})+$/i.test(text) && [14, 19, 49].includes(text.length))
  );
}

function digit(text: string, index: number): string | undefined {
  return text.replaceAll('-', '')[index];
}

function isVersioned(text: string, version: string): boolean {
  return UUID.test(text) && digit(text, 12) === version && /[89ab]/i.test(digit(text, 16) ?? '');
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** As the API server's library reads it: the zone may be a lower-case `z`, and the date stands before a `t` or `T`. */
function isDateTime(text: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})[tT](\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:[zZ]|[+-]\d{2}:\d{2})$/.exec(
    text,
  );
  if (match === null || !isDate(match[1] ?? '')) return false;
  const [hour, minute, second] = match.slice(2).map(Number) as [number, number, number];
  return hour <= 23 && minute <= 59 && second <= 59;
}

/** As the API server's library reads it: one label, or several of which the last has letters only. */
function isHostname(text: string): boolean {
  if (text.length > 255 || text.split('.').some((label) => label.length > 63)) return false;
  return ONE_LABEL.test(text) || SEVERAL_LABELS.test(text);
}

/** As Go's `url.ParseRequestURI`: a scheme or a slash comes first. */
function isUri(text: string): boolean {
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):|(?=\/))([\s\S]*)$/.exec(text);
  if (match === null || CONTROL.test(text)) return false;
  const [, scheme, rest = ''] = match;
  if (!rest.startsWith('/')) return scheme !== undefined;
  const [path = ''] = rest.split('?', 1);
  const host = path.startsWith('//') ? (path.slice(2).split('/', 1)[0] ?? '') : '';
  if (/[\s<>"]/.test(host) || host.includes('[') !== host.includes(']')) return false;
  return !/%(?![0-9a-fA-F]{2})/.test(path);
}

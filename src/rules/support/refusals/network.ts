import { isIP } from '../../../manifests/custom-resources/ip-address.ts';
import { isRecord, type Manifest } from '../../../manifests/manifest.ts';
import { isDnsLabel, isDnsSubdomain, isPortName } from '../../../manifests/names.ts';
import type { Pointer } from '../../../manifests/position.ts';
import { valueAt } from '../../../manifests/workload.ts';
import {
  exactlyOne,
  given,
  itemsOf,
  knownText,
  numberOutside,
  PORTS,
  wholeNumber,
  type Fields,
  type Refusal,
} from './refusal.ts';

type Item = ReturnType<typeof itemsOf>[number];

export function serviceRefusals({ value }: Manifest): Refusal[] {
  const spec = isRecord(value['spec']) ? value['spec'] : {};
  const pointer = ['spec', 'ports'];
  const ports = itemsOf(spec['ports'], pointer);
  const type = spec['type'] ?? 'ClusterIP';
  const refusals = [...ports.flatMap((port) => portRefusals(port, ports, type)), ...addressRefusals(spec)];
  if (type === 'ExternalName') {
    const fact = 'is `ExternalName` without a name';
    const mend = 'Add `externalName`.';
    return given(spec, ['externalName']).length > 0
      ? refusals
      : [...refusals, { pointer: ['spec', 'type'], fact, mend, missing: 'externalName' }];
  }
  if (ports.length > 0 || spec['clusterIP'] === 'None') return refusals;
  const mend = 'Add `ports`, or `clusterIP: None` for a Service that only names pods.';
  return [{ pointer: ['spec'], atKey: true, fact: 'has no ports', mend, missing: 'ports' }];
}

function portRefusals({ pointer, value }: Item, all: readonly Item[], type: unknown): Refusal[] {
  const refusals: Refusal[] = [
    ...portNameRefusals(value, pointer),
    ...numberOutside(value['port'], PORTS, [...pointer, 'port']),
    ...numberOutside(value['targetPort'], PORTS, [...pointer, 'targetPort']),
  ];
  const before = all.slice(
    0,
    all.findIndex((one) => one.pointer.join() === pointer.join()),
  );
  const same = (one: Item, field: string): boolean => (one.value[field] ?? null) === (value[field] ?? null);
  if (all.length > 1 && given(value, ['name']).length === 0) {
    const fact = 'has no name, and a Service with several ports names each of them';
    refusals.push({ pointer, fact, mend: 'Add `name`.', missing: 'name' });
  } else if (knownText(value['name']) !== null && before.some((one) => same(one, 'name'))) {
    const fact = 'is the name of another port, too';
    refusals.push({ pointer: [...pointer, 'name'], fact, mend: 'Give it another name.' });
  }
  const protocol = (one: Item): unknown => one.value['protocol'] ?? 'TCP';
  const isTaken = (one: Item): boolean => same(one, 'port') && protocol(one) === protocol({ pointer, value });
  if (wholeNumber(value['port']) !== null && before.some(isTaken)) {
    const fact = 'is given twice with the same protocol';
    refusals.push({ pointer: [...pointer, 'port'], fact, mend: 'Take one of them out.' });
  }
  const node = wholeNumber(value['nodePort']);
  if (node !== null && node !== 0 && type === 'ClusterIP') {
    const fact = 'is given, and a Service of the type `ClusterIP` has none';
    refusals.push({
      pointer: [...pointer, 'nodePort'],
      fact,
      mend: 'Remove it, or set `type: NodePort`.',
      missing: 'type',
    });
  }
  return refusals;
}

function portNameRefusals(value: Fields, pointer: Pointer): Refusal[] {
  const refusals: Refusal[] = [];
  const name = knownText(value['name']);
  if (name !== null && name !== '' && !isDnsLabel(name)) {
    const mend = 'Name it with lower case letters, digits and `-`, at most 63 of them.';
    refusals.push({ pointer: [...pointer, 'name'], fact: 'is no name that a port may have', mend });
  }
  const target = knownText(value['targetPort']);
  if (target !== null && target !== '' && !isPortName(target)) {
    const mend =
      'Write the number of the port without quotes, or its name of at most 15 letters, digits and `-`.';
    refusals.push({ pointer: [...pointer, 'targetPort'], fact: 'is no name that a port may have', mend });
  }
  return refusals;
}

function addressRefusals(spec: Fields): Refusal[] {
  const cluster = knownText(spec['clusterIP']);
  const refusals: Refusal[] = [];
  if (cluster !== null && cluster !== '' && cluster !== 'None' && !isIP(cluster)) {
    const mend = 'Write `None`, with a capital letter, or take it out.';
    refusals.push({ pointer: ['spec', 'clusterIP'], fact: 'is neither `None` nor an address', mend });
  }
  const lists = { externalIPs: isIP, loadBalancerSourceRanges: (text: string) => isBlock(text.trim()) };
  return [
    ...refusals,
    ...Object.entries(lists).flatMap(([field, isGood]) => {
      const list = spec[field];
      return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((item, index): Refusal[] => {
        const text = knownText(item);
        if (text === null || isGood(text)) return [];
        const fact = field === 'externalIPs' ? 'is no address' : 'is no block of addresses';
        const mend = field === 'externalIPs' ? 'Write an address.' : 'Write such as `10.0.0.0/16`.';
        return [{ pointer: ['spec', field, String(index)], fact, mend }];
      });
    }),
  ];
}

export function ingressRefusals({ value }: Manifest): Refusal[] {
  const spec = isRecord(value['spec']) ? value['spec'] : {};
  const rules = itemsOf(spec['rules'], ['spec', 'rules']);
  const backends: Item[] = isRecord(spec['defaultBackend'])
    ? [{ pointer: ['spec', 'defaultBackend'], value: spec['defaultBackend'] }]
    : [];
  const refusals = rules.flatMap((rule) => {
    const paths = itemsOf(valueAt(rule.value, ['http', 'paths']), [...rule.pointer, 'http', 'paths']);
    for (const path of paths) {
      const backend = path.value['backend'];
      if (isRecord(backend)) backends.push({ pointer: [...path.pointer, 'backend'], value: backend });
    }
    return [...hostRefusals(rule.value['host'], [...rule.pointer, 'host']), ...paths.flatMap(pathRefusals)];
  });
  const hosts = itemsOf(spec['tls'], ['spec', 'tls']).flatMap((tls) =>
    Array.isArray(tls.value['hosts'])
      ? (tls.value['hosts'] as unknown[]).flatMap((host, index) =>
          hostRefusals(host, [...tls.pointer, 'hosts', String(index)]),
        )
      : [],
  );
  if (rules.length === 0 && backends.length === 0) {
    const mend = 'Add `rules` or `defaultBackend`.';
    refusals.push({ pointer: ['spec'], atKey: true, fact: 'leads nowhere', mend, missing: 'rules' });
  }
  return [...refusals, ...hosts, ...backends.flatMap(backendRefusals)];
}

function hostRefusals(value: unknown, pointer: Pointer): Refusal[] {
  const host = knownText(value);
  if (host === null || host === '') return [];
  if (isIP(host)) return [{ pointer, fact: 'is an address, and no host name', mend: 'Write the host name.' }];
  if (isDnsSubdomain(host.replace(/^\*\./, ''))) return [];
  const mend = 'Write it in lower case, without `https://`, port and path.';
  return [{ pointer, fact: 'is no host name', mend }];
}

function pathRefusals({ pointer, value }: Item): Refusal[] {
  const path = knownText(value['path']);
  if (path === null || path.startsWith('/')) return [];
  if (path === '' && value['pathType'] === 'ImplementationSpecific') return [];
  return [
    { pointer: [...pointer, 'path'], fact: 'does not begin with a slash', mend: 'Put a `/` before it.' },
  ];
}

function backendRefusals({ pointer, value }: Item): Refusal[] {
  const service = value['service'];
  if (!isRecord(service)) return [];
  if (isRecord(value['resource'])) {
    const fact = 'stands beside `service`, and only one of the two may be given';
    return [{ pointer: [...pointer, 'resource'], atKey: true, fact, mend: 'Take one of them out.' }];
  }
  const port = isRecord(service['port']) ? service['port'] : {};
  const at = [...pointer, 'service', 'port'];
  return [
    ...exactlyOne(port, ['number', 'name'], at, {
      none: 'names no port',
      several: 'stands beside `number`, and only one of the two may be given',
      mend: 'Give `number` or `name` of the port of the Service.',
    }),
    ...numberOutside(port['number'], PORTS, [...at, 'number']),
  ];
}

export function networkPolicyRefusals({ value }: Manifest): Refusal[] {
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    itemsOf(valueAt(value, ['spec', direction]), ['spec', direction]).flatMap((rule) => {
      const field = direction === 'ingress' ? 'from' : 'to';
      return [
        ...itemsOf(rule.value[field], [...rule.pointer, field]).flatMap(peerRefusals),
        ...itemsOf(rule.value['ports'], [...rule.pointer, 'ports']).flatMap((port) => endPortRefusals(port)),
      ];
    }),
  );
}

function peerRefusals({ pointer, value }: Item): Refusal[] {
  const selectors = given(value, ['podSelector', 'namespaceSelector']);
  const block = value['ipBlock'];
  if (!isRecord(block)) {
    const mend =
      'Name `podSelector`, `namespaceSelector` or `ipBlock`; to mean everybody, leave out the whole list.';
    return selectors.length > 0 ? [] : [{ pointer, fact: 'names nobody', mend, missing: 'podSelector' }];
  }
  if (selectors.length > 0) {
    const fact = 'stands beside a selector, and a peer is one or the other';
    return [{ pointer: [...pointer, 'ipBlock'], atKey: true, fact, mend: 'Make it an item of its own.' }];
  }
  const cidrs = [
    { pointer: [...pointer, 'ipBlock', 'cidr'], cidr: block['cidr'] },
    ...(Array.isArray(block['except']) ? (block['except'] as unknown[]) : []).map((cidr, index) => ({
      pointer: [...pointer, 'ipBlock', 'except', String(index)],
      cidr,
    })),
  ];
  const mend = 'Write an address and the length of its prefix, such as `10.0.0.0/16`.';
  return cidrs.flatMap(({ pointer: at, cidr }): Refusal[] => {
    const text = knownText(cidr);
    return text === null || isBlock(text) ? [] : [{ pointer: at, fact: 'is no block of addresses', mend }];
  });
}

function isBlock(text: string): boolean {
  const [address = '', prefix = '', ...more] = text.split('/');
  const most = address.includes(':') ? 128 : 32;
  return more.length === 0 && isIP(address) && /^\d{1,3}$/.test(prefix) && Number(prefix) <= most;
}

function endPortRefusals({ pointer, value }: { pointer: Pointer; value: Fields }): Refusal[] {
  const last = wholeNumber(value['endPort']);
  const first = value['port'];
  const ports = numberOutside(first, PORTS, [...pointer, 'port']);
  if (last === null) return ports;
  const at = [...pointer, 'endPort'];
  const start = wholeNumber(first);
  if (start !== null && last >= start) return ports;
  const fact =
    start === null ? 'ends a range that begins with no number' : 'is below `port`, where the range begins';
  return [
    ...ports,
    { pointer: at, fact, mend: 'Give the first port of the range as a number under `port`.' },
  ];
}

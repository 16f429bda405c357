import type { RepositoryRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { asText, isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';
import { placedObjectsOf, type PlacedObject } from '../support/placed-objects.ts';

const GATEWAY =
  'Gateway `{name}` has listeners for HTTP only: passwords, cookies and everything else pass the network in plain text.';
const ADD_LISTENER = 'Add a listener with `protocol: HTTPS` and a certificate under `tls.certificateRefs`.';
/** Annotations that say who terminates TLS when the Ingress itself does not. */
const ELSEWHERE =
  /certificate|certs?\b|ssl|tls|https|managed-cert|entrypoints|auth-tls|cloudflare|external-dns\.alpha\.kubernetes\.io\/target|listen-ports/i;
/** Classes of controllers that always terminate TLS, with certificates of their own. */
const ALWAYS = /tailscale|cloudflare|ngrok|tunnel|internal/i;

export const ingressTls: RepositoryRule = {
  scope: 'repository',
  kinds: ['Gateway', 'Ingress', 'TLSStore'],
  context: KUSTOMIZATION_GLOBS,
  judge(files, context) {
    const placed = placedObjectsOf(files, context);
    const ingresses = placed.ofKind(
      'Ingress',
      (group) => group === 'networking.k8s.io' || group === 'extensions',
    );
    // A default certificate of the controller serves every Ingress.
    const hasDefault = placed.ofKind('TLSStore').length > 0;
    const gateways = placed.ofKind('Gateway', (group) => group === 'gateway.networking.k8s.io');
    return [
      ...(hasDefault ? [] : ingresses.filter(isPlain)).map(({ object }) => ({
        path: object.path,
        manifest: object.position,
        pointer: ['spec'],
        atKey: true,
        judged: object.name,
      })),
      ...gateways.filter(isPlainGateway).map(({ object }) => ({
        path: object.path,
        manifest: object.position,
        pointer: ['spec', 'listeners'],
        atKey: true,
        judged: object.name,
        message: GATEWAY,
        remediation: ADD_LISTENER,
      })),
    ];
  },
};

function isPlain({ object, units }: PlacedObject): boolean {
  const spec = object.value['spec'];
  if (object.form !== 'whole' || !isRecord(spec) || listAt(spec, ['tls']).length > 0) return false;
  if (units.some(({ patches }) => patches('tls'))) return false;
  const annotations = valueAt(object.value, ['metadata', 'annotations']);
  const written = isRecord(annotations) ? annotations : {};
  if (Object.keys(written).some((key) => ELSEWHERE.test(key))) return false;
  const ingressClass =
    asText(spec['ingressClassName']) ?? asText(written['kubernetes.io/ingress.class']) ?? '';
  return !ALWAYS.test(ingressClass) && hosts(spec).some((host) => !isLocal(host));
}

/** An Ingress without a host takes every name. */
function hosts(spec: unknown): string[] {
  const rules = listAt(spec, ['rules']);
  return rules.length === 0
    ? ['']
    : rules.map((rule) => (isRecord(rule) ? (asText(rule['host']) ?? '') : ''));
}

function isLocal(host: string): boolean {
  return (
    /(?:^|\.)(?:localhost|local|test|internal|lan|home\.arpa|localdev\.me|nip\.io|sslip\.io)$/i.test(host) ||
    host.includes('$')
  );
}

function isPlainGateway({ object }: PlacedObject): boolean {
  const listeners = listAt(object.value, ['spec', 'listeners']).filter(isRecord);
  return (
    object.form === 'whole' &&
    listeners.length > 0 &&
    listeners.every((listener) => listener['protocol'] === 'HTTP' && listener['tls'] === undefined)
  );
}

import { formOf } from '../../engine/object-form.ts';
import type { ManifestRule } from '../../engine/rule.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';

/** Annotations by which clouds and load balancers of one's own keep an address out of the internet, or limit who connects. */
const INTERNAL =
  /internal|source-ranges|inbound-cidrs|allowed-ip|security-groups|private|(?:metallb|cilium|kube-vip|tailscale|purelb|lbipam|openelb)/i;
const PUBLIC_VALUE = /^(?:false|internet-facing|no|0|public|external)$/i;
/** Private, link-local, carrier-grade and documentation ranges. */
const PRIVATE_ADDRESS =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|f[cd])/i;

export const loadBalancerSourceRanges: ManifestRule = {
  scope: 'manifest',
  context: KUSTOMIZATION_GLOBS,
  judge(manifest, context) {
    const spec = manifest.value['spec'];
    if (!isRecord(spec) || spec['type'] !== 'LoadBalancer' || formOf(manifest, context) !== 'whole')
      return [];
    if (listAt(spec, ['loadBalancerSourceRanges']).some((range) => !isEverywhere(range))) return [];
    if (isInternal(manifest.value, spec)) return [];
    return [{ pointer: ['spec', 'type'], judged: spec['loadBalancerSourceRanges'] ?? null }];
  },
};

function isEverywhere(range: unknown): boolean {
  return range === '0.0.0.0/0' || range === '::/0';
}

function isInternal(value: unknown, spec: Readonly<Record<string, unknown>>): boolean {
  const address = spec['loadBalancerIP'];
  if (typeof address === 'string' && (PRIVATE_ADDRESS.test(address) || address.includes('$'))) return true;
  const loadBalancerClass = spec['loadBalancerClass'];
  if (typeof loadBalancerClass === 'string' && INTERNAL.test(loadBalancerClass)) return true;
  const annotations = valueAt(value, ['metadata', 'annotations']);
  if (!isRecord(annotations)) return false;
  return Object.entries(annotations).some(
    ([key, text]) => (INTERNAL.test(key) || INTERNAL.test(String(text))) && !PUBLIC_VALUE.test(String(text)),
  );
}
